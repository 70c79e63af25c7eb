//! `certfleet resume --dismiss`.

use super::{
    context::WriteContext,
    session::{full_name, only_account},
};
use crate::{
    exit::{Failure, Result},
    output::{report::print_report, resumed::ResumeReport},
};
use certfleet::Error;
use certfleet_changes::{Journal, OperationId, Writer};

/// Closes a change that reading cannot resolve.
pub(super) async fn dismiss(
    journal: Journal,
    operation: &str,
    note: &str,
    context: WriteContext<'_>,
) -> Result<()> {
    if note.trim().is_empty() {
        return Err(Failure::usage("--note is empty: write what was found"));
    }
    let failure = |error: Error| Failure::failed(error);
    let id = OperationId::from(operation);
    let mut pending = journal.pending().await.map_err(failure)?.into_iter();
    let Some(pending) = pending.find(|pending| pending.begun.operation == id) else {
        return Err(Failure::usage(format!(
            "the journal has no pending change {operation}: certfleet journal --pending shows them"
        )));
    };
    let name = full_name(pending.begun.provider, &pending.begun.account);
    let account = only_account(context.global, &name).await?;
    let writer = Writer::new(account, journal);
    writer.dismiss(&id, note).await.map_err(failure)?;
    let report = ResumeReport {
        dismissed: vec![id],
        ..ResumeReport::default()
    };
    print_report(report, context.output)
}
