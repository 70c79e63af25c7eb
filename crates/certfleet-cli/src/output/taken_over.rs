//! A lock that was taken over.

use crate::{output, terminal};
use certfleet::ProviderId;
use certfleet_changes::journal::Takeover;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::io::{self, Write};

/// A lock that was taken over from a process that was not heard of until its lease ended.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct TakenOver {
    /// When, by the clock of the store.
    pub(crate) at: DateTime<Utc>,
    /// The account's vendor.
    pub(crate) provider: ProviderId,
    /// The account's name.
    pub(crate) account: String,
    /// From whom, and by whom.
    #[serde(flatten)]
    pub(crate) takeover: Takeover,
}

impl TakenOver {
    /// Writes it for people.
    pub(crate) fn text(&self, out: &mut impl Write) -> io::Result<()> {
        let Takeover { from, by, .. } = &self.takeover;
        let account = format!("{}/{}", self.provider, self.account);
        let lines = [
            format!("Lock of {account} taken over at {}", output::time(self.at)),
            format!("  by {by}"),
            format!("  from {from}, which was not heard of"),
        ];
        for line in lines {
            writeln!(out, "{}", terminal::sanitize(&line))?;
        }
        Ok(())
    }
}
