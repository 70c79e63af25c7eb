//! What a command that changes something prints when it ends.

use crate::{
    cli::Form,
    exit::{Code, Failure, Result},
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
    let mut out = output::out();
    match form {
        Form::Json => json::document(&mut out, &report)?,
        Form::Table => report.text(&mut out)?,
    }
    out.flush()?;
    drop(out);
    if code == Code::Done {
        return Ok(());
    }
    Err(Failure::new(code, report.summary()))
}
