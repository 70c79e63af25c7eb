//! Reading the accounts again and again.

use super::state::State;
use crate::{
    exit::{Result, print_error, print_warning},
    judging::Judging,
    output::listing,
};
use certfleet::Inventory;

/// Reads, takes what was read into the state, pauses, and so on without end. What fails, and what is odd, is said on
/// stderr once, until it changes.
pub(crate) async fn keep_fresh(
    state: &State,
    mut read: impl AsyncFnMut() -> Result<(Inventory, Judging)>,
    mut pause: impl AsyncFnMut(),
) {
    let mut said = Vec::new();
    loop {
        state.take(read().await);
        let told = complaints(state);
        for complaint in told.iter().filter(|one| !said.contains(*one)) {
            match complaint {
                Complaint::Warning(text) => print_warning(text),
                Complaint::Error(text) => print_error(text),
            }
        }
        said = told;
        pause().await;
    }
}

#[derive(PartialEq)]
enum Complaint {
    Warning(String),
    Error(String),
}

/// What is wrong after the last attempt.
fn complaints(state: &State) -> Vec<Complaint> {
    let latest = state.latest();
    if let Some(failure) = &latest.failure {
        return vec![Complaint::Error(format!(
            "the refresh failed, what was known before is still served: {failure}"
        ))];
    }
    let Some((inventory, judged)) = latest.judged(state.now()) else {
        return Vec::new();
    };
    let accounts = &inventory.accounts;
    let warnings = accounts.iter().flat_map(listing::remarks);
    let errors = accounts.iter().filter_map(listing::complaint);
    warnings
        .chain(judged.problems)
        .map(Complaint::Warning)
        .chain(errors.map(Complaint::Error))
        .collect()
}
