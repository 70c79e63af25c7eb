//! A forward proxy and a server over TLS, both on the loopback interface.

use super::server::{read_request, response};
use rcgen::{CertificateParams, Issuer, KeyPair};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, rustls};

/// What is sent for the username `it` and the password `proxy-canary-5150`.
pub(crate) const PASSWORD: &str = "proxy-canary-5150";
pub(crate) const TOKEN: &str = "aXQ6cHJveHktY2FuYXJ5LTUxNTA=";

/// An authority, and what it is trusted by.
pub(crate) fn authority() -> (Issuer<'static, KeyPair>, Vec<u8>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let der = params.self_signed(&key).unwrap().der().to_vec();
    (Issuer::new(params, key), der)
}

/// What a server for 127.0.0.1 and localhost presents.
pub(crate) fn issued(issuer: &Issuer<'static, KeyPair>) -> TlsAcceptor {
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, issuer)
        .unwrap();
    acceptor(certificate.der().to_vec(), &key)
}

pub(crate) fn acceptor(certificate: Vec<u8>, key: &KeyPair) -> TlsAcceptor {
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = provider.key_provider.load_private_key(key).unwrap();
    // Unchecked: a server may present a certificate whose key it does not hold.
    let presented = rustls::sign::CertifiedKey::new(vec![certificate.into()], key);
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(presented)));
    TlsAcceptor::from(Arc::new(config))
}

/// Something that listens, and what it was sent.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Listening {
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    async fn new<F, R>(serve: F) -> Self
    where
        F: Fn(TcpStream, Arc<Mutex<Vec<String>>>) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Self {
            address,
            seen,
            task,
        }
    }

    /// A server over TLS that answers every request with a body.
    pub(crate) async fn server(tls: TlsAcceptor, status: &'static str, body: String) -> Self {
        Self::new(move |stream, seen| {
            let (tls, body) = (tls.clone(), body.clone());
            async move {
                // A client may find that it does not trust it.
                let Ok(mut stream) = tls.accept(stream).await else {
                    return;
                };
                while let Some(request) = read_request(&mut stream).await {
                    seen.lock().unwrap().push(request);
                    let answer = response(status, "content-type: application/json\r\n", &body);
                    if stream.write_all(&answer).await.is_err() {
                        return;
                    }
                }
            }
        })
        .await
    }

    /// A proxy that answers CONNECT: it lets through who gives `wanted` as `Proxy-Authorization`, or
    /// answers with a status. Over TLS where it has a certificate.
    pub(crate) async fn proxy(
        tls: Option<TlsAcceptor>,
        wanted: Option<&'static str>,
        refusal: Option<&'static str>,
    ) -> Self {
        Self::new(move |stream, seen| {
            let tls = tls.clone();
            async move {
                match tls {
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            connect(stream, &seen, wanted, refusal).await;
                        }
                    }
                    None => connect(stream, &seen, wanted, refusal).await,
                }
            }
        })
        .await
    }

    /// A SOCKS5 proxy (RFC 1928, RFC 1929) that lets through who gives `wanted`, or answers with a
    /// code.
    pub(crate) async fn socks(wanted: Option<(&'static str, &'static str)>, code: u8) -> Self {
        Self::new(move |mut stream, seen| async move {
            // A client goes away where it is refused.
            let _ = socks(&mut stream, &seen, wanted, code).await;
        })
        .await
    }
}

async fn connect<S: AsyncReadExt + AsyncWriteExt + Unpin>(
    mut stream: S,
    seen: &Mutex<Vec<String>>,
    wanted: Option<&str>,
    refusal: Option<&str>,
) {
    let Some(request) = read_request(&mut stream).await else {
        return;
    };
    seen.lock().unwrap().push(request.clone());
    let given = request.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("proxy-authorization")
            .then_some(value)
    });
    let refused = match (refusal, wanted) {
        (Some(status), _) => Some(status),
        (None, Some(wanted)) if given != Some(wanted) => Some("407 Proxy Authentication Required"),
        _ => None,
    };
    if let Some(status) = refused {
        let echo = format!("x-echo: {}\r\n", given.unwrap_or_default());
        let _ = stream.write_all(&response(status, &echo, &request)).await;
        return;
    }
    let target = request.split(' ').nth(1).unwrap();
    let mut there = TcpStream::connect(target).await.unwrap();
    let established = b"HTTP/1.1 200 Connection established\r\n\r\n";
    if stream.write_all(established).await.is_ok() {
        let _ = copy_bidirectional(&mut stream, &mut there).await;
    }
}

async fn socks(
    stream: &mut TcpStream,
    seen: &Mutex<Vec<String>>,
    wanted: Option<(&str, &str)>,
    code: u8,
) -> std::io::Result<()> {
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).await?;
    let mut methods = vec![0; greeting[1].into()];
    stream.read_exact(&mut methods).await?;
    let method = if wanted.is_some() { 2 } else { 0 };
    if !methods.contains(&method) {
        seen.lock().unwrap().push("another method".to_owned());
        return stream.write_all(&[5, 0xff]).await;
    }
    stream.write_all(&[5, method]).await?;
    if let Some((username, password)) = wanted {
        let _version = stream.read_u8().await?;
        let given = (read_text(stream).await?, read_text(stream).await?);
        let is_right = given == (username.to_owned(), password.to_owned());
        stream.write_all(&[1, u8::from(!is_right)]).await?;
        if !is_right {
            seen.lock().unwrap().push("others".to_owned());
            return Ok(());
        }
    }
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let host = match head[3] {
        1 => std::net::Ipv4Addr::from(stream.read_u32().await?).to_string(),
        _ => read_text(stream).await?,
    };
    let port = stream.read_u16().await?;
    seen.lock().unwrap().push(format!("{host}:{port}"));
    stream.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    if code == 0 {
        let mut there = TcpStream::connect(("127.0.0.1", port)).await?;
        copy_bidirectional(stream, &mut there).await?;
    }
    Ok(())
}

/// A text behind its length.
async fn read_text(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut text = vec![0; stream.read_u8().await?.into()];
    stream.read_exact(&mut text).await?;
    Ok(String::from_utf8(text).unwrap())
}
