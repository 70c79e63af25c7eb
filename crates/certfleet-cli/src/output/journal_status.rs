//! Where a journal is, what is pending in it, and who holds which account.

use super::resumed;
use crate::terminal::sanitize;
use certfleet_changes::journal::{Contents, Damaged, Lease};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// What `journal status --output json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct StatusReport {
    /// The file, or the address of the store; absent where the journal is in memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
    /// How many entries it has.
    entries: usize,
    /// When the last one was written, by the clock of the machine that wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_at: Option<DateTime<Utc>>,
    /// How many changes are pending.
    pending: usize,
    /// How many rotations are under way.
    rotations: usize,
    /// The accounts whose lock is held, and those whose holder was not heard of.
    locks: Vec<Lease>,
    /// Lines that cannot be read.
    damaged: Vec<Damaged>,
}

impl StatusReport {
    pub(crate) fn new(path: Option<PathBuf>, contents: Contents, locks: Vec<Lease>) -> Self {
        Self {
            path,
            entries: contents.entries.len(),
            last_at: contents.entries.last().map(|entry| entry.at),
            pending: contents.pending().len(),
            rotations: contents.rotations().len(),
            locks,
            damaged: contents.damaged,
        }
    }

    /// Writes it for people.
    pub(crate) fn text(&self, out: &mut impl Write) -> io::Result<()> {
        let time = "%Y-%m-%d %H:%M:%S UTC";
        let path = match &self.path {
            Some(path) => sanitize(&path.display().to_string()).into_owned(),
            None => "in memory, as long as the command lasts".to_owned(),
        };
        writeln!(out, "Journal:   {path}")?;
        let last = self.last_at.map_or_else(String::new, |at| {
            format!(", the last of {}", at.format(time))
        });
        writeln!(out, "Entries:   {}{last}", self.entries)?;
        writeln!(out, "Pending:   {}", self.pending)?;
        writeln!(out, "Rotations: {} in progress", self.rotations)?;
        if self.locks.is_empty() {
            writeln!(out, "Locks:     none")?;
        } else {
            writeln!(out, "Locks:")?;
        }
        for lock in &self.locks {
            let account = format!("{}/{}", lock.provider, lock.account);
            writeln!(out, "  {}", sanitize(&account))?;
            writeln!(out, "    {}", sanitize(&lock.holder.to_string()))?;
            write!(out, "    since {}", lock.since.format(time))?;
            match lock.until {
                Some(until) if lock.has_ended => {
                    writeln!(out, "; its lease ended at {}.", until.format(time))?;
                    writeln!(out, "    The next that asks takes it over.")?;
                }
                Some(until) => writeln!(out, ", leased until {}", until.format(time))?,
                None => writeln!(out)?,
            }
        }
        resumed::damaged(out, &self.damaged)
    }
}
