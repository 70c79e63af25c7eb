//! A TLS server that has to present a certificate.

use crate::{
    dial::{Reading, Target, handshake_failure, server_name, without_secrets},
    exit::{Failure, Result},
};
use certfleet::{
    Certificate,
    x509::{self, Sha256},
};
use std::{sync::Arc, time::Duration};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
        client::{
            WebPkiServerVerifier,
            danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        },
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};

/// The longest a handshake may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where it listens.
pub(super) struct Server {
    target: Target,
    name: ServerName<'static>,
}

impl Server {
    /// `host:port`, or `[ipv6]:port`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let wrong =
            |why: &str| Failure::usage(format!("--verify-tls {:?}: {why}", without_secrets(text)));
        match Target::read(text) {
            Reading::Server(target) => Ok(Self {
                name: server_name(&target.host).map_err(|why| wrong(&why))?,
                target,
            }),
            Reading::Wrong(why) => Err(wrong(&why)),
            Reading::HostOnly(_) | Reading::Other => Err(wrong("write HOST:PORT")),
        }
    }

    /// Whether it presents a certificate as its own, or one that was issued below it.
    pub(super) async fn presents(
        &self,
        certificate: &Certificate,
    ) -> std::result::Result<(), String> {
        let wanted = certificate
            .contents
            .iter()
            .filter_map(|content| content.sha256)
            .collect::<Vec<_>>();
        if wanted.is_empty() {
            return Err("the content of the new certificate is not known".to_owned());
        }
        let expected = Expected::new(wanted, certificate);
        tokio::time::timeout(PATIENCE, self.handshake(expected))
            .await
            .unwrap_or_else(|_| Err("did not answer in time".to_owned()))
            .map_err(|why| format!("{} {why}", self.target))
    }

    /// Ends well if the server presents what is expected. Nothing is sent after it.
    async fn handshake(&self, expected: Expected) -> std::result::Result<(), String> {
        let config = ClientConfig::builder_with_provider(Arc::clone(&expected.provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| "cannot be dialled: TLS could not be set up".to_owned())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(expected))
            .with_no_client_auth();
        let Target { host, port } = &self.target;
        let stream = TcpStream::connect((host.as_str(), *port))
            .await
            .map_err(|error| format!("cannot be reached: {error}"))?;
        let connector = TlsConnector::from(Arc::new(config));
        let shaken = connector.connect(self.name.clone(), stream).await;
        shaken.map(drop).map_err(|error| handshake_failure(&error))
    }
}

/// Accepts one certificate, or a chain that leads to it as its only root, and nothing else. That the
/// server has the key is verified as ever.
#[derive(Debug)]
struct Expected {
    wanted: Vec<Sha256>,
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl Expected {
    fn new(wanted: Vec<Sha256>, certificate: &Certificate) -> Self {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(
            certificate
                .contents
                .iter()
                .filter_map(|content| content.x509.as_deref())
                .filter(|x509| x509.is_ca)
                .filter_map(|x509| Some(CertificateDer::from(x509.der()?.to_vec()))),
        );
        let builder =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        Self {
            wanted,
            // Without a root there is none: then only the certificate itself will do.
            chain: builder.build().ok(),
            provider,
        }
    }
}

impl ServerCertVerifier for Expected {
    fn verify_server_cert(
        &self,
        presented: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, Error> {
        let found = x509::read_all(presented)
            .ok()
            .and_then(|read| Some(read.first()?.sha256));
        if found.is_some_and(|found| self.wanted.contains(&found)) {
            return Ok(ServerCertVerified::assertion());
        }
        if let Some(chain) = &self.chain
            && let Ok(verified) =
                chain.verify_server_cert(presented, intermediates, name, ocsp, now)
        {
            return Ok(verified);
        }
        Err(Error::General(found.map_or_else(
            || "presents something that is not a certificate".to_owned(),
            |found| format!("presents another certificate (SHA-256 {found:.12})"),
        )))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
