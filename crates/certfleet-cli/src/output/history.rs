//! The journal, told as what was done and what became of it.

use crate::output::{
    self,
    attempt::Attempt,
    plan,
    put_back::{PutBack, Repeated},
    resumed,
    rotation::words,
    taken_over::TakenOver,
};
use certfleet::{Change, ErrorReport};
use certfleet_changes::{
    OperationId,
    journal::{Contents, Damaged, Entry, Event},
    rotation::Rotation,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The option that shows what is pending, and nothing else.
pub(crate) const PENDING: &str = "--pending";

/// What `journal --output json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct JournalHistory {
    /// The file, or the address of the store; absent where the journal is in memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<PathBuf>,
    /// Changes whose result is not known, oldest first.
    pub(crate) pending: Vec<Attempt>,
    /// Rotations as they stand, those under way first.
    pub(crate) rotations: Vec<RotationHistory>,
    /// Changes whose result is known, oldest first.
    pub(crate) closed: Vec<Attempt>,
    /// Locks that were taken over from a process that was not heard of until its lease ended, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) taken_over: Vec<TakenOver>,
    /// How many changes and rotations the options left out.
    pub(crate) left_out: usize,
    /// Lines that cannot be read.
    pub(crate) damaged: Vec<Damaged>,
    /// The options that chose from it, as they were given.
    #[serde(skip)]
    pub(crate) chosen_by: Vec<&'static str>,
    /// The beginnings of deletions, which say how these are taken back.
    #[serde(skip)]
    deletions: BTreeMap<OperationId, Entry>,
}

/// One rotation, with the times at which it took its steps.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RotationHistory {
    /// When it was begun, UTC.
    pub(crate) begun_at: DateTime<Utc>,
    /// When it was last saved, UTC.
    pub(crate) saved_at: DateTime<Utc>,
    /// Errors that stopped it on its way, oldest first.
    pub(crate) failures: Vec<ErrorReport>,
    /// As it stands.
    pub(crate) rotation: Rotation,
}

impl JournalHistory {
    /// Tells a journal.
    pub(crate) fn new(contents: Contents, path: Option<&Path>) -> Self {
        let pending: BTreeSet<_> = contents
            .pending()
            .into_iter()
            .map(|pending| pending.begun.operation)
            .collect();
        let mut deletions = BTreeMap::new();
        let mut writes: Vec<Attempt> = Vec::new();
        let mut taken_over = Vec::new();
        let mut rotations: BTreeMap<OperationId, RotationHistory> = BTreeMap::new();
        for entry in contents.entries {
            match entry.event {
                Event::Begun(ref intent) => {
                    writes.push(Attempt::new(&entry, intent));
                    if matches!(intent.change, Change::Delete(_)) {
                        deletions.insert(entry.operation.clone(), entry);
                    }
                }
                Event::Ended(ending) => {
                    let write = writes
                        .iter_mut()
                        .rev()
                        .find(|write| write.operation == entry.operation);
                    if let Some(write) = write {
                        write.ended_at = Some(entry.at);
                        write.ending = Some(*ending);
                    }
                }
                Event::Rotation(rotation) => {
                    let told =
                        rotations
                            .entry(entry.operation)
                            .or_insert_with(|| RotationHistory {
                                begun_at: entry.at,
                                saved_at: entry.at,
                                failures: Vec::new(),
                                rotation: (*rotation).clone(),
                            });
                    told.saved_at = entry.at;
                    told.failures.extend(rotation.failed.clone());
                    told.failures.dedup();
                    told.rotation = *rotation;
                }
                Event::TakenOver(takeover) => taken_over.push(TakenOver {
                    at: entry.at,
                    provider: entry.provider,
                    account: entry.account,
                    takeover: *takeover,
                }),
                _ => {}
            }
        }
        let (pending, closed) = writes
            .into_iter()
            .partition(|write| pending.contains(&write.operation));
        let mut rotations: Vec<_> = rotations.into_values().collect();
        rotations.sort_by_key(|told| (told.rotation.is_over(), told.begun_at));
        Self {
            path: path.map(Path::to_owned),
            pending,
            rotations,
            closed,
            taken_over,
            left_out: 0,
            damaged: contents.damaged,
            chosen_by: Vec::new(),
            deletions,
        }
    }

    /// Adds how each deletion that it shows is taken back. `repeated` are the options that the commands need.
    pub(crate) fn with_put_back(mut self, repeated: &Repeated) -> Self {
        for write in &mut self.closed {
            let begun = self.deletions.get(&write.operation);
            write.put_back = begun
                .zip(write.ending.as_ref())
                .and_then(|(begun, ending)| PutBack::of_ended(begun, ending, repeated));
        }
        self
    }

    /// Writes it for people: what is pending comes first.
    pub(crate) fn text(&self, out: &mut impl Write) -> io::Result<()> {
        // What a line that cannot be read has begun may be pending.
        let is_whole = self.damaged.iter().all(|one| one.torn);
        if is_whole
            && self.pending.is_empty()
            && self.rotations.is_empty()
            && self.closed.is_empty()
        {
            writeln!(out, "{}", self.nothing())?;
        }
        if !self.pending.is_empty() {
            writeln!(
                out,
                "Pending (certfleet resume finds out what became of it):"
            )?;
            for write in &self.pending {
                write.text(out)?;
            }
        }
        for told in &self.rotations {
            told.text(out)?;
        }
        if !self.closed.is_empty() {
            writeln!(out, "Finished:")?;
            for write in &self.closed {
                write.text(out)?;
            }
        }
        for one in &self.taken_over {
            one.text(out)?;
        }
        if self.left_out > 0 {
            let by = self.chosen_by.join(" and ");
            writeln!(out, "{} more are left out by {by}.", self.left_out)?;
        }
        resumed::damaged(out, &self.damaged)
    }

    /// What is said where there is nothing to show.
    fn nothing(&self) -> &'static str {
        match self.chosen_by.as_slice() {
            [] => "Nothing was changed yet.",
            [PENDING] => "Nothing is pending.",
            _ => "Nothing in the journal is what the options ask for.",
        }
    }
}

impl RotationHistory {
    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        let rotation = &self.rotation;
        let new = rotation
            .new
            .as_ref()
            .filter(|new| **new != rotation.spec.old)
            .map(|new| format!(" -> {new}"))
            .unwrap_or_default();
        let state = if rotation.is_over() {
            format!(
                "{} at {}",
                words(rotation.step),
                output::time(self.saved_at)
            )
        } else {
            format!("under way. Next: {}", words(rotation.step))
        };
        let who = rotation.asked_by.as_ref();
        let who = who.map_or_else(String::new, |who| format!(" by {who}"));
        let text = format!(
            "Rotation {} of {}{new}{who}: {state}",
            rotation.id, rotation.spec.old
        );
        plan::heading(out, &text)?;
        for error in &self.failures {
            plan::line(out, &format!("stopped on its way: {error}"))?;
        }
        Ok(())
    }
}
