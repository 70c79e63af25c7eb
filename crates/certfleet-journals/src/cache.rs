//! What was read of a journal: entries never change, so that only new ones are asked for.

use crate::engine::{Engine, Known};
use certfleet::{Error, ErrorKind, ProviderId, Result};
use certfleet_changes::journal::{Contents, Damaged, Entry, LockKey};
use serde::Deserialize;

/// The entries that were read.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    known: Known,
    entries: Vec<Entry>,
    damaged: Vec<Damaged>,
    /// The accounts of the entries that cannot be read; `None` where not even that can.
    unreadable: Vec<Option<LockKey>>,
}

/// What every version can read of an entry.
#[derive(Deserialize)]
struct Whose {
    provider: ProviderId,
    account: String,
}

impl Cache {
    /// Reads what is new.
    pub(crate) async fn update(&mut self, engine: &impl Engine) -> Result<()> {
        loop {
            let rows = engine.read_after(&self.known).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                if row.number != self.known.number + 1 {
                    return Err(Error::new(
                        ErrorKind::Journal,
                        format!(
                            "the journal {} has no entry {}, and has an entry {}: something has removed entries",
                            engine.place(),
                            self.known.number + 1,
                            row.number
                        ),
                    )
                    .with_advice("Restore it from its backup"));
                }
                self.take_in(row.number, &row.text);
                self.known = Known {
                    number: row.number,
                    id: row.id,
                };
            }
        }
    }

    fn take_in(&mut self, number: u64, text: &str) {
        if let Ok(entry) = serde_json::from_str(text) {
            self.entries.push(entry);
            return;
        }
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        self.damaged.push(Damaged::unreadable(number, text.len()));
        let whose: Option<Whose> = serde_json::from_str(text).ok();
        self.unreadable.push(whose.map(|whose| LockKey {
            provider: whose.provider,
            account: whose.account,
        }));
    }

    /// Returns what was read.
    pub(crate) fn contents(&self) -> Contents {
        Contents::new(self.entries.clone(), self.damaged.clone())
    }

    /// Refuses to begin a change of an account where an entry of it cannot be read: what it says may contradict it.
    pub(crate) fn ensure_readable(&self, key: &LockKey, place: &str) -> Result<()> {
        let is_of_account = |one: &Option<LockKey>| one.as_ref().is_none_or(|one| one == key);
        if !self.unreadable.iter().any(is_of_account) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Journal,
            format!(
                "the journal {place} has entries of {}/{} that this version of certfleet cannot read, so that what is pending is not known. Nothing was sent",
                key.provider, key.account
            ),
        )
        .with_advice("Update certfleet on this machine to the version that wrote them"))
    }
}
