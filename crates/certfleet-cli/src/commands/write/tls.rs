//! A TLS server that has to present a certificate.

use crate::exit::{Failure, Result};
use certfleet::{Certificate, x509};
use std::{sync::Arc, time::Duration};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};

/// The longest a handshake may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where it listens.
pub(crate) struct Server {
    address: String,
    name: ServerName<'static>,
}

impl Server {
    /// `host:port`, or `[ipv6]:port`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let wrong = || Failure::usage(format!("--verify-tls {text:?}: write HOST:PORT"));
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        port.parse::<u16>().map_err(|_| wrong())?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        Ok(Self {
            address: text.to_owned(),
            name: ServerName::try_from(bare.to_owned()).map_err(|_| wrong())?,
        })
    }

    /// Whether it presents a certificate, as its own or in its chain.
    pub(crate) async fn presents(
        &self,
        certificate: &Certificate,
    ) -> std::result::Result<(), String> {
        let wanted = certificate
            .materials
            .iter()
            .filter_map(|material| material.sha256)
            .collect::<Vec<_>>();
        if wanted.is_empty() {
            return Err("the content of the new certificate is not known".to_owned());
        }
        let presented = tokio::time::timeout(PATIENCE, self.chain())
            .await
            .map_err(|_| format!("{} did not answer in time", self.address))?
            .map_err(|error| format!("{}: {error}", self.address))?;
        let found: Vec<_> = presented
            .iter()
            .filter_map(|der| x509::read_all(der).ok())
            .flatten()
            .map(|one| one.sha256)
            .collect();
        if found.iter().any(|one| wanted.contains(one)) {
            return Ok(());
        }
        let names: Vec<_> = found.iter().map(|one| format!("{one:.12}")).collect();
        Err(format!(
            "{} presents another certificate (SHA-256 {})",
            self.address,
            names.join(", ")
        ))
    }

    async fn chain(&self) -> std::io::Result<Vec<Vec<u8>>> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(std::io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Whoever(provider)))
            .with_no_client_auth();
        let stream = TcpStream::connect(&self.address).await?;
        let connector = TlsConnector::from(Arc::new(config));
        let stream = connector.connect(self.name.clone(), stream).await?;
        let (_, session) = stream.get_ref();
        let chain = session.peer_certificates().unwrap_or_default();
        Ok(chain.iter().map(|one| one.to_vec()).collect())
    }
}

/// Accepts every chain: nothing is sent over the connection, and what is presented is compared with
/// the one certificate that is expected. That the server has its key is verified.
#[derive(Debug)]
struct Whoever(Arc<CryptoProvider>);

impl ServerCertVerifier for Whoever {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
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
            &self.0.signature_verification_algorithms,
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
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
