//! What an account that could not be read means for a command that needs all of it.

use crate::{
    exit::{Code, Failure, Result},
    output::{self, outcome::Outcome},
};
use certfleet::{AccountReport, Inventory};

/// Checks that every account was read: otherwise there may be more that a text means. `advice` ends the
/// message.
pub(crate) fn complete(inventory: &Inventory, advice: &str) -> Result<()> {
    let Some(report) = inventory.accounts.iter().find(|report| !report.complete) else {
        return Ok(());
    };
    Err(Failure::new(
        code_of(report),
        format!("{}{advice}. Nothing was sent", complaint(report)),
    ))
}

/// Returns the exit code of a command that needed an account which could not be read.
pub(crate) fn code_of(report: &AccountReport) -> Code {
    let outcome = report.error.as_ref().map(Outcome::from_error);
    outcome.map_or(Code::Failed, Outcome::code)
}

/// Returns why an account could not be read.
pub(crate) fn complaint(report: &AccountReport) -> String {
    output::listing::complaint(report).unwrap_or_default()
}
