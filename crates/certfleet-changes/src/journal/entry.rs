//! The lines of a journal.

use super::{AskedBy, Holder, Lease, OperationId, Saved, Takeover};
use crate::rotation::Rotation;
use certfleet::{
    CertificateId, Change, EffectReport, ErrorReport, How, ProviderId, Scope,
    change::{ItemOutcome, ItemResult},
    x509::Sha256,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One line of a journal. It holds no secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Entry {
    /// When it was written, UTC, by the local clock.
    pub at: DateTime<Utc>,
    /// The write that it belongs to.
    pub operation: OperationId,
    /// The account's provider.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// What happened.
    pub event: Event,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A change is about to be sent. Written, and on the disk, before anything is.
    Begun(Box<Intent>),
    /// It ended, or what became of it was found out later.
    Ended(Box<Ending>),
    /// A rotation took a step.
    Rotation(Box<Rotation>),
    /// The lock of the account was taken over from a process that was not heard of until its end.
    TakenOver(Box<Takeover>),
}

impl Entry {
    /// Returns the entry that says that a lock was taken over. `at` is the time by the clock of the store.
    pub fn taken_over(ended: &Lease, by: &Holder, at: DateTime<Utc>) -> Self {
        Self {
            at,
            operation: OperationId::new(at),
            provider: ended.provider,
            account: ended.account.clone(),
            event: Event::TakenOver(Box::new(Takeover {
                from: ended.holder.clone(),
                ended_at: ended.until.unwrap_or(at),
                by: by.clone(),
            })),
        }
    }
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
    /// The contents that the change replaces or deletes, where they were, so that they can be put back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Saved>,
    /// The scopes where the record was that is replaced or deleted. Absent in journals of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_in: Vec<Scope>,
    /// The contents that a deletion removes, as PEM: they can be uploaded again. Empty where they were not
    /// known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deleted: Vec<String>,
    /// The records whose place a certificate takes that is activated: activating them there again goes back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub displaced: Vec<CertificateId>,
    /// The records that the change is about, as they were before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<About>,
    /// The rotation that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<OperationId>,
    /// The plan that it was made of. Absent in journals of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<OperationId>,
    /// Who asked for it. Absent in journals of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<AskedBy>,
    /// What time it was by the vendor's clock, UTC, where one of its responses had said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_time: Option<DateTime<Utc>>,
}

/// A record that a change is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct About {
    /// Its address; absent where the change makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CertificateId>,
    /// What it goes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its description, where the change deletes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The SHA-256 of its certificates, where they are known. Of what a change puts in place, the new ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sha256: Vec<Sha256>,
}

/// How a write ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// It took effect, or was accepted. While what became of an item is not known, it stays pending.
    Applied {
        /// How that is known.
        how: How,
        /// Whether it is a conclusion rather than a proof.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        inferred: bool,
        /// The records.
        certificates: Vec<CertificateId>,
        /// The results of its items.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        items: Vec<ItemResult>,
    },
    /// It failed. Where its effect is `unknown` or `applied`, it stays pending.
    Failed {
        /// Why.
        error: ErrorReport,
        /// What time it was by the vendor's clock, UTC, when this was found out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vendor_time: Option<DateTime<Utc>>,
    },
    /// Looked at later: it did not take effect, and no longer can.
    NotApplied,
    /// An operator looked at the vendor's own pages and closed it.
    Dismissed {
        /// What the operator found.
        note: String,
    },
}

impl Ending {
    /// Returns whether nothing remains to be found out.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Failed { error, .. } => error.effect == EffectReport::None,
            Self::Applied { items, .. } => items
                .iter()
                .all(|item| item.outcome != ItemOutcome::Unknown),
            Self::NotApplied | Self::Dismissed { .. } => true,
        }
    }
}
