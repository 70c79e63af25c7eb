//! Connections that break where they are told to, on the port and in process.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use certfleet_sandbox::{
    CLOUDFLARE_CORP, CLOUDFLARE_CORP_TOKEN, Fault, FaultPoint, Provider, Sandbox,
};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CREATE: &str = "zero-trust-certificates-create-zero-trust-certificate";

/// Creates a certificate over a socket: the bytes that came back before the end.
async fn create(address: SocketAddr) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /cloudflare/client/v4/accounts/{CLOUDFLARE_CORP}/gateway/certificates HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Bearer {CLOUDFLARE_CORP_TOKEN}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: 2\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is reset has said all it will say.
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

#[tokio::test]
async fn each_point_on_the_port() {
    use FaultPoint::{AfterBytes, AfterCommit, AfterRead, BeforeRead};
    for (point, bytes, created) in [
        (BeforeRead, Some(0), 0),
        (AfterRead, Some(0), 0),
        (AfterCommit, Some(0), 1),
        (AfterBytes(0), Some(0), 1),
        (AfterBytes(1), Some(1), 1),
        (AfterBytes(40), Some(40), 1),
        (AfterBytes(400), Some(400), 1),
        (AfterBytes(usize::MAX), None, 1),
    ] {
        let sandbox = Sandbox::builder().without_certificates().build();
        let server = sandbox.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        sandbox.inject(Fault::at(AfterRead).of("uploadCertificate"));
        sandbox.inject(Fault::at(point).of(CREATE));
        let answer = create(server.address()).await;
        match bytes {
            Some(bytes) => assert_eq!(answer.len(), bytes, "{point:?}"),
            None => assert!(answer.ends_with(b"}"), "{point:?}"),
        }
        assert!(b"HTTP/1.1 200 OK\r\n".starts_with(&answer[..answer.len().min(17)]));
        assert_eq!(
            sandbox.snapshot().count(Provider::Cloudflare),
            created,
            "{point:?}"
        );
        // It happens once, and only to what it waits for.
        assert_eq!(
            sandbox.faults(),
            [Fault::at(AfterRead).of("uploadCertificate")]
        );
        assert!(create(server.address()).await.ends_with(b"}"), "{point:?}");
        sandbox.forget_faults();
        assert_eq!(sandbox.faults(), []);
    }
}
