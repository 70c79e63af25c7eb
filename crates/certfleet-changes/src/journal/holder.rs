//! Who holds the lock of an account, and since when.

use super::AskedBy;
use certfleet::ProviderId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The process that holds the lock of an account, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Holder {
    /// A random text that no other lock has, of this process or another.
    pub id: String,
    /// The user's name on the machine.
    pub user: String,
    /// The machine's host name.
    pub host: String,
    /// The process's number on the machine.
    pub process: u32,
    /// What the lock is held for.
    pub purpose: String,
}

impl Holder {
    /// Returns a new holder: this process, on behalf of whoever asked.
    pub fn new(who: &AskedBy, purpose: impl fmt::Display) -> Self {
        Self {
            id: format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)),
            user: who.user.clone(),
            host: who.host.clone(),
            process: std::process::id(),
            purpose: purpose.to_string(),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            user,
            host,
            process,
            purpose,
            ..
        } = self;
        write!(f, "{user}@{host} (process {process}, {purpose})")
    }
}

/// The lock of an account, as it is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lease {
    /// The account's provider.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// Who holds it.
    pub holder: Holder,
    /// Since when, by the clock of the store.
    pub since: DateTime<Utc>,
    /// When it ends unless its holder is heard of before, by the clock of the store. Absent where it ends with the
    /// process that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Whether it has ended by the clock of the store, so that the next that asks takes it over.
    #[serde(default)]
    pub has_ended: bool,
}

/// The lock of an account that another took over after its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Takeover {
    /// Who held it, and was not heard of until its end.
    pub from: Holder,
    /// When it ended, by the clock of the store.
    pub ended_at: DateTime<Utc>,
    /// Who holds it now.
    pub by: Holder,
}
