//! A rotation: what is to be done, and how far it has come.

use crate::{
    ConsequenceKind,
    journal::{AskedBy, OperationId, Saved},
};
use certfleet::{CertificateId, Change, ErrorReport, ProviderId, Scope, change::ReferencePolicy};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// What is to be rotated, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RotationSpec {
    /// The record that is replaced.
    pub old: CertificateId,
    /// How the new one comes: an upload, a generated one, or a replacement of `old`'s content.
    pub introduce: Change,
    /// How many seconds the old one stays, retired, before it is removed.
    #[serde(default)]
    pub soak_seconds: u64,
    /// What becomes of what refers to the old record when it is removed.
    pub references: ReferencePolicy,
    /// Whether the old record stays, retired.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_old: bool,
    /// The old records that are rotated together, this one included, where there are several: none of them
    /// is retired before all of the new ones are verified, also after a crash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<CertificateId>,
}

/// A rotation, as far as it has come. It is saved after each step, and holds no secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Rotation {
    /// Its name in the journal.
    pub id: OperationId,
    /// The account's provider.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// What is to be done.
    pub spec: RotationSpec,
    /// The step that is next.
    pub step: RotationStep,
    /// The new record, once there is one. The same as the old one where its content is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<CertificateId>,
    /// Where the old one was in force in the beginning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// The contents that were replaced, so that they can be put back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub saved: Vec<Saved>,
    /// The consequences that were acknowledged when it began. Going on needs no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<ConsequenceKind>,
    /// When the old one was retired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<DateTime<Utc>>,
    /// Why the last step failed, if it did. It can be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<ErrorReport>,
    /// When a person last said that the new one does not work. Absent once it was verified after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_at: Option<DateTime<Utc>>,
    /// What a reader should know beyond that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Who began it. Absent in journals of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<AskedBy>,
}

/// A step of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RotationStep {
    /// Look at the old one: is it there, where is it in force.
    Preflight,
    /// Put the new one in place.
    Introduce,
    /// Bring the new one into force wherever the old one is.
    Activate,
    /// Wait until it is in force.
    AwaitActive,
    /// Ask the caller's probe whether it works.
    Verify,
    /// Take the old one out of force.
    Retire,
    /// Wait, so that what still needs the old one shows.
    Soak,
    /// Delete the old record.
    Remove,
    /// Nothing is left to do.
    Done,
    /// Everything is as it was. A new record that the rotation made is deleted; one that was there before it
    /// stays, out of force.
    RolledBack,
}

impl RotationStep {
    /// The steps of a rotation that succeeds, in their order.
    pub const ALL: [Self; 9] = [
        Self::Preflight,
        Self::Introduce,
        Self::Activate,
        Self::AwaitActive,
        Self::Verify,
        Self::Retire,
        Self::Soak,
        Self::Remove,
        Self::Done,
    ];

    /// Returns its name in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::Introduce => "introduce",
            Self::Activate => "activate",
            Self::AwaitActive => "await_active",
            Self::Verify => "verify",
            Self::Retire => "retire",
            Self::Soak => "soak",
            Self::Remove => "remove",
            Self::Done => "done",
            Self::RolledBack => "rolled_back",
        }
    }
}

impl fmt::Display for RotationStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Rotation {
    /// Returns whether no step is left.
    pub fn is_over(&self) -> bool {
        matches!(self.step, RotationStep::Done | RotationStep::RolledBack)
    }

    /// Returns whether another rotation is this one, or was begun together with it: neither comes to its end
    /// without the other.
    pub fn is_with(&self, other: &Self) -> bool {
        self.id == other.id
            || (!self.spec.together.is_empty() && self.spec.together == other.spec.together)
    }

    /// Returns whether the new one is verified, and the rotation was not undone since.
    pub fn is_verified(&self) -> bool {
        (RotationStep::Retire..=RotationStep::Done).contains(&self.step)
    }

    /// Returns whether the old record stays: because that is wanted, or because its content was replaced.
    pub(crate) fn keeps_old_record(&self) -> bool {
        self.spec.keep_old || self.new.as_ref() == Some(&self.spec.old)
    }

    /// Returns the state that the journal has of it, with the secrets of this one.
    pub(crate) fn replaced_by(self, latest: &Self) -> Self {
        let mut rotation = latest.clone();
        rotation.spec.introduce = self.spec.introduce;
        rotation
    }

    /// Returns until when the old one soaks, once it is retired.
    pub fn soaks_until(&self) -> Option<DateTime<Utc>> {
        let soak = chrono::TimeDelta::from_std(Duration::from_secs(self.spec.soak_seconds)).ok()?;
        self.retired_at?.checked_add_signed(soak)
    }
}

impl RotationSpec {
    /// Returns a rotation without soaking, after which the old record is deleted.
    pub fn new(old: CertificateId, introduce: Change, references: ReferencePolicy) -> Self {
        Self {
            old,
            introduce,
            soak_seconds: 0,
            references,
            keep_old: false,
            together: Vec::new(),
        }
    }

    /// Sets how long the old one soaks.
    #[must_use]
    pub fn soak(mut self, soak: Duration) -> Self {
        self.soak_seconds = soak.as_secs();
        self
    }

    /// Leaves the old record, retired, instead of removing it.
    #[must_use]
    pub fn keep_old(mut self) -> Self {
        self.keep_old = true;
        self
    }
}
