//! How a command that changes something is carried out.

use super::journals;
use crate::{
    cli::{
        Form, Global,
        write::{Consent, JournalFile, Patience},
    },
    exit::{Failure, Result},
    output,
};
use certfleet::Verb;
use certfleet_changes::{Journal, WaitOptions};
use std::{
    io::{self, Write},
    time::Duration,
};

/// How often the vendor is asked while a change that it applies in its own time is waited for.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The longest time to wait for it, unless the operator says otherwise.
const WAIT_FOR: Duration = Duration::from_secs(120);

/// How a command that changes something is carried out.
#[derive(Clone, Copy)]
pub(crate) struct WriteContext<'a> {
    pub(crate) global: &'a Global,
    pub(crate) consent: &'a Consent,
    pub(crate) patience: Patience,
    pub(crate) journal: &'a JournalFile,
    pub(crate) output: Form,
}

impl WriteContext<'_> {
    /// Refuses what `--read-only` forbids. `only_plans` says whether the command stops at its plan.
    pub(super) fn refuse_if_read_only(&self, only_plans: bool) -> Result<()> {
        if self.global.read_only && !only_plans {
            return Err(Failure::usage(
                "--read-only is in force and this command changes something: nothing was read or sent (--dry-run shows the plan)",
            ));
        }
        Ok(())
    }

    /// Refuses the options about waiting for a change that is never waited for.
    pub(super) fn refuse_waiting(&self, verb: Verb) -> Result<()> {
        if self.patience.is_given() && !matches!(verb, Verb::Activate | Verb::Deactivate) {
            return Err(Failure::usage(format!(
                "--wait-for and --no-wait have no effect on {verb}: leave them out. Nothing was sent"
            )));
        }
        Ok(())
    }

    /// Prints for people what is about to be asked. Where that is lost, the question and the final report
    /// say it again, or that it was lost.
    pub(super) fn show(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if self.output == Form::Table {
            let _ = output::print(|out| Ok(write(out)?));
        }
    }

    /// Opens the journal that the command writes. A dry run makes none.
    pub(super) async fn journal(&self) -> Result<Journal> {
        if self.consent.dry_run {
            journals::existing_journal(self.global, self.journal).await
        } else {
            journals::journal(self.global, self.journal).await
        }
    }
}

/// Returns how to wait for a state; `None` where the operator does not want to wait.
pub(super) fn wait_options(patience: Patience) -> Option<WaitOptions> {
    (!patience.no_wait).then(|| {
        WaitOptions::default()
            .timeout(patience.wait_for.unwrap_or(WAIT_FOR))
            .poll_interval(LOOK_EVERY)
    })
}
