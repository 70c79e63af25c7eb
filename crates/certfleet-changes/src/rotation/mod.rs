//! Replacing a certificate by another without an outage, in steps that a crash cannot lose.
//!
//! Nothing old is touched before the new one is verified; until the old one is removed, everything
//! can be [rolled back](crate::Account::roll_back), and no private key is needed for it.
//!
//! ```text
//! preflight → introduce → activate → await_active → verify → retire → soak → remove → done
//! ```
//!
//! | | OpenAI | Cloudflare | Patchworks | Apinizer |
//! |---|---|---|---|---|
//! | introduce | upload | generate | upload to the connector | replace by import; what was there is saved |
//! | activate | where the old one is | at the edge, and wait | – | – |
//! | verify | the caller's probe | the same: devices have to trust the new root, and it has to be set in use elsewhere | the same | the same |
//! | retire | deactivate the old one where it is | the same; refused while it is in use | – | – |
//! | remove | delete the old record | the same | the same | – |
//! | roll back | activate the old one, deactivate the new one | the same | not possible: nothing attaches an old record again | import what was saved |

mod fleet;
mod introduce;
mod plan;
mod roll_back;
mod steps;

pub use fleet::{FleetPart, FleetRotation, FleetRotationPlan, NotRotated, Replacement};
pub use plan::{PlannedStep, RotationPlan};

use crate::{
    Certificate, CertificateId, Change, ConsequenceKind, ErrorReport, ProviderId, ReferencePolicy,
    Scope, WaitOptions,
    journal::{OperationId, Saved},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{fmt, future::Future, time::Duration};

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
    /// The old records that are rotated together with this one, where there are several: what a crash
    /// kept from beginning can then be told.
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
    /// The account's vendor.
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
    /// The consequences that somebody agreed to when it began. Going on needs no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<ConsequenceKind>,
    /// When the old one was retired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<DateTime<Utc>>,
    /// Why the last step failed, if it did. It can be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<ErrorReport>,
    /// What a reader should know beyond that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
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
    /// Everything is as it was, but for the new record, which stays, out of force.
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

    /// The name in outputs.
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
    /// Whether no step is left.
    pub fn is_over(&self) -> bool {
        matches!(self.step, RotationStep::Done | RotationStep::RolledBack)
    }

    /// Until when the old one soaks, once it is retired.
    pub fn soaks_until(&self) -> Option<DateTime<Utc>> {
        let soak = chrono::TimeDelta::from_std(Duration::from_secs(self.spec.soak_seconds)).ok()?;
        self.retired_at?.checked_add_signed(soak)
    }
}

impl RotationSpec {
    /// A rotation without soaking, after which the old record is deleted.
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

    /// The same with a soak.
    #[must_use]
    pub fn soak(mut self, soak: Duration) -> Self {
        self.soak_seconds = soak.as_secs();
        self
    }

    /// The same without the removal: the old record stays, retired.
    #[must_use]
    pub fn keep_old(mut self) -> Self {
        self.keep_old = true;
        self
    }
}

/// What a probe says of the new certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It works: the old one may be retired.
    Passed,
    /// It does not, and why. The rotation stops here; nothing old was touched.
    Failed(String),
    /// It is not known yet: somebody has to look first. The rotation stops here and can be gone on
    /// with later.
    Later(String),
}

/// Tells whether a new certificate works: a TLS call, a canary, a question to somebody. Every
/// `Fn(Certificate) -> Future<Output = Verdict>` is one.
pub trait Probe: Send + Sync {
    /// Looks.
    fn probe(&self, certificate: Certificate) -> impl Future<Output = Verdict> + Send;
}

impl<F, R> Probe for F
where
    F: Fn(Certificate) -> R + Send + Sync,
    R: Future<Output = Verdict> + Send,
{
    fn probe(&self, certificate: Certificate) -> impl Future<Output = Verdict> + Send {
        self(certificate)
    }
}

/// How a rotation is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RotationOptions {
    /// How long to wait until the new one is in force, and the old one out of it.
    pub waiting: WaitOptions,
    /// Whether to wait for the end of the soak. Otherwise [`Account::rotate`](crate::Account::rotate) stops there, to be
    /// gone on with later.
    pub wait_for_soak: bool,
}

impl Default for RotationOptions {
    fn default() -> Self {
        Self {
            waiting: WaitOptions::default(),
            wait_for_soak: true,
        }
    }
}

impl RotationOptions {
    /// Other bounds of waiting.
    #[must_use]
    pub fn waiting(mut self, waiting: WaitOptions) -> Self {
        self.waiting = waiting;
        self
    }

    /// Stop where the old one soaks.
    #[must_use]
    pub fn stop_at_soak(mut self) -> Self {
        self.wait_for_soak = false;
        self
    }
}
