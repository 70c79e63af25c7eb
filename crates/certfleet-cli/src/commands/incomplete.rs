//! What an account that could not be read means for a command that needs all of it.

use crate::{
    exit::{Code, Failure, Result, print_error, print_warning},
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

/// Says what is odd about accounts and why some could not be read, for a command that shows the others.
pub(crate) fn say(accounts: &[AccountReport]) {
    for warning in accounts.iter().flat_map(output::listing::remarks) {
        print_warning(&warning);
    }
    for why in accounts.iter().filter_map(output::listing::complaint) {
        print_error(&why);
    }
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
