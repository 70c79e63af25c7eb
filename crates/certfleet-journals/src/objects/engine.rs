//! Entries and leases as objects.
//!
//! A lease is an object that is replaced only where it is still as it was read. What was appended under a lease that
//! another has taken over is refused by the log: whoever takes over appends the entry that says so before it does
//! anything else, with the number of its lease, and an entry's object is made only after every one before it was read.

use super::{
    bucket::{Bucket, Read, Written},
    log::{self, Log},
};
use crate::{
    engine::{self, Found, Known, NewEntry, Row},
    leased::LEASE,
};
use certfleet::{Error, ErrorKind, Result};
use certfleet_changes::journal::{Holder, Lease, LockKey};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use tokio::sync::Mutex;

/// The folder of the leases.
const LEASES: &str = "leases";

/// A lease, as an object keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    provider: String,
    account: String,
    /// Counts the holders.
    generation: u64,
    /// Counts the writes: no two versions of the object are the same, so that none is taken for another.
    writes: u64,
    /// Who holds it; absent where it was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holder: Option<Holder>,
    /// Since when, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<DateTime<Utc>>,
    /// How long it lasts after it was written.
    milliseconds: u64,
}

#[derive(Debug)]
pub(super) struct Engine {
    bucket: Bucket,
    log: Mutex<Log>,
    /// The numbers of the leases that this process has taken, by their holders.
    generations: Mutex<HashMap<String, u64>>,
}

/// The name of a lease's object. Any account's name becomes one that every engine takes.
fn name(key: &LockKey) -> String {
    let text = format!("{}/{}", key.provider, key.account);
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{LEASES}/{hex}.json")
}

fn milliseconds() -> u64 {
    u64::try_from(LEASE.as_millis()).unwrap_or(u64::MAX)
}

impl Engine {
    pub(super) fn new(bucket: Bucket) -> Self {
        Self {
            bucket,
            log: Mutex::default(),
            generations: Mutex::default(),
        }
    }

    async fn generation(&self, holder: &Holder) -> u64 {
        let generations = self.generations.lock().await;
        generations.get(&holder.id).copied().unwrap_or_default()
    }

    /// Gives a lease that was read to a holder. Returns its number, unless it is not as it was read any more.
    async fn give(&self, name: &str, read: Read<Kept>, holder: &Holder) -> Result<Option<u64>> {
        let given = Kept {
            generation: read.value.generation + 1,
            writes: read.value.writes + 1,
            holder: Some(holder.clone()),
            since: None,
            milliseconds: milliseconds(),
            ..read.value
        };
        let written = self.bucket.replace(name, &given, read.version).await?;
        if written == Written::Done || self.is_held(name, holder).await? {
            self.note(holder, given.generation).await;
            return Ok(Some(given.generation));
        }
        Ok(None)
    }

    async fn note(&self, holder: &Holder, generation: u64) {
        let mut generations = self.generations.lock().await;
        generations.insert(holder.id.clone(), generation);
    }

    /// Whether a lease is this holder's: the answer to a write may have been lost.
    async fn is_held(&self, name: &str, holder: &Holder) -> Result<bool> {
        let read = self.bucket.read::<Kept>(name).await?;
        Ok(read.is_some_and(|read| is_of(&read.value, holder)))
    }

    fn found(&self, read: &Read<Kept>, now: DateTime<Utc>) -> Result<Option<Found>> {
        let Some(holder) = read.value.holder.clone() else {
            return Ok(None);
        };
        let provider = read.value.provider.parse().map_err(|why| {
            let message = format!("the journal {}: {why}", self.bucket.place());
            Error::new(ErrorKind::Journal, message)
        })?;
        let lasts = i64::try_from(read.value.milliseconds).unwrap_or(i64::MAX);
        let lasts = TimeDelta::try_milliseconds(lasts).unwrap_or(TimeDelta::MAX);
        let until = read.modified.checked_add_signed(lasts);
        let until = until.unwrap_or(DateTime::<Utc>::MAX_UTC);
        Ok(Some(Found {
            lease: Lease {
                provider,
                account: read.value.account.clone(),
                holder,
                since: read.value.since.unwrap_or(read.modified),
                until: Some(until),
                has_ended: until <= now,
            },
            now,
        }))
    }
}

