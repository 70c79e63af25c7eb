//! The keys behind the seeded certificates.
//!
//! Only Ed25519 signs here: its signatures are deterministic and `ring` makes them fast in a debug build too. Other key
//! types appear as subjects, whose private halves were thrown away when `public_keys` was written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{PKCS_ED25519, PublicKeyData, SignatureAlgorithm, SigningKey};
use ring::digest;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::random::Seed;

/// An Ed25519 key that signs.
pub(crate) struct Signer {
    pair: Ed25519KeyPair,
    public: Vec<u8>,
}

impl Signer {
    /// The key of this label.
    pub(crate) fn derive(seed: Seed, label: &str) -> Result<Self, rcgen::Error> {
        let bytes = seed.bytes(&format!("key {label}"));
        let pair = Ed25519KeyPair::from_seed_unchecked(&bytes)
            .map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        let public = pair.public_key().as_ref().to_vec();
        Ok(Self { pair, public })
    }
}

impl PublicKeyData for Signer {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

impl SigningKey for Signer {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.pair.sign(message).as_ref().to_vec())
    }
}

/// A public key whose private half does not exist.
pub(crate) struct PublicKey {
    /// The algorithm the key is for.
    pub(crate) algorithm: &'static SignatureAlgorithm,
    /// The bit string of the SubjectPublicKeyInfo.
    pub(crate) base64: &'static str,
}

/// What a certificate certifies.
pub(crate) enum Subject {
    /// A key that can sign.
    Signer(Signer),
    /// A key that cannot.
    Public {
        /// Its algorithm.
        algorithm: &'static SignatureAlgorithm,
        /// The bit string of the SubjectPublicKeyInfo.
        bytes: Vec<u8>,
    },
}

impl Subject {
    /// Decodes a fixed public key.
    pub(crate) fn public(key: &PublicKey) -> Result<Self, rcgen::Error> {
        let bytes = STANDARD
            .decode(key.base64)
            .map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        Ok(Self::Public {
            algorithm: key.algorithm,
            bytes,
        })
    }
}

impl PublicKeyData for Subject {
    fn der_bytes(&self) -> &[u8] {
        match self {
            Self::Signer(signer) => signer.der_bytes(),
            Self::Public { bytes, .. } => bytes,
        }
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self {
            Self::Signer(signer) => signer.algorithm(),
            Self::Public { algorithm, .. } => algorithm,
        }
    }
}

/// The key identifier of a key: 20 bytes of SHA-256 over it.
pub(crate) fn identifier(key: &impl PublicKeyData) -> Vec<u8> {
    let hash = digest::digest(&digest::SHA256, key.der_bytes());
    hash.as_ref().iter().copied().take(20).collect()
}
