//! The entries of a journal: objects with strictly growing numbers, each made once.

use super::bucket::{Bucket, Written};
use crate::engine::{self, Known, NewEntry, Row};
use certfleet::Result;
use certfleet_changes::journal::LockKey;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The folder of the entries.
const ENTRIES: &str = "entries";

/// How many entries are read at once, and how many of them at the same time.
const PAGE: usize = 1_000;
const AT_ONCE: usize = 16;

/// An entry, as an object keeps it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    id: String,
    entry: Box<RawValue>,
    /// Of an entry that says that a lease was taken over: of which account, and the lease's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taken_over: Option<TakenOver>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TakenOver {
    pub(super) provider: String,
    pub(super) account: String,
    pub(super) generation: u64,
}

/// What is known of the entries.
#[derive(Debug, Default)]
pub(super) struct Log {
    last: u64,
    /// The number of the last lease of each account that was taken over.
    generations: BTreeMap<(String, String), u64>,
}

fn name(number: u64) -> String {
    format!("{number:020}.json")
}

/// Reads entries that have a number of at least 1 more than one.
async fn read(bucket: &Bucket, after: u64) -> Result<Vec<(u64, Kept)>> {
    let mut names = bucket.names(ENTRIES, &name(after)).await?;
    names.truncate(PAGE);
    let reading = names.into_iter().map(|name| async move {
        let number = name
            .strip_suffix(".json")
            .and_then(|text| text.parse().ok());
        let kept = bucket.read::<Kept>(&format!("{ENTRIES}/{name}")).await?;
        Ok(number.zip(kept).map(|(number, kept)| (number, kept.value)))
    });
    let read: Vec<Option<(u64, Kept)>> = stream::iter(reading)
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(read.into_iter().flatten().collect())
}

/// Reads entries after those that are known.
pub(super) async fn read_after(bucket: &Bucket, known: &Known) -> Result<Vec<Row>> {
    // The last known one is read again: it tells whether this is still the journal that it was.
    let mut read = read(bucket, known.number.saturating_sub(1)).await?;
    if known.number > 0 {
        let is_known =
            |(number, kept): &(u64, Kept)| *number == known.number && kept.id == known.id;
        if !read.first().is_some_and(is_known) {
            return Err(engine::forgotten(bucket.place(), known.number));
        }
        read.remove(0);
    }
    let row = |(number, kept): (u64, Kept)| Row {
        number,
        id: kept.id,
        text: kept.entry.get().to_owned(),
    };
    Ok(read.into_iter().map(row).collect())
}

impl Log {
    /// Appends an entry, unless a later lease of its account was taken over than the one with this number: `false`.
    ///
    /// The entry's object is made only where none has its number: what others have appended meanwhile is read first, a
    /// takeover among it.
    pub(super) async fn append(
        &mut self,
        bucket: &Bucket,
        new: &NewEntry,
        generation: u64,
        is_takeover: bool,
    ) -> Result<bool> {
        let key = LockKey {
            provider: new.entry.provider,
            account: new.entry.account.clone(),
        };
        let whose = (key.provider.as_str().to_owned(), key.account.clone());
        let entry = serde_json::value::to_raw_value(&new.entry)
            .map_err(|why| certfleet::Error::new(certfleet::ErrorKind::Journal, why.to_string()))?;
        let kept = Kept {
            id: new.id.clone(),
            entry,
            taken_over: is_takeover.then(|| TakenOver {
                provider: whose.0.clone(),
                account: whose.1.clone(),
                generation,
            }),
        };
        loop {
            if self.catch_up(bucket, &new.id).await? {
                return Ok(true);
            }
            if self
                .generations
                .get(&whose)
                .is_some_and(|last| *last > generation)
            {
                return Ok(false);
            }
            let next = format!("{ENTRIES}/{}", name(self.last + 1));
            match bucket.create(&next, &kept).await? {
                Written::Done => {
                    self.take_in(self.last + 1, &kept);
                    return Ok(true);
                }
                // Another was quicker, or it is this one, whose answer was lost.
                Written::Conflict => {}
            }
        }
    }

    /// Reads what others have appended. Returns whether an entry of this id is among it.
    async fn catch_up(&mut self, bucket: &Bucket, id: &str) -> Result<bool> {
        let mut is_there = false;
        loop {
            let read = read(bucket, self.last).await?;
            if read.is_empty() {
                return Ok(is_there);
            }
            for (number, kept) in read {
                is_there |= kept.id == id;
                self.take_in(number, &kept);
            }
        }
    }

    fn take_in(&mut self, number: u64, kept: &Kept) {
        self.last = self.last.max(number);
        if let Some(of) = &kept.taken_over {
            let whose = (of.provider.clone(), of.account.clone());
            let last = self.generations.entry(whose).or_default();
            *last = (*last).max(of.generation);
        }
    }
}
