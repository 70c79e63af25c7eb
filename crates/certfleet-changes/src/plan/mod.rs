//! What a change would do, found out by reads alone.

mod delete;
mod planner;
mod replace;
mod switch;

use crate::{Change, Error, ErrorKind, ProviderId, Result, Scope};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a change would do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Plan {
    /// The account's vendor.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// The change, with everything filled in that was left to be taken from what is there.
    pub change: Change,
    /// Whether it is so already: nothing would be sent.
    pub unchanged: bool,
    /// What would be sent, in this order.
    pub steps: Vec<Step>,
    /// What follows. All of it has to be acknowledged before the change is applied.
    pub consequences: Vec<Consequence>,
    /// What a reader should know beyond that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One request of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Step {
    /// The client's operation.
    pub operation: String,
    /// What it does, for people.
    pub message: String,
}

/// Something that follows from a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Consequence {
    /// What kind of thing.
    pub kind: ConsequenceKind,
    /// The place that it happens at, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// One sentence for people.
    pub message: String,
}

/// Kinds of consequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConsequenceKind {
    /// From then on the place refuses callers without a client certificate (OpenAI).
    EnforcementStarts,
    /// From then on the place asks nobody for a client certificate (OpenAI).
    EnforcementStops,
    /// Client certificates of this CA are no longer accepted at the place (OpenAI).
    TrustEnds,
    /// It goes live at the place at once (Apinizer).
    Deploys,
    /// What is live at the place is taken away (Apinizer, Patchworks).
    Undeploys,
    /// Another certificate loses its place (Patchworks).
    Displaces,
    /// What refers to the certificate loses its reference (Apinizer).
    DetachesReferences,
    /// What refers to the certificate is deleted too (Apinizer).
    DeletesReferences,
    /// What refers to the certificate is renewed from the new content (Apinizer).
    UpdatesReferences,
    /// Entries are added beside the old ones (Apinizer's update).
    AddsEntries,
    /// One of the few certificates that may be made in a day is used up (Cloudflare).
    ConsumesDailyQuota,
    /// It is sent in several requests: some may fail after others are done.
    MayBePartial,
    /// It cannot be undone.
    CannotBeUndone,
    /// It cannot be read back: if the answer is lost, nobody can tell what became of it.
    CannotBeRead,
}

impl ConsequenceKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::EnforcementStarts,
        Self::EnforcementStops,
        Self::TrustEnds,
        Self::Deploys,
        Self::Undeploys,
        Self::Displaces,
        Self::DetachesReferences,
        Self::DeletesReferences,
        Self::UpdatesReferences,
        Self::AddsEntries,
        Self::ConsumesDailyQuota,
        Self::MayBePartial,
        Self::CannotBeUndone,
        Self::CannotBeRead,
    ];

    /// The name in outputs and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnforcementStarts => "enforcement_starts",
            Self::EnforcementStops => "enforcement_stops",
            Self::TrustEnds => "trust_ends",
            Self::Deploys => "deploys",
            Self::Undeploys => "undeploys",
            Self::Displaces => "displaces",
            Self::DetachesReferences => "detaches_references",
            Self::DeletesReferences => "deletes_references",
            Self::UpdatesReferences => "updates_references",
            Self::AddsEntries => "adds_entries",
            Self::ConsumesDailyQuota => "consumes_daily_quota",
            Self::MayBePartial => "allow_partial",
            Self::CannotBeUndone => "cannot_be_undone",
            Self::CannotBeRead => "cannot_be_read",
        }
    }
}

impl fmt::Display for ConsequenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for ConsequenceKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
                Error::new(
                    ErrorKind::InvalidInput,
                    format!("{text:?} is no consequence: use {}", known.join(", ")),
                )
            })
    }
}

impl Plan {
    /// The kinds of its consequences, each once.
    pub fn kinds(&self) -> Vec<ConsequenceKind> {
        let mut kinds: Vec<_> = self.consequences.iter().map(|one| one.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    fn consequence(
        &mut self,
        kind: ConsequenceKind,
        scope: Option<&Scope>,
        message: impl Into<String>,
    ) {
        self.consequences.push(Consequence {
            kind,
            scope: scope.cloned(),
            message: message.into(),
        });
    }

    fn step(&mut self, operation: &str, message: impl Into<String>) {
        self.steps.push(Step {
            operation: operation.to_owned(),
            message: message.into(),
        });
    }
}
