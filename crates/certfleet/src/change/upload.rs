//! What is uploaded, its public part apart from its secrets.

use crate::{Error, ErrorKind, Result, Scope};
use certfleet_http::Secret;
use certfleet_x509::{ReadErrorKind, X509};
use serde::{Deserialize, Serialize};

/// Put a certificate in place.
///
/// Secrets are not part of its serialised form: a saved change says with `with_key` and
/// `with_passphrase` that they belong to it, and must have them attached again
/// ([`attach_secrets`](Self::attach_secrets)) before it can be applied. Finding out what a crash left open never needs
/// them, because an upload is never sent twice.
///
/// ```
/// use certfleet::{Scope, Upload};
/// use certfleet_sandbox::{Sample, Sandbox};
///
/// let pem = Sandbox::new().sample(Sample::Authority, "Partner root", 400);
/// let upload = Upload::new(pem.as_bytes())?
///     .name("partner-root")
///     .at(Scope::Environment { name: "test".to_owned() });
/// assert_eq!(upload.name.as_deref(), Some("partner-root"));
/// assert!(Upload::new(b"not a certificate").is_err());
/// # Ok::<(), certfleet::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Upload {
    /// The certificates, as PEM, the first one first. Empty for a PKCS#12 file, which is not opened.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub certificate: String,
    /// The record's name. OpenAI: a label. Apinizer: its address, which never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The record's description (Apinizer).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The alias, unique in its environments (Apinizer).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Where it goes: one connector or none (Patchworks), at least one environment (Apinizer),
    /// elsewhere nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// Whether a private key goes with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_key: bool,
    /// Whether a passphrase goes with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_passphrase: bool,
    #[serde(skip)]
    key: Option<Secret>,
    #[serde(skip)]
    passphrase: Option<Secret>,
}

impl Upload {
    /// Returns an upload of certificates: PEM, DER, base64 or PKCS#7.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: one cannot be read, or a private key is among them.
    pub fn new(certificate: &[u8]) -> Result<Self> {
        Ok(Self::from_pem(public(certificate)?))
    }

    /// Returns an upload that carries a private key: PEM with a key block, or a PKCS#12 file in base64. It
    /// is sent as it is. Patchworks alone takes one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: a certificate beside the key cannot be read.
    pub fn with_key(key: Secret) -> Result<Self> {
        let blocks = certificate_blocks(key.expose());
        let mut upload = Self::from_pem(if blocks.is_empty() {
            String::new()
        } else {
            public(blocks.as_bytes())?
        });
        upload.with_key = true;
        upload.key = Some(key);
        Ok(upload)
    }

    /// Returns an upload of a certificate whose private key is kept apart from it. `key` is PEM; the
    /// certificate may stand beside it.
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`with_key`](Self::with_key).
    pub fn with_separate_key(certificate: &[u8], key: Secret) -> Result<Self> {
        Self::with_key(beside(&public(certificate)?, key))
    }

    fn from_pem(certificate: String) -> Self {
        Self {
            certificate,
            name: None,
            description: None,
            alias: None,
            scopes: Vec::new(),
            with_key: false,
            with_passphrase: false,
            key: None,
            passphrase: None,
        }
    }

    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets the alias.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<String>) -> Self {
        self.alias = Some(alias.into());
        self
    }

    /// Adds a scope.
    #[must_use]
    pub fn at(mut self, scope: Scope) -> Self {
        self.scopes.push(scope);
        self
    }

    /// Sets the passphrase of its key.
    #[must_use]
    pub fn passphrase(mut self, passphrase: Secret) -> Self {
        self.with_passphrase = true;
        self.passphrase = Some(passphrase);
        self
    }

    /// Attaches to a saved upload the secrets that belong to it. `key` is what [`with_key`](Self::with_key)
    /// took, or the private key alone.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: the certificates beside the key are not those of the upload.
    pub fn attach_secrets(
        &mut self,
        key: Option<Secret>,
        passphrase: Option<Secret>,
    ) -> Result<()> {
        if let Some(key) = key {
            let given = Self::with_key(beside(&self.certificate, key))?;
            if given.certificate != self.certificate {
                return Err(Error::new(
                    ErrorKind::InvalidInput,
                    "the key that was given stands beside another certificate than the change has: give the one it was planned with",
                ));
            }
            self.key = given.key;
        }
        if passphrase.is_some() {
            self.passphrase = passphrase;
        }
        Ok(())
    }

    /// Returns which of its secrets are missing, in words; `None` where it can be sent.
    pub fn missing_secrets(&self) -> Option<&'static str> {
        match (
            self.with_key && self.key.is_none(),
            self.with_passphrase && self.passphrase.is_none(),
        ) {
            (true, true) => Some("the private key and its passphrase"),
            (true, false) => Some("the private key"),
            (false, true) => Some("the passphrase"),
            (false, false) => None,
        }
    }

    /// Returns what is sent where the vendor takes a key: the key with what stands beside it, else the
    /// certificates.
    pub fn body(&self) -> Secret {
        self.key
            .clone()
            .unwrap_or_else(|| Secret::new(self.certificate.as_str()))
    }

    /// Returns the passphrase that is sent.
    pub fn secret_passphrase(&self) -> Option<&Secret> {
        self.passphrase.as_ref()
    }
}

