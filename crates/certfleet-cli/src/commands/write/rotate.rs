//! `certfleet rotate`.

mod begin;
mod drive;

pub(super) use drive::{open_parts, run as drive};

use super::{WriteContext, consent, probe::Check, refuse_if_read_only, session};
use crate::{
    cli::{Form, Global, rotate::Rotate},
    exit::{Code, Failure, Result},
    output::{
        outcome::Outcome,
        report::print_report,
        rotation::{self, RotationReport},
    },
};
use certfleet::{Change, ProviderId};
use certfleet_changes::{ConsequenceKind, rotation::Rotation};
use consent::Agreement;
use std::io::Write as _;

pub(crate) async fn run(global: &Global, options: &Rotate) -> Result<()> {
    let context = WriteContext {
        global,
        consent: &options.consent,
        patience: options.patience,
        journal: &options.journal,
        output: options.output,
    };
    let only_plans = options.consent.dry_run && options.target.is_some();
    refuse_if_read_only(global, only_plans)?;
    if let Some(which) = &options.resume {
        return resume(which, options, context).await;
    }
    if let Some(which) = &options.roll_back {
        return roll_back(which, context).await;
    }
    let target = options.target.as_deref().unwrap_or_default();
    begin::run(target, options, context).await
}

/// The rotations under way that a text names: one by its id, or `all`.
fn named(which: &str, context: WriteContext<'_>) -> Result<Vec<Rotation>> {
    let journal = session::journal(context.global, context.journal)?;
    let mut rotations = journal
        .rotations()
        .map_err(|error| Failure::new(Code::Failed, error))?;
    if which != "all" {
        rotations.retain(|rotation| rotation.id.as_str() == which);
    }
    if rotations.is_empty() {
        return Err(Failure::usage(format!(
            "no rotation {which} is under way: certfleet journal shows what there was"
        )));
    }
    Ok(rotations)
}

/// Goes on with what is under way.
async fn resume(which: &str, options: &Rotate, context: WriteContext<'_>) -> Result<()> {
    let check = Check::of(&options.verification)?;
    let rotations = named(which, context)?;
    let mut report = RotationReport::default();
    show(&rotations, context)?;
    if context.consent.dry_run {
        report.outcome = Outcome::Planned;
        report.parts = rotations
            .into_iter()
            .map(rotation::Part::untouched)
            .collect();
        return print_report(report, context.output);
    }
    match consent::ask(&[], context, |out| rotation::under_way(out, &rotations)).await? {
        Agreement::Given(_) => {}
        other => return print_report(not_agreed(report, other), context.output),
    }
    let mut parts = open_parts(rotations, context, &options.secrets).await?;
    drive::run(&mut parts, &check, context, &mut report).await?;
    print_report(report, context.output)
}

/// Undoes what is under way.
async fn roll_back(which: &str, context: WriteContext<'_>) -> Result<()> {
    let rotations = named(which, context)?;
    let mut report = RotationReport::default();
    show(&rotations, context)?;
    let mut kinds: Vec<_> = rotations.iter().flat_map(undoing).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if context.consent.dry_run {
        report.outcome = Outcome::Planned;
        report.parts = rotations
            .into_iter()
            .map(rotation::Part::untouched)
            .collect();
        return print_report(report, context.output);
    }
    match consent::ask(&kinds, context, |out| rotation::under_way(out, &rotations)).await? {
        Agreement::Given(_) => {}
        other => return print_report(not_agreed(report, other), context.output),
    }
    let parts = open_parts(
        rotations,
        context,
        &crate::cli::write::UploadSecrets::default(),
    )
    .await?;
    let undone = super::unless_interrupted(async {
        let mut ended = Vec::new();
        for part in parts {
            let account = part.account.acknowledging(kinds.iter().copied());
            ended.push(match account.roll_back(part.rotation.clone()).await {
                Ok(rotation) => rotation::Part::untouched(rotation),
                Err(error) => rotation::Part::failed(part.rotation, error.report()),
            });
        }
        ended
    })
    .await?;
    match undone {
        Some(parts) => report.ended(parts),
        None => report.outcome = Outcome::Interrupted,
    }
    print_report(report, context.output)
}

/// What follows from undoing a rotation as far as it has come.
fn undoing(rotation: &Rotation) -> Vec<ConsequenceKind> {
    match (&rotation.spec.introduce, rotation.provider) {
        (Change::Replace(_), _) if !rotation.saved.is_empty() => vec![ConsequenceKind::Deploys],
        (Change::Upload(_), ProviderId::OPENAI)
            if rotation.new.is_some() && !rotation.scopes.is_empty() =>
        {
            vec![ConsequenceKind::TrustEnds]
        }
        _ => Vec::new(),
    }
}

fn show(rotations: &[Rotation], context: WriteContext<'_>) -> Result<()> {
    if context.output == Form::Table {
        let mut out = crate::output::out();
        rotation::under_way(&mut out, rotations)?;
        out.flush()?;
    }
    Ok(())
}

/// A report of what was not agreed to.
fn not_agreed(mut report: RotationReport, agreement: Agreement) -> RotationReport {
    report.outcome = match agreement {
        Agreement::Refused(why) => {
            report.next.push(why);
            Outcome::Refused
        }
        Agreement::Interrupted => Outcome::Interrupted,
        Agreement::Declined | Agreement::Given(_) => Outcome::Declined,
    };
    report
}
