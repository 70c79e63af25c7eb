//! `certfleet resume`.

use super::{
    consent,
    context::WriteContext,
    dismiss::dismiss,
    interrupt::unless_interrupted,
    rotate,
    session::{self, full_name},
};
use crate::{
    cli::{Global, journal::Resume},
    exit::{Failure, Result},
    output::{
        self,
        outcome::Outcome,
        report::print_report,
        resumed::{NotLooked, ResumeReport},
    },
    progress::while_waiting,
};
use certfleet::ProviderId;
use certfleet_changes::{
    Journal, OperationId, Writer,
    journal::PendingChange,
    rotation::{Rotation, RotationPart},
};
use std::collections::BTreeMap;

pub(crate) async fn run(global: &Global, options: &Resume) -> Result<()> {
    let context = WriteContext {
        global,
        consent: &options.consent,
        patience: options.patience,
        journal: &options.journal,
        output: options.output,
    };
    let journal = context.journal().await?;
    if let (Some(operation), Some(note)) = (&options.dismiss, &options.note) {
        context.refuse_if_read_only(false)?;
        return dismiss(journal, operation, note, context).await;
    }
    let mut report = ResumeReport::default();
    // What the operator names has to be there before anything else is done.
    let under_way = journal.rotations().await.map_err(Failure::failed)?;
    if !options.rotations.is_empty() {
        rotate::together(&options.rotations, under_way)?;
    }
    if !resolve_pending(&journal, options, global, &mut report).await? {
        report
            .next
            .push("nothing was sent that changes anything: resume again".to_owned());
        return print_report(report, context.output);
    }
    let mut rotations = journal.rotations().await.map_err(Failure::failed)?;
    if !options.rotations.is_empty() && !rotations.is_empty() {
        rotations = rotate::together(&options.rotations, rotations)?;
    }
    if !rotations.is_empty() {
        go_on(rotations, &journal, options, context, &mut report).await?;
    }
    if report.is_waiting() && !report.rotations.is_empty() && report.stopped.is_none() {
        // What a rotation did again is done now.
        let mut later = ResumeReport::default();
        resolve_pending(&journal, options, global, &mut later).await?;
        report.take_over(later);
    }
    report.damaged = journal.read().await.map_err(Failure::failed)?.damaged;
    print_report(report, context.output)
}

/// Finds out what became of every change that is pending. Returns whether it came to its end before the
/// process was told to stop.
async fn resolve_pending(
    journal: &Journal,
    options: &Resume,
    global: &Global,
    report: &mut ResumeReport,
) -> Result<bool> {
    match unless_interrupted(resolve(journal, options, global, report)).await? {
        Some(resolved) => resolved.map(|()| true),
        None => {
            report.stopped = Some(Outcome::Interrupted);
            Ok(false)
        }
    }
}

/// Finds out what became of every change that is pending, account by account.
async fn resolve(
    journal: &Journal,
    options: &Resume,
    global: &Global,
    report: &mut ResumeReport,
) -> Result<()> {
    let mut accounts: BTreeMap<(ProviderId, String), Vec<OperationId>> = BTreeMap::new();
    for PendingChange { begun, .. } in journal.pending().await.map_err(Failure::failed)? {
        accounts
            .entry((begun.provider, begun.account))
            .or_default()
            .push(begun.operation);
    }
    for ((provider, account), operations) in accounts {
        let resumed = async {
            let name = full_name(provider, &account);
            let account = session::only_account(global, &name)
                .await
                .map_err(|failure| failure.to_string())?;
            // One journal for all: what is pending in it is what was found.
            let writer = Writer::new(account, journal.clone())
                .with_in_flight_window(options.in_flight_window);
            let text = format!("{name}: finding out what became of changes");
            while_waiting(&text, writer.resume())
                .await
                .map_err(|error| output::error_about(&error.report(), &name))
        };
        match resumed.await {
            Ok(resumed) => report.settled.extend(resumed),
            Err(message) => report.not_looked.push(NotLooked {
                provider,
                account,
                operations,
                message,
            }),
        }
    }
    Ok(())
}

/// Goes on with rotations, if the operator agrees.
async fn go_on(
    rotations: Vec<Rotation>,
    journal: &Journal,
    options: &Resume,
    context: WriteContext<'_>,
    report: &mut ResumeReport,
) -> Result<()> {
    let may_change = !context.global.read_only && !context.consent.dry_run;
    let is_wanted = may_change && (context.consent.yes || consent::can_ask());
    if !is_wanted {
        report.rotations = rotations.into_iter().map(RotationPart::untouched).collect();
        report
            .next
            .push("certfleet resume --yes goes on with rotations".to_owned());
        return Ok(());
    }
    let how = rotate::GoingOn {
        verification: &options.verification,
        secrets: &options.secrets,
        in_flight_window: options.in_flight_window,
    };
    let groups = rotate::groups(&rotations);
    let options_decide = context.consent.yes || options.verification.verified;
    if options.rotations.is_empty() && options_decide && groups.len() > 1 {
        let names: Vec<_> = groups
            .iter()
            .map(|one| format!("{} (of {})", one.id, one.spec.old))
            .collect();
        report.next.push(format!(
            "several rotations are under way, and --yes and --verified do not choose: name those to continue, or all: {}",
            names.join(", ")
        ));
        report.rotations = rotations.into_iter().map(RotationPart::untouched).collect();
        report.stopped = Some(Outcome::Refused);
        return Ok(());
    }
    report.add(rotate::resume(rotations, journal.clone(), how, context).await?);
    Ok(())
}