/// Returns certificates as PEM, one after another, and nothing else.
///
/// # Errors
/// [`ErrorKind::InvalidInput`]: one cannot be read, or a private key is among them.
pub(super) fn public(input: &[u8]) -> Result<String> {
    let certificates = certfleet_x509::read_all(input).map_err(|error| {
        let message = match error.kind() {
            ReadErrorKind::PrivateKey | ReadErrorKind::Pkcs12 => format!(
                "there is a private key where only a certificate belongs ({error}). Nothing was sent"
            ),
            _ => format!("the certificate cannot be read: {error}. Nothing was sent"),
        };
        Error::new(ErrorKind::InvalidInput, message)
    })?;
    Ok(certificates.iter().filter_map(X509::to_pem).collect())
}

/// Returns a certificate and its private key in one text, as vendors take them.
fn beside(certificate: &str, key: Secret) -> Secret {
    if certificate.is_empty() || !certificate_blocks(key.expose()).is_empty() {
        return key;
    }
    Secret::new(format!("{certificate}{}", key.expose()))
}

/// The blocks of a PEM text that are certificates.
fn certificate_blocks(text: &str) -> String {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let mut blocks = String::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let Some((inner, after)) = after.split_once(END) else {
            break;
        };
        blocks.extend([BEGIN, inner, END, "\n"]);
        rest = after;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stays_out_of_everything_that_can_be_shown() {
        let text = "-----BEGIN PRIVATE KEY-----\nQ0FOQVJZ\n-----END PRIVATE KEY-----\n";
        let upload = Upload::with_key(text.into())
            .unwrap()
            .passphrase("CANARY".into());
        let shown = format!("{upload:?}{}", serde_json::to_string(&upload).unwrap());
        for secret in ["Q0FOQVJZ", "CANARY", "PRIVATE KEY"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        let saved: Upload = serde_json::from_str(&serde_json::to_string(&upload).unwrap()).unwrap();
        assert_eq!(
            saved.missing_secrets(),
            Some("the private key and its passphrase")
        );
    }

    #[test]
    fn a_saved_upload_takes_its_key_with_and_without_the_certificate() {
        let certificate = include_str!("../../benches/certificate.pem");
        let key = "-----BEGIN PRIVATE KEY-----\nQ0FOQVJZ\n-----END PRIVATE KEY-----\n";
        let upload = Upload::with_separate_key(certificate.as_bytes(), key.into()).unwrap();
        let both = upload.body();
        assert_eq!(both.expose(), format!("{}{key}", upload.certificate));
        for given in [Secret::from(key), both.clone()] {
            let mut saved: Upload =
                serde_json::from_str(&serde_json::to_string(&upload).unwrap()).unwrap();
            saved.attach_secrets(Some(given), None).unwrap();
            assert_eq!(saved.body().expose(), both.expose());
            assert_eq!(saved.missing_secrets(), None);
        }
    }

    #[test]
    fn a_key_among_certificates_is_refused() {
        let text = "-----BEGIN PRIVATE KEY-----\nQ0FOQVJZ\n-----END PRIVATE KEY-----\n";
        let error = Upload::new(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("private key"), "{error}");
        assert!(!error.to_string().contains("Q0FOQVJZ"));
    }
}
