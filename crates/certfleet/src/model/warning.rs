//! What a reader of a record should know about it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Something odd about a record, or an account, that did not stop it from being read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Warning {
    /// What kind of oddity.
    pub kind: WarningKind,
    /// One sentence for people.
    pub message: String,
}

/// Kinds of oddity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WarningKind {
    /// A date that could not be read, or one without an offset that was taken as UTC.
    UnreadableTime,
    /// The vendor states another validity than the certificate itself.
    ValidityMismatch,
    /// The vendor states another fingerprint than the content has.
    FingerprintMismatch,
    /// The content could not be read as a certificate.
    UnreadableContent,
    /// The content was not kept because it may hold a private key.
    ContentWithheld,
    /// The vendor uses a state this version does not know.
    UnknownState,
    /// A place has more than one entry of the same certificate.
    SeveralEntries,
    /// Of an account: the vendor's pages repeated items.
    ItemsRepeated,
    /// Of an account: the vendor's clock and the local one are far apart.
    ClockSkew,
}

impl Warning {
    /// A warning.
    pub fn new(kind: WarningKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