fn is_of(kept: &Kept, holder: &Holder) -> bool {
    kept.holder.as_ref().is_some_and(|one| one.id == holder.id)
}

impl engine::Engine for Engine {
    fn place(&self) -> String {
        self.bucket.place().to_owned()
    }

    async fn read_after(&self, known: &Known) -> Result<Vec<Row>> {
        log::read_after(&self.bucket, known).await
    }

    async fn append(&self, new: &NewEntry, holder: &Holder) -> Result<bool> {
        let generation = self.generation(holder).await;
        let mut log = self.log.lock().await;
        log.append(&self.bucket, new, generation, false).await
    }

    async fn acquire(&self, key: &LockKey, holder: &Holder) -> Result<bool> {
        let name = name(key);
        match self.bucket.read::<Kept>(&name).await? {
            Some(read) if is_of(&read.value, holder) => {
                self.note(holder, read.value.generation).await;
                Ok(true)
            }
            Some(read) if read.value.holder.is_some() => Ok(false),
            Some(read) => Ok(self.give(&name, read, holder).await?.is_some()),
            None => {
                let first = Kept {
                    provider: key.provider.as_str().to_owned(),
                    account: key.account.clone(),
                    generation: 1,
                    writes: 1,
                    holder: Some(holder.clone()),
                    since: None,
                    milliseconds: milliseconds(),
                };
                let written = self.bucket.create(&name, &first).await?;
                let is_held = written == Written::Done || self.is_held(&name, holder).await?;
                if is_held {
                    self.note(holder, first.generation).await;
                }
                Ok(is_held)
            }
        }
    }

    async fn take_over(&self, ended: &Lease, holder: &Holder, entry: &NewEntry) -> Result<bool> {
        let key = LockKey {
            provider: ended.provider,
            account: ended.account.clone(),
        };
        let name = name(&key);
        let Some(read) = self.bucket.read::<Kept>(&name).await? else {
            return Ok(false);
        };
        let now = self.bucket.now().await?;
        let found = self.found(&read, now)?;
        let is_as_found =
            is_of(&read.value, &ended.holder) && found.is_some_and(|found| found.lease.has_ended);
        if !is_as_found {
            return Ok(false);
        }
        let Some(generation) = self.give(&name, read, holder).await? else {
            return Ok(false);
        };
        let mut log = self.log.lock().await;
        log.append(&self.bucket, entry, generation, true).await
    }

    async fn renew(&self, key: &LockKey, holder: &Holder) -> Result<bool> {
        let name = name(key);
        loop {
            let Some(read) = self.bucket.read::<Kept>(&name).await? else {
                return Ok(false);
            };
            if !is_of(&read.value, holder) {
                return Ok(false);
            }
            let renewed = Kept {
                writes: read.value.writes + 1,
                since: read.value.since.or(Some(read.modified)),
                milliseconds: milliseconds(),
                ..read.value
            };
            let written = self.bucket.replace(&name, &renewed, read.version).await?;
            if written == Written::Done {
                return Ok(true);
            }
        }
    }

    async fn release(&self, key: &LockKey, holder: &Holder) -> Result<()> {
        let name = name(key);
        let read = self.bucket.read::<Kept>(&name).await?;
        if let Some(read) = read.filter(|read| is_of(&read.value, holder)) {
            let free = Kept {
                writes: read.value.writes + 1,
                holder: None,
                since: None,
                ..read.value
            };
            self.bucket.replace(&name, &free, read.version).await?;
        }
        self.generations.lock().await.remove(&holder.id);
        Ok(())
    }

    async fn leases(&self, key: Option<&LockKey>) -> Result<Vec<Found>> {
        let names = match key {
            Some(key) => vec![name(key)],
            None => {
                let names = self.bucket.names(LEASES, "").await?;
                names
                    .iter()
                    .map(|name| format!("{LEASES}/{name}"))
                    .collect()
            }
        };
        let mut held = Vec::new();
        for name in names {
            let read = self.bucket.read::<Kept>(&name).await?;
            held.extend(read.filter(|read| read.value.holder.is_some()));
        }
        if held.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.bucket.now().await?;
        let found = held.iter().map(|read| self.found(read, now));
        let found: Vec<Option<Found>> = found.collect::<Result<_>>()?;
        Ok(found.into_iter().flatten().collect())
    }
}
