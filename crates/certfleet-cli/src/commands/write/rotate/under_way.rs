//! Rotations that are under way: gone on with, or undone.

use super::{
    super::{
        consent::{self, Agreement},
        context::WriteContext,
        interrupt::unless_interrupted,
        session,
    },
    drive::{self, GoingOn},
};
use crate::{
    cli::rotate::Rotate,
    exit::{Failure, Result},
    output::{
        outcome::Outcome,
        report::print_report,
        rotation::{self, RotationReport},
    },
    progress::while_waiting,
};
use certfleet_changes::{
    FleetWriter,
    rotation::{RollBackPlan, Rotation},
};
use std::collections::BTreeSet;

/// Goes on with what is under way.
pub(super) async fn resume(which: &str, options: &Rotate, context: WriteContext<'_>) -> Result<()> {
    let journal = context.journal()?;
    let rotations = named(which, journal.rotations().await.map_err(Failure::failed)?)?;
    if context.consent.dry_run {
        context.show(|out| rotation::under_way(out, &rotations));
        let report = RotationReport::default();
        return print_report(report.planned(rotations), context.output);
    }
    let how = GoingOn::new(&options.verification, &options.secrets);
    let report = drive::resume(rotations, journal, how, context).await?;
    print_report(report, context.output)
}

/// Undoes what is under way.
pub(super) async fn roll_back(which: &str, context: WriteContext<'_>) -> Result<()> {
    let journal = context.journal()?;
    let rotations = named(which, journal.rotations().await.map_err(Failure::failed)?)?;
    let mut report = RotationReport::default();
    let fleet = session::open_accounts_of(context.global, &rotations).await?;
    let writer = FleetWriter::new(fleet, journal);
    let groups = writer
        .resume_rotations(rotations.clone())
        .map_err(Failure::failed)?;
    let plans: Vec<_> = groups.iter().flat_map(|one| one.plan_roll_back()).collect();
    context.show(|out| rotation::roll_backs(out, &rotations, &plans));
    if context.consent.dry_run {
        return print_report(report.planned(rotations), context.output);
    }
    let kinds: BTreeSet<_> = plans.iter().flat_map(RollBackPlan::kinds).collect();
    let kinds: Vec<_> = kinds.into_iter().collect();
    let ask = consent::ask(&kinds, context, |out| {
        rotation::roll_backs(out, &rotations, &plans)
    });
    let kinds = match ask.await? {
        Agreement::Given(kinds) => kinds,
        Agreement::NotGiven { outcome, next } => {
            return print_report(report.not_agreed(outcome, next), context.output);
        }
    };
    let writer = writer.acknowledging(kinds);
    for mut group in writer
        .resume_rotations(rotations)
        .map_err(Failure::failed)?
    {
        let undone = while_waiting("rolling back", group.roll_back());
        let undone = unless_interrupted(undone).await?;
        drive::end(&group, undone, &mut report).await;
        if report.outcome == Outcome::Interrupted {
            break;
        }
    }
    print_report(report, context.output)
}

/// The rotations under way that a text names: one by its id, or `all`.
fn named(which: &str, mut rotations: Vec<Rotation>) -> Result<Vec<Rotation>> {
    if which != "all" {
        rotations.retain(|rotation| rotation.id.as_str() == which);
    }
    if rotations.is_empty() {
        let named = if which == "all" {
            String::new()
        } else {
            format!(" {which}")
        };
        return Err(Failure::usage(format!(
            "no rotation{named} is under way: certfleet journal shows what there was"
        )));
    }
    Ok(rotations)
}
