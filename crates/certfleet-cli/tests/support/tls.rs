//! Servers over TLS on the loopback interface.

use super::server::{Server, Then};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};
use std::sync::Arc;

/// An authority and its certificate as PEM.
pub fn authority(name: &str) -> (Issuer<'static, KeyPair>, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    (Issuer::new(params, key), pem)
}

/// An OpenAI without certificates, over TLS.
pub fn server(issuer: &Issuer<'static, KeyPair>, edit: impl Fn(&mut CertificateParams)) -> Server {
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    edit(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    presenting(&certificate, &key)
}

/// The same with a self-signed certificate that is marked as a CA, and that certificate as PEM.
pub fn self_signed(name: &str) -> (Server, String) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (presenting(&certificate, &key), certificate.pem())
}

fn presenting(certificate: &Certificate, key: &KeyPair) -> Server {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    let config = Arc::new(config);
    Server::over(
        move |stream| {
            Some(StreamOwned::new(
                ServerConnection::new(Arc::clone(&config)).ok()?,
                stream,
            ))
        },
        |_| Then::json(200, r#"{"object":"list","data":[],"has_more":false}"#),
    )
}
