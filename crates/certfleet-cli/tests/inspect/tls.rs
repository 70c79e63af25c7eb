//! Servers on loopback that present what a test says.

use crate::support::Place;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig, ServerConnection, Stream,
    pki_types::{CertificateDer, PrivateKeyDer},
    sign::{CertifiedKey, SingleCertAndKey},
};
use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

/// A CA.
pub(crate) struct Authority {
    pub(crate) issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
    pub(crate) der: CertificateDer<'static>,
}

fn named(name: &str, alternative: &[&str]) -> CertificateParams {
    let names: Vec<_> = alternative.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2090, 1, 1);
    params
}

impl Authority {
    /// A root, or one below another.
    pub(crate) fn new(name: &str, above: Option<&Self>) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = match above {
            Some(above) => params.signed_by(&key, &above.issuer).unwrap(),
            None => params.self_signed(&key).unwrap(),
        };
        Self {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A server's certificate below it, for `server.example` and 127.0.0.1, and its key.
    pub(crate) fn issue(
        &self,
        edit: impl FnOnce(&mut CertificateParams),
    ) -> (CertificateDer<'static>, KeyPair) {
        let mut params = named("the server", &["server.example", "127.0.0.1"]);
        edit(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), key)
    }
}

/// A certificate that its own key signed, and the key.
pub(crate) fn self_signed(
    edit: impl FnOnce(&mut CertificateParams),
) -> (CertificateDer<'static>, KeyPair) {
    let mut params = named("on its own", &["server.example", "127.0.0.1"]);
    edit(&mut params);
    let key = KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap().der().clone(), key)
}

/// A configuration that presents a chain, whether or not the key is that of its first certificate.
pub(crate) fn presenting(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let key = provider.key_provider.load_private_key(key).unwrap();
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::new(
            chain, key,
        ))))
}

/// Serves every connection with a function until the test's process ends, and returns the port.
pub(crate) fn serve(each: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    serve_at("127.0.0.1:0", each).unwrap()
}

pub(crate) fn serve_at(
    address: &str,
    each: impl Fn(TcpStream) + Send + Sync + 'static,
) -> std::io::Result<u16> {
    let listener = TcpListener::bind(address)?;
    let port = listener.local_addr()?.port();
    let each = Arc::new(each);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let each = Arc::clone(&each);
            thread::spawn(move || each(stream));
        }
    });
    Ok(port)
}

/// Makes the handshake, and waits for the client to go.
pub(crate) fn shake(config: &Arc<ServerConfig>, mut stream: TcpStream) {
    let mut connection = ServerConnection::new(Arc::clone(config)).unwrap();
    let mut tls = Stream::new(&mut connection, &mut stream);
    // The client may refuse what it is shown.
    drop(tls.read_to_end(&mut Vec::new()));
}

/// A TLS server.
pub(crate) fn tls(config: ServerConfig) -> u16 {
    let config = Arc::new(config);
    serve(move |stream| shake(&config, stream))
}

/// What a server says, then what it has to be told, in turns.
pub(crate) type Dialogue = &'static [(&'static [u8], &'static [u8])];

/// A TLS server after a dialogue.
pub(crate) fn after(dialogue: Dialogue, config: ServerConfig) -> u16 {
    let config = Arc::new(config);
    serve(move |mut stream| {
        for (says, hears) in dialogue {
            stream.write_all(says).unwrap();
            let mut heard = vec![0; hears.len()];
            if stream.read_exact(&mut heard).is_err() || heard != *hears {
                return;
            }
        }
        shake(&config, stream);
    })
}

/// Its address.
pub(crate) fn at(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// A root in a file, a CA below it, and a server that presents a good chain.
pub(crate) fn good() -> (Place, u16, Authority, Authority) {
    let root = Authority::new("the root", None);
    let below = Authority::new("the CA below", Some(&root));
    let (own, key) = below.issue(|_| {});
    let port = tls(presenting(vec![own, below.der.clone()], &key));
    let place = Place::new();
    place.write("ca.pem", &root.pem);
    (place, port, root, below)
}
