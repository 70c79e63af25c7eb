//! `certfleet resume`.

use super::{
    consent::{self, Agreement},
    context::WriteContext,
    dismiss::dismiss,
    interrupt::unless_interrupted,
    probe::Check,
    rotate, secrets,
    session::{self, full_name},
};
use crate::{
    cli::{Global, journal::Resume},
    exit::{Code, Failure, Result},
    output::{
        self,
        outcome::Outcome,
        report::print_report,
        resumed::{NotLooked, ResumeReport},
        rotation::{self, RotationReport},
    },
};
use certfleet::{Error, ProviderId};
use certfleet_changes::{
    FleetWriter, Journal, OperationId, Writer,
    journal::PendingChange,
    rotation::{Rotation, RotationPart},
};
use std::{
    collections::BTreeMap,
    io::{self, IsTerminal as _},
};

pub(crate) async fn run(global: &Global, options: &Resume) -> Result<()> {
    let context = WriteContext {
        global,
        consent: &options.consent,
        patience: options.patience,
        journal: &options.journal,
        output: options.output,
    };
    let journal = session::journal(global, &options.journal)?;
    if let (Some(operation), Some(note)) = (&options.dismiss, &options.note) {
        return dismiss(journal, operation, note, context).await;
    }
    let mut report = ResumeReport::default();
    resolve_pending(&journal, options, global, &mut report).await?;
    let rotations = journal.rotations().await.map_err(failure)?;
    if !rotations.is_empty() {
        go_on(rotations, &journal, options, context, &mut report).await?;
    }
    if report.is_waiting() && !report.rotations.is_empty() && !report.interrupted {
        // What a rotation did again is done now.
        let mut later = ResumeReport::default();
        resolve_pending(&journal, options, global, &mut later).await?;
        report.take_over(later.settled);
    }
    report.damaged = journal.read().await.map_err(failure)?.damaged;
    print_report(report, context.output)
}

/// Finds out what became of every change that is pending, unless the process is told to stop.
async fn resolve_pending(
    journal: &Journal,
    options: &Resume,
    global: &Global,
    report: &mut ResumeReport,
) -> Result<()> {
    match unless_interrupted(resolve(journal, options, global, report)).await? {
        Some(resolved) => resolved,
        None => Err(Failure::new(
            Code::Interrupted,
            "interrupted; nothing was sent that changes anything: resume again",
        )),
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
    for PendingChange { begun, .. } in journal.pending().await.map_err(failure)? {
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
            Writer::new(account, journal.clone())
                .with_in_flight_window(options.in_flight_window)
                .resume()
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
    let can_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
    let is_wanted =
        !context.global.read_only && !context.consent.dry_run && (context.consent.yes || can_ask);
    if !is_wanted {
        report.rotations = rotations.into_iter().map(RotationPart::untouched).collect();
        report
            .next
            .push("certfleet resume --yes goes on with rotations".to_owned());
        return Ok(());
    }
    context.show(|out| rotation::under_way(out, &rotations));
    let ask = consent::ask(&[], context, |out| rotation::under_way(out, &rotations));
    if let Agreement::NotGiven { .. } = ask.await? {
        report.rotations = rotations.into_iter().map(RotationPart::untouched).collect();
        return Ok(());
    }
    let check = Check::from_options(&options.verification)?;
    let (key, passphrase) = secrets::resolve(&options.secrets).await?;
    let fleet = session::open_accounts_of(context.global, &rotations).await?;
    let writer =
        FleetWriter::new(fleet, journal.clone()).with_in_flight_window(options.in_flight_window);
    let mut ended = RotationReport::default();
    for mut group in writer.resume_rotations(rotations).map_err(failure)? {
        group
            .attach_secrets(key.as_ref(), passphrase.as_ref())
            .map_err(Failure::usage)?;
        rotate::go_on(&mut group, &check, context.patience, &mut ended).await?;
        if ended.outcome == Outcome::Interrupted {
            break;
        }
    }
    report.add(ended);
    Ok(())
}

fn failure(error: Error) -> Failure {
    Failure::failed(error)
}
