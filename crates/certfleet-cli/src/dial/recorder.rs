//! Records the chain that a server presents. What does not verify is recorded and then refused as ever: nothing here
//! makes a connection that another client would not make.

use std::sync::{Arc, OnceLock};
use tokio_rustls::rustls::{
    DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// Whether the server showed that it has the key of its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyProof {
    Given,
    Wrong,
    /// The signature is of a kind that is not verified here.
    Unknown,
}

/// A verifier that keeps what it is shown and what the real one says of it.
#[derive(Debug)]
pub(super) struct Recorder {
    provider: Arc<CryptoProvider>,
    /// Absent where there are no roots to verify against.
    verifier: Option<Arc<dyn ServerCertVerifier>>,
    now: UnixTime,
    chain: OnceLock<Vec<CertificateDer<'static>>>,
    verified: OnceLock<Result<(), Error>>,
    proof: OnceLock<KeyProof>,
}

/// What was recorded.
pub(super) struct Recorded {
    /// The certificates as they came, the server's own first.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// What the verifier says of them.
    pub(super) verified: Result<(), Error>,
    /// Absent where the handshake did not get that far.
    pub(super) proof: Option<KeyProof>,
}

impl Recorder {
    pub(super) fn new(
        provider: Arc<CryptoProvider>,
        verifier: Option<Arc<dyn ServerCertVerifier>>,
        now: UnixTime,
    ) -> Self {
        Self {
            provider,
            verifier,
            now,
            chain: OnceLock::new(),
            verified: OnceLock::new(),
            proof: OnceLock::new(),
        }
    }

    /// Returns what was recorded, if the server got as far as to present anything.
    pub(super) fn recorded(&self) -> Option<Recorded> {
        Some(Recorded {
            chain: self.chain.get()?.clone(),
            verified: self.verified.get()?.clone(),
            proof: self.proof.get().copied(),
        })
    }

    fn prove(
        &self,
        signed: &DigitallySignedStruct,
        verify: impl FnOnce() -> Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        let result = verify();
        let proof = match &result {
            Ok(_) => KeyProof::Given,
            Err(_) if NOT_VERIFIED.contains(&signed.scheme) => KeyProof::Unknown,
            Err(_) => KeyProof::Wrong,
        };
        // A handshake has one such signature.
        self.proof.get_or_init(|| proof);
        result
    }
}

/// Signatures that are asked for although they are not verified here: a server that has no other key would end the
/// handshake before it presents its chain.
const NOT_VERIFIED: [SignatureScheme; 2] = [
    SignatureScheme::ECDSA_NISTP521_SHA512,
    SignatureScheme::ED448,
];

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = || std::iter::once(own).chain(others);
        self.chain
            .get_or_init(|| chain().map(|der| der.clone().into_owned()).collect());
        let verified = match &self.verifier {
            Some(verifier) => verifier.verify_server_cert(own, others, name, ocsp, self.now),
            None => Err(Error::General("there are no roots".to_owned())),
        };
        self.verified
            .get_or_init(|| verified.as_ref().map(drop).map_err(Clone::clone));
        verified
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        self.prove(signed, || {
            verify_tls12_signature(message, certificate, signed, algorithms)
        })
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        self.prove(signed, || {
            verify_tls13_signature(message, certificate, signed, algorithms)
        })
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let mut schemes = algorithms.supported_schemes();
        schemes.extend(NOT_VERIFIED);
        schemes
    }
}
