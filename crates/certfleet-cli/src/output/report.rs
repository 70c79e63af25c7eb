//! What a command that changes something prints when it ends.

use crate::{
    cli::Form,
    exit::{Code, Failure, Result, print_warning},
    output::{self, json},
};
use serde::Serialize;
use std::io::{self, Write};

/// How a command that changes something ended.
pub(crate) trait FinalReport: Serialize {
    /// Writes the exit code into the report and returns it.
    fn conclude(&mut self) -> Code;

    /// Writes the report for people.
    fn text(&self, out: &mut impl Write) -> io::Result<()>;

    /// Returns one sentence for stderr.
    fn summary(&self) -> String;
}

/// Prints a report; its outcome is the exit code.
pub(crate) fn print_report(mut report: impl FinalReport, form: Form) -> Result<()> {
    let code = report.conclude();
    let printed = output::print(|out| match form {
        Form::Json => json::document(out, &report),
        Form::Table => Ok(report.text(out)?),
    });
    if let Some(why) = printed.lost() {
        // What became of the change is true all the same.
        print_warning(&format!(
            "the output was lost ({why}); the exit code tells how it ended, and certfleet journal what was done, if anything was"
        ));
    }
    if code == Code::Done {
        return Ok(());
    }
    Err(Failure::new(code, report.summary()))
}
