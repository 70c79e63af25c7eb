//! What `resume` found out.

use crate::{
    exit::Code,
    output::{
        outcome::Outcome,
        plan,
        report::FinalReport,
        rotation::{self, RotationReport},
    },
    terminal,
};
use certfleet::{CertificateId, ErrorReport, ProviderId};
use certfleet_changes::{OperationId, Resumed, journal::Damaged, rotation::RotationPart};
use serde::Serialize;
use std::io::{self, Write};

/// What `resume` prints with `--output json`.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ResumeReport {
    /// How it ended: `done` where nothing is pending any more, `under_way` where a rotation is, `unknown`
    /// where a result is still not known; otherwise as a rotation that was gone on with.
    pub(crate) outcome: Outcome,
    /// The process's exit code.
    pub(crate) exit_code: u8,
    /// What became of every change that was pending and could be looked for.
    pub(crate) settled: Vec<Resumed>,
    /// Accounts that could not be asked; what is pending there stays pending.
    pub(crate) not_looked: Vec<NotLooked>,
    /// Changes that the operator closed.
    pub(crate) dismissed: Vec<OperationId>,
    /// How far every rotation has come.
    pub(crate) rotations: Vec<RotationPart>,
    /// Old records that belong to these rotations and whose new ones are not verified. Until they are, no
    /// old one is retired.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) held_by: Vec<CertificateId>,
    /// Lines of the journal that cannot be read.
    pub(crate) damaged: Vec<Damaged>,
    /// What to do next, for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) next: Vec<String>,
    /// How it ended early: the process was told to stop, or the operator did not agree to go on.
    #[serde(skip)]
    pub(crate) stopped: Option<Outcome>,
}

/// An account that could not be asked.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NotLooked {
    /// The account's vendor.
    pub(crate) provider: ProviderId,
    /// The account's name.
    pub(crate) account: String,
    /// What is pending there.
    pub(crate) operations: Vec<OperationId>,
    /// Why it could not be asked.
    pub(crate) message: String,
}

impl ResumeReport {
    /// Takes in how rotations ended.
    pub(crate) fn add(&mut self, ended: RotationReport) {
        let stops = [Outcome::Interrupted, Outcome::Declined, Outcome::Refused];
        if stops.contains(&ended.outcome) {
            self.stopped = Some(ended.outcome);
        }
        self.rotations.extend(ended.parts);
        self.held_by.extend(ended.held_by);
        self.next.extend(ended.next);
    }

    /// Returns whether the result of a change that was looked for is not known.
    pub(crate) fn is_waiting(&self) -> bool {
        self.settled.iter().any(|one| !one.settled)
    }

    /// Takes in what was found out later.
    pub(crate) fn take_over(&mut self, later: Self) {
        self.stopped = self.stopped.or(later.stopped);
        for new in later.settled {
            match self
                .settled
                .iter_mut()
                .find(|one| one.operation == new.operation)
            {
                Some(one) => *one = new,
                None => self.settled.push(new),
            }
        }
    }
}

impl FinalReport for ResumeReport {
    fn conclude(&mut self) -> Code {
        let unknown = !self.not_looked.is_empty()
            || self.is_waiting()
            || self.damaged.iter().any(|one| !one.torn);
        let of_rotations = rotation::outcome(&self.rotations);
        self.outcome = match (self.stopped, unknown, of_rotations) {
            (Some(Outcome::Interrupted), ..) => Outcome::Interrupted,
            (_, true, _) | (.., Outcome::Unknown) => Outcome::Unknown,
            (Some(stopped), ..) => stopped,
            (None, false, outcome) => outcome,
        };
        let code = self.outcome.code();
        self.exit_code = code.number();
        code
    }

    fn summary(&self) -> String {
        let pending: usize = self
            .not_looked
            .iter()
            .map(|one| one.operations.len())
            .sum::<usize>()
            + self.settled.iter().filter(|one| !one.settled).count();
        let under_way = self
            .rotations
            .iter()
            .filter(|part| !part.rotation.is_over())
            .count();
        let mut texts = Vec::new();
        if pending > 0 {
            texts.push(format!(
                "{pending} still unknown: resume again later, or look at the vendor's own pages and close with --dismiss OPERATION --note TEXT"
            ));
        }
        let damaged = self.damaged.iter().filter(|one| !one.torn).count();
        if damaged > 0 {
            texts.push(format!(
                "{} of the journal cannot be read, so what was pending there is not known: look at the vendors' own pages, then move the journal away",
                count(damaged, "line")
            ));
        }
        if under_way > 0 {
            texts.push(format!("{} under way", count(under_way, "rotation")));
        }
        let errors = self.rotations.iter().filter_map(|part| part.error.as_ref());
        texts.extend(errors.map(ErrorReport::to_string));
        texts.extend(self.next.iter().cloned());
        texts.join("; ")
    }

    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        for one in &self.settled {
            let state = if one.settled { "known" } else { "pending" };
            writeln!(
                out,
                "{}",
                terminal::sanitize(&format!(
                    "{state}: {} of {}/{} ({})",
                    one.change.verb(),
                    one.provider,
                    one.account,
                    one.operation
                ))
            )?;
            plan::line(out, &one.message)?;
        }
        for one in &self.not_looked {
            writeln!(
                out,
                "{}",
                terminal::sanitize(&format!("pending: {}/{}", one.provider, one.account))
            )?;
            plan::line(out, &one.message)?;
        }
        for one in &self.dismissed {
            writeln!(out, "closed: {}", terminal::sanitize(one.as_str()))?;
        }
        rotation::parts(out, &self.rotations)?;
        damaged(out, &self.damaged)?;
        // After closing one change, others may still be pending.
        if self.outcome.code() == Code::Done && self.dismissed.is_empty() {
            writeln!(out, "Nothing is pending.")?;
        }
        Ok(())
    }
}

/// So many things, in words.
fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    }
}

/// What cannot be read in the journal, and what that means.
pub(crate) fn damaged(out: &mut impl Write, lines: &[Damaged]) -> io::Result<()> {
    for one in lines {
        let meaning = if one.torn {
            "it was cut off while it was written, and nothing was done on account of it"
        } else {
            "what it was is not known"
        };
        writeln!(
            out,
            "Note: line {} of the journal cannot be read ({} bytes): {meaning}.",
            one.line, one.bytes
        )?;
    }
    Ok(())
}
