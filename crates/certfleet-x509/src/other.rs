//! What an input holds beside certificates.

use std::borrow::Cow;
use std::fmt;

/// The longest label looked for, far above every one in use; keeps a lone BEGIN from taking half the text as its label.
pub(crate) const MAX_LABEL: usize = 64;

/// What kind of thing stands beside certificates. Shown as `a private key`, `parameters of a key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OtherKind {
    /// A private key, in whatever form.
    PrivateKey,
    /// A PKCS#12 file, which usually holds a private key.
    Pkcs12,
    /// A public key without a certificate.
    PublicKey,
    /// The parameters of a key: a curve, a group.
    Parameters,
    /// A certificate signing request.
    Request,
    /// A certificate revocation list.
    RevocationList,
    /// A PEM block with another label.
    Unknown,
}

impl OtherKind {
    /// The kind that a PEM block's label says; `None` for a label of blocks that hold certificates.
    pub(crate) fn from_label(label: &str) -> Option<Self> {
        const CERTIFICATES: [&str; 6] = [
            "CERTIFICATE",
            "X509 CERTIFICATE",
            "TRUSTED CERTIFICATE",
            "PKCS7",
            "PKCS #7 SIGNED DATA",
            "CMS",
        ];
        let has = |word: &str| label.contains(word);
        Some(if CERTIFICATES.contains(&label) {
            return None;
        } else if label.to_ascii_uppercase().contains("PRIVATE KEY") {
            Self::PrivateKey
        } else if has("PUBLIC KEY") {
            Self::PublicKey
        } else if has("PARAMETERS") {
            Self::Parameters
        } else if has("CERTIFICATE REQUEST") {
            Self::Request
        } else if has("CRL") {
            Self::RevocationList
        } else if has("PKCS12") {
            Self::Pkcs12
        } else {
            Self::Unknown
        })
    }

    /// The kind in a few words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrivateKey => "a private key",
            Self::Pkcs12 => "a PKCS#12 file",
            Self::PublicKey => "a public key",
            Self::Parameters => "parameters of a key",
            Self::Request => "a certificate signing request",
            Self::RevocationList => "a certificate revocation list",
            Self::Unknown => "another PEM block",
        }
    }
}

impl fmt::Display for OtherKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Something in an input that is not a certificate. Nothing of its content is kept, or even decoded from PEM.
///
/// Shown as `a private key (RSA PRIVATE KEY)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Other {
    /// What it is.
    pub kind: OtherKind,
    /// The label of its PEM block; `None` where it has none.
    pub label: Option<String>,
    /// The line of a text input, from 1, where it begins.
    pub line: Option<usize>,
    /// Where it begins, in bytes from the input's start; see [`crate::Entry::offset`].
    pub offset: usize,
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match &self.label {
            Some(label) => Cow::Owned(format!("{} ({label})", self.kind)),
            None => Cow::Borrowed(self.kind.as_str()),
        };
        f.pad(&text)
    }
}
