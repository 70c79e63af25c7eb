//! Forms of output, and the words they share.

pub(crate) mod accounts;
pub(crate) mod attempt;
pub(crate) mod capabilities;
pub(crate) mod certificate;
pub(crate) mod change;
pub(crate) mod contents;
pub(crate) mod csv;
pub(crate) mod difference;
mod ellipsis;
pub(crate) mod expiry;
pub(crate) mod grouped;
pub(crate) mod grouped_csv;
pub(crate) mod history;
pub(crate) mod history_choice;
pub(crate) mod holders;
pub(crate) mod inspection;
pub(crate) mod journal_status;
pub(crate) mod json;
pub(crate) mod listing;
pub(crate) mod listing_csv;
pub(crate) mod outcome;
pub(crate) mod overview;
pub(crate) mod plan;
pub(crate) mod plan_file;
pub(crate) mod plugin;
pub(crate) mod presented;
pub(crate) mod put_back;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod resumed;
pub(crate) mod rotation;
pub(crate) mod table;
pub(crate) mod taken_over;
pub(crate) mod validity;

use crate::exit::{Code, Failure, Result, print_error};
use certfleet::Certificate;
use std::{
    borrow::Cow,
    io::{BufWriter, StdoutLock, Write as _, stdout},
};

pub(crate) use certfleet_report::words::{
    counted, error_about, in_force, never_ends, time, whereabouts,
};

/// Why `--columns` is refused.
pub(crate) const COLUMNS_OF_A_TABLE: &str = "--columns chooses the columns of a table, and --output asks for something else: drop one of them";

/// Stdout for one command.
pub(crate) type Out = BufWriter<StdoutLock<'static>>;

/// What became of what a command printed: a reader may stop, a disk may be full.
#[must_use]
pub(crate) struct Printed(Result<()>);

/// Prints to stdout, all of it or as much as is taken.
pub(crate) fn print(write: impl FnOnce(&mut Out) -> Result<()>) -> Printed {
    let mut out = out();
    Printed(write(&mut out).and_then(|()| Ok(out.flush()?)))
}

impl Printed {
    /// Before anything is printed.
    pub(crate) fn nothing() -> Self {
        Self(Ok(()))
    }

    /// Returns whether the output was lost.
    pub(crate) fn is_lost(&self) -> bool {
        self.0.is_err()
    }

    /// Ends a command that only reads. What it found decides the exit code, whether or not it could be
    /// printed; a reader that stops (`| head`) is not a failure.
    pub(crate) fn ended(self, found: Code) -> Result<()> {
        if found == Code::Done {
            return self.0;
        }
        if let Some(why) = self.0.as_ref().err().and_then(Failure::message) {
            print_error(why);
        }
        Err(Failure::said(found))
    }

    /// Returns why the output was lost, if it was.
    pub(crate) fn lost(self) -> Option<String> {
        let failure = self.0.err()?;
        Some(failure.message().unwrap_or("its reader stopped").to_owned())
    }
}

fn out() -> Out {
    BufWriter::with_capacity(64 * 1024, stdout().lock())
}

/// What a certificate goes by.
pub(crate) fn name(certificate: &Certificate) -> Option<Cow<'_, str>> {
    certificate.display_name()
}
