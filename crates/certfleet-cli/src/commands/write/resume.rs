//! `certfleet resume`.

use super::{
    Session, WriteContext,
    consent::{self, Agreement},
    probe::Check,
    rotate, session, unless_interrupted,
};
use crate::{
    accounts::Selection,
    cli::{Form, Global, journal::Resume},
    exit::{Code, Failure, Result},
    output::{
        report::print_report,
        resumed::{NotLooked, ResumeReport},
        rotation::{self, Part as Shown, RotationReport},
    },
};
use certfleet::ProviderId;
use certfleet_changes::{Journal, journal::{Open, OperationId}, rotation::Rotation};
use chrono::TimeDelta;
use std::{
    collections::BTreeMap,
    io::{self, IsTerminal as _, Write as _},
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
        return dismiss(&journal, operation, note, context).await;
    }
    let mut report = ResumeReport::default();
    let settled = unless_interrupted(settle(&journal, options, context, &mut report)).await?;
    let Some(settled) = settled else {
        return Err(Failure::new(
            Code::Interrupted,
            "interrupted; nothing was sent that changes anything: resume again",
        ));
    };
    settled?;
    let failure = |error: certfleet::Error| Failure::new(Code::Failed, error);
    let rotations = journal.rotations().map_err(failure)?;
    if !rotations.is_empty() {
        go_on(rotations, options, context, &mut report).await?;
    }
    if report.settled.iter().any(|one| !one.settled) && !report.rotations.is_empty() {
        // What a rotation did again is done now.
        let mut later = ResumeReport::default();
        if unless_interrupted(settle(&journal, options, context, &mut later))
            .await?
            .is_some()
        {
            report.take_over(later.settled);
        }
    }
    report.damaged = journal.read().map_err(failure)?.damaged;
    print_report(report, context.output)
}

/// Finds out what became of every write that is open, account by account.
async fn settle(
    journal: &Journal,
    options: &Resume,
    context: WriteContext<'_>,
    report: &mut ResumeReport,
) -> Result<()> {
    let mut accounts: BTreeMap<(ProviderId, String), Vec<OperationId>> = BTreeMap::new();
    for open in journal
        .open()
        .map_err(|error| Failure::new(Code::Failed, error))?
    {
        let Open { begun, .. } = open;
        accounts
            .entry((begun.provider, begun.account))
            .or_default()
            .push(begun.operation);
    }
    let landing = TimeDelta::from_std(options.in_flight_window).unwrap_or(certfleet_changes::IN_FLIGHT_WINDOW);
    for ((provider, name), operations) in accounts {
        let names = [format!("{provider}/{name}")];
        let selection = Selection {
            providers: &[],
            accounts: &names,
        };
        let settled = async {
            let session = Session::open(context.global, Some(context.journal), selection)
                .await
                .map_err(|failure| failure.to_string())?;
            let account = session
                .account(provider, &name)
                .ok_or_else(|| format!("there is no account {provider}/{name}"))?;
            account
                .clone()
                // One journal for all: what is open in it is what was found.
                .with_journal(journal.clone())
                .with_in_flight_window(landing)
                .resume()
                .await
                .map_err(|error| error.to_string())
        };
        match settled.await {
            Ok(resumed) => report.settled.extend(resumed),
            Err(message) => report.not_looked.push(NotLooked {
                provider,
                account: name,
                operations,
                message,
            }),
        }
    }
    Ok(())
}

/// Goes on with rotations, if that is agreed to.
async fn go_on(
    rotations: Vec<Rotation>,
    options: &Resume,
    context: WriteContext<'_>,
    report: &mut ResumeReport,
) -> Result<()> {
    let can_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
    let is_wanted =
        !context.global.read_only && !context.consent.dry_run && (context.consent.yes || can_ask);
    if !is_wanted {
        report.rotations = rotations.into_iter().map(Shown::untouched).collect();
        report
            .next
            .push("certfleet resume --yes goes on with rotations".to_owned());
        return Ok(());
    }
    if context.output == Form::Table {
        let mut out = crate::output::out();
        rotation::under_way(&mut out, &rotations)?;
        out.flush()?;
    }
    match consent::ask(&[], context, |out| rotation::under_way(out, &rotations)).await? {
        Agreement::Given(_) => {}
        Agreement::Declined | Agreement::Interrupted | Agreement::Refused(_) => {
            report.rotations = rotations.into_iter().map(Shown::untouched).collect();
            return Ok(());
        }
    }
    let check = Check::of(&options.verification)?;
    for together in groups(rotations) {
        let mut parts = rotate::open_parts(together, context, &options.secrets).await?;
        let mut ended = RotationReport::default();
        rotate::drive(&mut parts, &check, context, &mut ended).await?;
        report.rotations.extend(ended.parts);
        report.next.extend(ended.next);
    }
    report.next.dedup();
    Ok(())
}

/// Rotations that were begun together, together.
fn groups(rotations: Vec<Rotation>) -> Vec<Vec<Rotation>> {
    let mut groups: Vec<Vec<Rotation>> = Vec::new();
    for one in rotations {
        let is_same = |group: &&mut Vec<Rotation>| {
            !one.spec.together.is_empty()
                && group
                    .first()
                    .is_some_and(|first| first.spec.together == one.spec.together)
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

/// Closes a write that reading cannot settle.
async fn dismiss(
    journal: &Journal,
    operation: &str,
    note: &str,
    context: WriteContext<'_>,
) -> Result<()> {
    if note.trim().is_empty() {
        return Err(Failure::usage("--note is empty: write what was found"));
    }
    let id = OperationId::from(operation);
    let open = journal
        .open()
        .map_err(|error| Failure::new(Code::Failed, error))?;
    let Some(open) = open.into_iter().find(|open| open.begun.operation == id) else {
        return Err(Failure::usage(format!(
            "the journal has no write {operation} that is open: certfleet journal --open shows them"
        )));
    };
    let names = [format!("{}/{}", open.begun.provider, open.begun.account)];
    let selection = Selection {
        providers: &[],
        accounts: &names,
    };
    let session = Session::open(context.global, Some(context.journal), selection).await?;
    let account = session
        .only_account(&names.concat())?
        .with_journal(journal.clone());
    account
        .dismiss(&id, note)
        .await
        .map_err(|error| Failure::new(Code::Failed, error))?;
    let report = ResumeReport {
        dismissed: vec![id],
        ..ResumeReport::default()
    };
    print_report(report, context.output)
}
