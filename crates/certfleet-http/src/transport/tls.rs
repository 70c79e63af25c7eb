//! Which servers are trusted.

use bytes::Bytes;
use certfleet_x509::X509;
use chrono::DateTime;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// Returns a configuration that trusts the operating system's roots and further certificates.
pub(super) fn config(trusted: &[Bytes]) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(server_verifier(trusted)?)
        .with_no_client_auth();
    Ok(config)
}

/// Returns what [`Network`](crate::Network) verifies servers with: the operating system's roots, and further
/// certificates as DER, each trusted as an issuer or as the very one that a server presents. For a program that
/// verifies a server by itself and is to come to the same result.
///
/// # Errors
/// The system has no roots and there are no others, or one of these cannot be a root.
pub fn server_verifier(trusted: &[Bytes]) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let trusted: Vec<_> = trusted
        .iter()
        .map(|der| CertificateDer::from(der.to_vec()))
        .collect();
    let platform = Verifier::new_with_extra_roots(trusted.iter().cloned(), provider)?;
    Ok(Arc::new(Trust { platform, trusted }))
}

/// The platform's verifier, and certificates that their owner trusts by name.
///
/// Many gateways present a self-signed certificate that is marked as a CA (what `openssl req -x509`
/// makes). WebPKI accepts no CA as a server, also where it is the very certificate that was trusted.
/// Such a one is accepted here if it is the same to the byte, is valid today and for this name, and,
/// as for every other, the server proves that it holds the key.
#[derive(Debug)]
struct Trust {
    platform: Verifier,
    trusted: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.trusted.contains(end_entity) {
            return trusted_itself(end_entity, server_name, now);
        }
        self.platform
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.platform.supported_verify_schemes()
    }
}

/// Verifies the certificate of a server that is itself trusted: nothing leads to it.
fn trusted_itself(
    certificate: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<ServerCertVerified, Error> {
    let read = X509::from_der(certificate).map_err(|_| CertificateError::BadEncoding)?;
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let now = DateTime::from_timestamp(now, 0).ok_or(CertificateError::Expired)?;
    let (Some(begin), Some(end)) = (read.not_before, read.not_after) else {
        return Err(CertificateError::BadEncoding.into());
    };
    if now < begin {
        return Err(CertificateError::NotValidYet.into());
    }
    if now > end {
        return Err(CertificateError::Expired.into());
    }
    let is_for = |usage: &str| matches!(usage, "serverAuth" | "any");
    let usages = read.extended_key_usage.unwrap_or_default();
    if !usages.is_empty() && !usages.iter().any(|usage| is_for(usage)) {
        return Err(CertificateError::InvalidPurpose.into());
    }
    verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
    Ok(ServerCertVerified::assertion())
}
