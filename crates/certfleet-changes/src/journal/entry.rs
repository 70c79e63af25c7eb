//! What stands in a journal.

use crate::{
    Change, EffectReport, ErrorReport, How, ItemResult, ProviderId, Scope, rotation::Rotation,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    hash::{BuildHasher, RandomState},
};

/// One line of a journal. It holds no secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Entry {
    /// When it was written, UTC, by the local clock.
    pub at: DateTime<Utc>,
    /// The write that it belongs to.
    pub operation: OperationId,
    /// The account's vendor.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A change is about to be sent. Written, and on the disk, before anything is.
    Begun(Box<Intent>),
    /// It ended, or what became of it was found out.
    Ended(Box<Ending>),
    /// A rotation took a step.
    Rotation(Box<Rotation>),
}

/// A change that is about to be sent, and what was there before.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Intent {
    /// The change.
    pub change: Change,
    /// The vendor's ids of all records that could be listed before.
    pub seen: Vec<String>,
    /// The contents that the change replaces, so that they can be put back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Saved>,
    /// The rotation that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<OperationId>,
}

/// A content before it was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Saved {
    /// Where it was.
    pub scope: Scope,
    /// Its alias there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The certificates, as PEM.
    pub certificate: String,
}

/// How a write ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// It took effect.
    Applied {
        /// How that is known.
        how: How,
        /// Whether it is a conclusion rather than a proof.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        inferred: bool,
        /// The records.
        certificates: Vec<crate::CertificateId>,
        /// The results of its items.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        items: Vec<ItemResult>,
    },
    /// It failed. Where its effect is `unknown` or `applied`, it stays open.
    Failed {
        /// Why.
        error: ErrorReport,
    },
    /// Looked at later: it did not take effect, and no longer can.
    NotApplied,
    /// Somebody looked at the vendor's and closed it.
    Dismissed {
        /// What they found.
        note: String,
    },
}

impl Ending {
    /// Whether nothing remains to be found out.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Failed { error } => error.effect == EffectReport::None,
            Self::Applied { .. } | Self::NotApplied | Self::Dismissed { .. } => true,
        }
    }
}

/// The name of one write, unique over all machines: its time and 64 random bits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct OperationId(String);

impl OperationId {
    /// A new name.
    pub(crate) fn new(at: DateTime<Utc>) -> Self {
        let random = RandomState::new().hash_one(std::process::id());
        Self(format!("{}-{random:016x}", at.format("%Y%m%dT%H%M%S")))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for OperationId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for OperationId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
