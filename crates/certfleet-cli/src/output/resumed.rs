//! What `resume` found out.

use crate::{
    exit::Code,
    output::{
        outcome::Outcome,
        plan,
        report::FinalReport,
        rotation::{self, Part},
    },
    terminal,
};
use certfleet::ProviderId;
use certfleet_changes::{Resumed, journal::{Damaged, OperationId}};
use serde::Serialize;
use std::io::{self, Write};

/// What `resume` prints with `--output json`.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ResumeReport {
    /// How it ended: `done` where nothing is open any more, `under_way` where a rotation is, `unknown`
    /// where something is still not known.
    pub(crate) outcome: Outcome,
    /// The process's exit code.
    pub(crate) exit_code: u8,
    /// What became of every write that was open and could be looked for.
    pub(crate) settled: Vec<Resumed>,
    /// Accounts that could not be asked; what is open there stays open.
    pub(crate) not_looked: Vec<NotLooked>,
    /// Writes that were closed by hand.
    pub(crate) dismissed: Vec<OperationId>,
    /// How far every rotation has come.
    pub(crate) rotations: Vec<Part>,
    /// Lines of the journal that cannot be read.
    pub(crate) damaged: Vec<Damaged>,
    /// What to do next, for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) next: Vec<String>,
}

/// An account that could not be asked.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NotLooked {
    /// The account's vendor.
    pub(crate) provider: ProviderId,
    /// The account's name.
    pub(crate) account: String,
    /// What is open there.
    pub(crate) operations: Vec<OperationId>,
    /// Why it could not be asked.
    pub(crate) message: String,
}

impl ResumeReport {
    /// Takes in what was found out later.
    pub(crate) fn take_over(&mut self, later: Vec<Resumed>) {
        for new in later {
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
            || self.settled.iter().any(|one| !one.settled)
            || self.damaged.iter().any(|one| !one.torn);
        let of_rotations = rotation::outcome(&self.rotations);
        self.outcome = match (unknown, of_rotations) {
            (true, _) | (_, Outcome::Unknown) => Outcome::Unknown,
            (false, outcome) => outcome,
        };
        let code = self.outcome.code();
        self.exit_code = code.number();
        code
    }

    fn summary(&self) -> String {
        let open: usize = self
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
        if open > 0 {
            texts.push(format!(
                "{open} still unknown: resume again later, or look at the vendor's own pages and close with --dismiss OPERATION --note TEXT"
            ));
        }
        let damaged = self.damaged.iter().filter(|one| !one.torn).count();
        if damaged > 0 {
            texts.push(format!(
                "{damaged} lines of the journal cannot be read, so what was open there is not known: look at the vendors' own pages, then move the journal away"
            ));
        }
        if under_way > 0 {
            texts.push(format!("{under_way} rotations under way"));
        }
        let errors = self.rotations.iter().filter_map(|part| part.error.as_ref());
        texts.extend(errors.map(|error| error.message.clone()));
        texts.extend(self.next.iter().cloned());
        texts.join("; ")
    }

    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        for one in &self.settled {
            let state = if one.settled { "settled" } else { "open" };
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
                terminal::sanitize(&format!("open: {}/{}", one.provider, one.account))
            )?;
            plan::line(out, &one.message)?;
        }
        for one in &self.dismissed {
            writeln!(out, "closed: {}", terminal::sanitize(one.as_str()))?;
        }
        rotation::parts(out, &self.rotations)?;
        damaged(out, &self.damaged)?;
        if self.outcome.code() == Code::Done {
            writeln!(out, "Nothing is open.")?;
        }
        Ok(())
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
