//! A journal, read: what is pending in it, and which rotations are under way.

use super::{About, Ending, Entry, Event, Intent, OperationId};
use crate::rotation::Rotation;
use certfleet::{Change, How};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A journal, read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Contents {
    /// Every entry that could be read, oldest first.
    pub entries: Vec<Entry>,
    /// Lines that could not: what a crash left half-written, or an editor changed.
    pub damaged: Vec<Damaged>,
}

/// A line of a journal that could not be read. It is left where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Damaged {
    /// Its number, from 1.
    pub line: usize,
    /// Its length in bytes.
    pub bytes: usize,
    /// Whether it has no end: a write that was cut off, and was never acknowledged. Nothing was done on
    /// account of it. Of other lines that cannot be told.
    pub torn: bool,
}

/// A change that is not known to have ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PendingChange {
    /// Its beginning.
    pub begun: Entry,
    /// The last thing that was found out, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Ending>,
    /// The earliest time by the vendor's clock, UTC, at which it is known to have been begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_time: Option<DateTime<Utc>>,
}

/// A place in a journal: what was appended after it is newer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Position(pub(crate) usize);

impl Damaged {
    /// Returns an entry that is whole and cannot be read: a newer version wrote it, or something changed it.
    pub fn unreadable(line: usize, bytes: usize) -> Self {
        Self {
            line,
            bytes,
            torn: false,
        }
    }
}

impl PendingChange {
    /// Returns what was to be done.
    pub fn intent(&self) -> Option<&Intent> {
        match &self.begun.event {
            Event::Begun(intent) => Some(intent),
            _ => None,
        }
    }
}

impl Contents {
    /// Returns what a store read.
    pub fn new(entries: Vec<Entry>, damaged: Vec<Damaged>) -> Self {
        Self { entries, damaged }
    }

    /// Returns the position behind its last entry.
    pub fn position(&self) -> Position {
        Position(self.entries.len())
    }

    /// Returns the changes that are not known to have ended, oldest first.
    pub fn pending(&self) -> Vec<PendingChange> {
        let mut pending: BTreeMap<&OperationId, (usize, PendingChange)> = BTreeMap::new();
        for (number, entry) in self.entries.iter().enumerate() {
            match &entry.event {
                Event::Begun(intent) => {
                    let begun = PendingChange {
                        begun: entry.clone(),
                        last: None,
                        vendor_time: intent.vendor_time,
                    };
                    pending.insert(&entry.operation, (number, begun));
                }
                Event::Ended(ending) if ending.is_final() => {
                    pending.remove(&entry.operation);
                }
                Event::Ended(ending) => {
                    if let Some((_, change)) = pending.get_mut(&entry.operation) {
                        if let Ending::Failed { vendor_time, .. } = &**ending {
                            change.vendor_time = change.vendor_time.or(*vendor_time);
                        }
                        change.last = Some((**ending).clone());
                    }
                }
                Event::Rotation(_) | Event::TakenOver(_) => {}
            }
        }
        let mut pending: Vec<_> = pending.into_values().collect();
        pending.sort_by_key(|(number, _)| *number);
        pending.into_iter().map(|(_, change)| change).collect()
    }

    /// Returns the last state of every rotation that is not over, oldest first.
    pub fn rotations(&self) -> Vec<Rotation> {
        let mut rotations = self.all_rotations();
        rotations.retain(|rotation| !rotation.is_over());
        rotations
    }

    /// Returns the last state of every rotation, the one that was saved last at the end.
    pub fn all_rotations(&self) -> Vec<Rotation> {
        let mut last: Vec<(&OperationId, &Rotation)> = Vec::new();
        for entry in &self.entries {
            if let Event::Rotation(rotation) = &entry.event {
                last.retain(|(id, _)| **id != entry.operation);
                last.push((&entry.operation, rotation));
            }
        }
        last.into_iter()
            .map(|(_, rotation)| rotation.clone())
            .collect()
    }

    /// Returns the last state of one rotation.
    pub fn rotation(&self, id: &OperationId) -> Option<&Rotation> {
        self.entries
            .iter()
            .rev()
            .find_map(|entry| match &entry.event {
                Event::Rotation(rotation) if rotation.id == *id => Some(&**rotation),
                _ => None,
            })
    }

    /// Returns the last end of a change, if it has one.
    pub fn ending(&self, operation: &OperationId) -> Option<(&Entry, &Ending)> {
        self.entries
            .iter()
            .rev()
            .find_map(|entry| match &entry.event {
                Event::Ended(ending) if entry.operation == *operation => Some((entry, &**ending)),
                _ => None,
            })
    }

    /// Returns the records that certfleet deleted, as they were before, the last one first. What was deleted and
    /// made again since is among them.
    pub fn deleted(&self) -> Vec<&About> {
        let mut found = Vec::new();
        let mut done = BTreeSet::new();
        let mut ended = BTreeSet::new();
        // Ends stand behind beginnings: read backwards, the first end of a change is its last.
        for entry in self.entries.iter().rev() {
            match &entry.event {
                Event::Ended(ending) => {
                    let is_last = ended.insert(&entry.operation);
                    let is_done = ending.is_final()
                        && matches!(&**ending, Ending::Applied { how, .. }
                            if !matches!(how, How::Accepted | How::Unchanged));
                    if is_last && is_done {
                        done.insert(&entry.operation);
                    }
                }
                Event::Begun(intent)
                    if matches!(intent.change, Change::Delete(_))
                        && done.contains(&entry.operation) =>
                {
                    found.extend(&intent.about);
                }
                _ => {}
            }
        }
        found
    }
}
