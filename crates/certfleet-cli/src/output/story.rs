//! The journal, told as what was done and what became of it.

use crate::{
    output,
    output::{plan, resumed},
    terminal,
};
use certfleet::{Change, ErrorReport, How, ProviderId};
use certfleet_changes::{journal::{Contents, Damaged, Ending, Event, OperationId}, rotation::Rotation};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What `journal --output json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct JournalHistory {
    /// The file; absent where the journal is in memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<PathBuf>,
    /// Writes that are not known to have ended, oldest first.
    pub(crate) open: Vec<Attempt>,
    /// Rotations as they stand, those under way first.
    pub(crate) rotations: Vec<RotationHistory>,
    /// Writes that ended, oldest first.
    pub(crate) closed: Vec<Attempt>,
    /// Lines that cannot be read.
    pub(crate) damaged: Vec<Damaged>,
}

/// One write, from its beginning to its end.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Attempt {
    /// Its name.
    pub(crate) operation: OperationId,
    /// The account's vendor.
    pub(crate) provider: ProviderId,
    /// The account's name.
    pub(crate) account: String,
    /// What was to be done.
    pub(crate) change: Change,
    /// The rotation that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rotation: Option<OperationId>,
    /// When it was begun, UTC.
    pub(crate) begun_at: DateTime<Utc>,
    /// When the last was found out, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// The last that is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ending: Option<Ending>,
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
    pub(crate) fn of(contents: Contents, path: Option<&Path>) -> Self {
        let open: Vec<_> = contents
            .open()
            .into_iter()
            .map(|open| open.begun.operation)
            .collect();
        let mut writes: Vec<Attempt> = Vec::new();
        let mut rotations: BTreeMap<OperationId, RotationHistory> = BTreeMap::new();
        for entry in contents.entries {
            match entry.event {
                Event::Begun(intent) => writes.push(Attempt {
                    operation: entry.operation,
                    provider: entry.provider,
                    account: entry.account,
                    change: intent.change,
                    rotation: intent.rotation,
                    begun_at: entry.at,
                    ended_at: None,
                    ending: None,
                }),
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
                _ => {}
            }
        }
        let (open, closed) = writes
            .into_iter()
            .partition(|write| open.contains(&write.operation));
        let mut rotations: Vec<_> = rotations.into_values().collect();
        rotations.sort_by_key(|told| (told.rotation.is_over(), told.begun_at));
        Self {
            path: path.map(Path::to_owned),
            open,
            rotations,
            closed,
            damaged: contents.damaged,
        }
    }

    /// The story for people: what is open comes first.
    pub(crate) fn text(&self, out: &mut impl Write) -> io::Result<()> {
        if self.open.is_empty() && self.rotations.is_empty() && self.closed.is_empty() {
            writeln!(out, "Nothing was changed yet.")?;
        }
        if !self.open.is_empty() {
            writeln!(out, "Open (certfleet resume finds out what became of it):")?;
            for write in &self.open {
                write.text(out)?;
            }
        }
        for told in &self.rotations {
            told.text(out)?;
        }
        if !self.closed.is_empty() {
            writeln!(out, "Done with:")?;
            for write in &self.closed {
                write.text(out)?;
            }
        }
        resumed::damaged(out, &self.damaged)
    }
}

impl Attempt {
    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        plan::line(
            out,
            &format!(
                "{}  {}/{}  {}: {}",
                output::time(self.begun_at),
                self.provider,
                self.account,
                what(&self.change),
                self.ending.as_ref().map_or_else(
                    || format!("no end is known (operation {})", self.operation),
                    |ending| self.ended(ending)
                )
            ),
        )
    }

    fn ended(&self, ending: &Ending) -> String {
        match ending {
            Ending::Applied {
                how,
                inferred,
                certificates,
                items,
            } => {
                let ids: Vec<_> = certificates.iter().map(ToString::to_string).collect();
                let failed: Vec<_> = items
                    .iter()
                    .filter(|item| item.outcome != certfleet::change::ItemOutcome::Done)
                    .map(|item| {
                        format!(
                            "{} not: {}",
                            item.scope,
                            item.message.as_deref().unwrap_or_default()
                        )
                    })
                    .collect();
                let how = match (how, inferred) {
                    (How::Recovered, false) => "done, found by reading back",
                    (How::Recovered, true) => "done, as far as can be concluded",
                    _ => "done",
                };
                let mut text = how.to_owned();
                if !ids.is_empty() && self.change.ids().is_empty() {
                    text.push_str(&format!(" as {}", ids.join(", ")));
                }
                if !failed.is_empty() {
                    text.push_str(&format!(", but {}", failed.join(", ")));
                }
                text
            }
            Ending::Failed { error } if ending.is_final() => {
                format!("failed, nothing was changed: {}", error.message)
            }
            Ending::Failed { error } => format!(
                "not known (operation {}): {}",
                self.operation, error.message
            ),
            Ending::NotApplied => "did not take effect".to_owned(),
            Ending::Dismissed { note } => format!("closed by hand: {note}"),
            _ => "ended".to_owned(),
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
            format!("{} at {}", rotation.step, output::time(self.saved_at))
        } else {
            format!("under way, next is {}", rotation.step)
        };
        writeln!(
            out,
            "{}",
            terminal::sanitize(&format!(
                "Rotation {} of {}{new}: {state}",
                rotation.id, rotation.spec.old
            ))
        )?;
        for error in &self.failures {
            plan::line(out, &format!("stopped on its way: {}", error.message))?;
        }
        Ok(())
    }
}

/// A change in a few words.
fn what(change: &Change) -> String {
    let ids: Vec<_> = change.ids().iter().map(|id| id.native.as_str()).collect();
    let scopes: Vec<_> = change.scopes().iter().map(ToString::to_string).collect();
    let mut text = change.verb().to_string();
    if !ids.is_empty() {
        text.push_str(&format!(" {}", ids.join(", ")));
    }
    if let Some(sha256) = change.sha256() {
        text.push_str(&format!(" SHA-256 {sha256:.12}"));
    }
    if !scopes.is_empty() {
        text.push_str(&format!(" at {}", scopes.join(", ")));
    }
    text
}
