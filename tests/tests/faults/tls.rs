//! TLS that must not be trusted: one attempt, nothing sent, and a reason.

use crate::{
    one, really,
    wire::{all_end, bytes_of, clients},
};
use certfleet_http::{ErrorKind, Network, Reason};
use certfleet_tests::contract::operations::TABLE;
use certfleet_tests::faults::{
    Expected,
    wire::{Do, Server},
};
use libtest_mimic::Trial;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        one("tls::untrusted", || really(untrusted())),
        one("tls::plain_text", || really(plain_text())),
        one("tls::old_versions", || really(old_versions())),
        one("tls::trusted", || really(trusted())),
    ]
}

const PATIENT: Duration = Duration::from_secs(20);

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn issuer(name: &str) -> Issuer {
    let mut params = CertificateParams::new(vec![]).expect("parameters");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an issuer")
}

/// A TLS server that answers every request, and counts those that come.
struct Secure {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Secure {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Secure {
    async fn new(issuer: &Issuer, names: &[&str], years: (i32, i32)) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, issuer).expect("a certificate");
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(
            rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .expect("a pair");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (connections, requests) =
            (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (counted, came) = (connections.clone(), requests.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (acceptor, came) = (acceptor.clone(), came.clone());
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    if stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {
                        came.fetch_add(1, Ordering::SeqCst);
                        let refusal = certfleet_tests::Reply::json(409, "");
                        let _ = stream.write_all(&bytes_of(&refusal)).await;
                        let _ = stream.shutdown().await;
                    }
                });
            }
        });
        Self {
            address,
            connections,
            requests,
            task,
        }
    }
}

fn trusting(issuer: &Issuer) -> Arc<Network> {
    Arc::new(Network::new().trust(issuer.der().to_vec()))
}

async fn untrusted() -> Result<(), String> {
    let (known, unknown) = (issuer("known"), issuer("unknown"));
    let localhost = &["localhost"][..];
    for (name, issuer, names, years, word) in [
        (
            "unknown issuer",
            &unknown,
            localhost,
            (2020, 2120),
            "name the authority's certificate as ca_file",
        ),
        (
            "another name",
            &known,
            &["gateway.example"],
            (2020, 2120),
            "is for gateway.example, not for localhost",
        ),
        (
            "expired",
            &known,
            localhost,
            (2020, 2021),
            "has expired, on 2021",
        ),
        (
            "not yet valid",
            &known,
            localhost,
            (2120, 2121),
            "is valid only from 2120",
        ),
    ] {
        let server = Secure::new(issuer, names, years).await;
        let origin = format!("https://localhost:{}", server.address.port());
        let clients = clients(&origin, &trusting(&known), PATIENT);
        let expected = Expected::fails(ErrorKind::NotSent)
            .because(Reason::Tls)
            .seen(0)
            .says(word);
        all_end(5, &expected, &clients)
            .await
            .map_err(|why| format!("{name}: {why}"))?;
        let connections = server.connections.load(Ordering::SeqCst);
        if (connections, server.requests.load(Ordering::SeqCst)) != (TABLE.len(), 0) {
            let calls = TABLE.len();
            return Err(format!(
                "{name}: {connections} connections for {calls} calls"
            ));
        }
    }
    Ok(())
}

/// The other side speaks no TLS.
async fn plain_text() -> Result<(), String> {
    let hello = Do::Write(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    let server = Server::new(vec![vec![Do::ReadExact(5), hello, Do::AwaitClose]]).await;
    let origin = format!("https://localhost:{}", server.address().port());
    let clients = clients(&origin, &Arc::new(Network::new()), PATIENT);
    let expected = Expected::fails(ErrorKind::NotSent)
        .because(Reason::Tls)
        .seen(0)
        .says("does not speak TLS");
    all_end(5, &expected, &clients).await
}

/// The other side wants a version that is no longer safe: SSL 3.0, TLS 1.0, TLS 1.1. A server that wants 1.2 in the
/// same words gets further, and is refused for another reason.
async fn old_versions() -> Result<(), String> {
    for (version, word) in [
        (0x0300, "offers neither TLS 1.2 nor TLS 1.3"),
        (0x0301, "offers neither TLS 1.2 nor TLS 1.3"),
        (0x0302, "offers neither TLS 1.2 nor TLS 1.3"),
        (0x0303, "breaks the rules of TLS"),
    ] {
        let hello = Do::Write(server_hello(version));
        let server = Server::new(vec![vec![Do::ReadExact(64), hello, Do::AwaitClose]]).await;
        let origin = format!("https://localhost:{}", server.address().port());
        let clients = clients(&origin, &Arc::new(Network::new()), PATIENT);
        let expected = Expected::fails(ErrorKind::NotSent)
            .because(Reason::Tls)
            .seen(0)
            .says(word);
        all_end(5, &expected, &clients)
            .await
            .map_err(|why| format!("{version:#06x}: {why}"))?;
    }
    Ok(())
}

/// A record with a ServerHello of this version, and a cipher of its time (TLS_RSA_WITH_AES_128_CBC_SHA).
fn server_hello(version: u16) -> Vec<u8> {
    let [major, minor] = version.to_be_bytes();
    let mut hello = vec![major, minor];
    hello.extend([7; 32]);
    // No session id, the cipher, no compression.
    hello.extend([0, 0x00, 0x2f, 0]);
    let mut record = vec![22, major, minor, 0, hello.len() as u8 + 4];
    record.extend([2, 0, 0, hello.len() as u8]);
    record.extend(hello);
    record
}

/// The same server with a certificate that is right: the handshake is not what fails above.
async fn trusted() -> Result<(), String> {
    let known = issuer("known");
    let server = Secure::new(&known, &["localhost"], (2020, 2120)).await;
    let origin = format!("https://localhost:{}", server.address.port());
    let clients = clients(&origin, &trusting(&known), PATIENT);
    all_end(26, &Expected::status(409), &clients).await?;
    match server.requests.load(Ordering::SeqCst) {
        requests if requests == TABLE.len() => Ok(()),
        requests => Err(format!("{requests} requests for {} calls", TABLE.len())),
    }
}
