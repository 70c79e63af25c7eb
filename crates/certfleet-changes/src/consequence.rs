//! What follows from a change beyond what was asked for.

use certfleet::{Error, ErrorKind, Result, Scope};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// Something that follows from a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Consequence {
    /// Its kind.
    pub kind: ConsequenceKind,
    /// The scope where it happens, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// One sentence for people.
    pub message: String,
    /// Whether it is inferred: the vendor's documentation allows it, and does not say that it happens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
}

impl Consequence {
    /// Returns a consequence.
    pub fn new(
        kind: ConsequenceKind,
        scope: impl Into<Option<Scope>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            scope: scope.into(),
            message: message.into(),
            inferred: false,
        }
    }

    /// Marks it as inferred.
    #[must_use]
    pub(crate) fn inferred(mut self) -> Self {
        self.inferred = true;
        self
    }
}

/// Returns the kinds of consequences, each once, in their order.
pub(crate) fn kinds_of<'a>(
    consequences: impl IntoIterator<Item = &'a Consequence>,
) -> Vec<ConsequenceKind> {
    let kinds: BTreeSet<_> = consequences.into_iter().map(|one| one.kind).collect();
    kinds.into_iter().collect()
}

/// Says in words how newer consequences of the same change differ from older ones; `None` where they do not.
pub(crate) fn difference(older: &[Consequence], newer: &[Consequence]) -> Option<String> {
    let words = |one: &Consequence| match &one.scope {
        Some(scope) => format!("{} at {scope}", one.kind),
        None => one.kind.to_string(),
    };
    let only_in = |some: &[Consequence], others: &[Consequence]| -> Vec<String> {
        let new = some.iter().filter(|one| !others.contains(one));
        let mut found: Vec<_> = new.map(words).collect();
        found.dedup();
        found
    };
    let (added, gone) = (only_in(newer, older), only_in(older, newer));
    match (added.is_empty(), gone.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("{} would follow too", added.join(", "))),
        (true, false) => Some(format!("{} would not follow any more", gone.join(", "))),
        (false, false) => Some(format!(
            "{} would follow instead of {}",
            added.join(", "),
            gone.join(", ")
        )),
    }
}

macro_rules! consequence_kinds {
    ($($(#[$meta:meta])* $variant:ident => $text:literal,)*) => {
        /// Kinds of consequence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum ConsequenceKind {
            $($(#[$meta])* $variant,)*
        }

        impl ConsequenceKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns its name in outputs and options.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

consequence_kinds! {
    /// From then on the scope refuses callers without a client certificate (OpenAI).
    EnforcementStarts => "enforcement_starts",
    /// From then on the scope asks no caller for a client certificate (OpenAI).
    EnforcementStops => "enforcement_stops",
    /// Client certificates of this CA are no longer accepted in the scope (OpenAI).
    TrustEnds => "trust_ends",
    /// Clients of the scope are shown certificates of this CA, and each of them has to trust it already (Cloudflare).
    ClientsMustTrust => "clients_must_trust",
    /// It goes live in the scope at once (Apinizer).
    Deploys => "deploys",
    /// What is live in the scope is taken away (Apinizer, Patchworks).
    Undeploys => "undeploys",
    /// Another certificate loses its place in the scope (Patchworks).
    Displaces => "displaces",
    /// What refers to the certificate loses its reference (Apinizer).
    DetachesReferences => "detaches_references",
    /// What refers to the certificate is deleted too (Apinizer).
    DeletesReferences => "deletes_references",
    /// What refers to the certificate is renewed from the new content (Apinizer).
    UpdatesReferences => "updates_references",
    /// Entries are added beside the old ones (Apinizer's update).
    AddsEntries => "adds_entries",
    /// One of the few certificates that may be made in a day is used up (Cloudflare).
    ConsumesDailyQuota => "consumes_daily_quota",
    /// It is sent in several requests: some may fail after others are done.
    #[serde(alias = "not_atomic")]
    MayBePartial => "may_be_partial",
    /// It cannot be undone.
    CannotBeUndone => "cannot_be_undone",
    /// It cannot be read back: if the response is lost, only the vendor's own pages tell what became of it.
    CannotBeRead => "cannot_be_read",
    /// Records of the account cannot be read, and what is concluded of them is not known: whether one of them is
    /// the certificate already, or where it is in force.
    RecordsUnreadable => "records_unreadable",
    /// The provider's adapter does not state what happens in a scope of this kind.
    NotStated => "not_stated",
}

impl fmt::Display for ConsequenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for ConsequenceKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = || Self::ALL.iter().copied();
        known().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let names: Vec<_> = known().map(Self::as_str).collect();
            Error::new(
                ErrorKind::InvalidInput,
                format!("{text:?} is not a consequence: use {}", names.join(", ")),
            )
        })
    }
}
