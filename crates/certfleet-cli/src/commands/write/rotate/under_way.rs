//! Rotations that are under way: gone on with, or undone.

use super::{
    super::{
        consent::{self, Agreement},
        context::WriteContext,
        interrupt::unless_interrupted,
        session,
    },
    drive::{self, GoingOn},
    named,
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
use certfleet_changes::{FleetWriter, rotation::RollBackPlan};
use std::collections::BTreeSet;

/// Goes on with what is under way.
pub(super) async fn resume(which: &str, options: &Rotate, context: WriteContext<'_>) -> Result<()> {
    let journal = context.journal().await?;
    let which = [which.to_owned()];
    let rotations = named::exactly(&which, journal.rotations().await.map_err(Failure::failed)?)?;
    if context.consent.dry_run {
        context.show(|out| rotation::under_way(out, &rotations));
        let report = RotationReport::default();
        return print_report(report.planned(rotations), context.output);
    }
    let how = GoingOn::new(&options.verification, &options.rotation.secrets);
    let report = drive::resume(rotations, journal, how, context).await?;
    print_report(report, context.output)
}

/// Undoes what is under way.
pub(super) async fn roll_back(which: &str, context: WriteContext<'_>) -> Result<()> {
    let journal = context.journal().await?;
    let which = [which.to_owned()];
    let rotations = named::exactly(&which, journal.rotations().await.map_err(Failure::failed)?)?;
    let mut report = RotationReport::default();
    let fleet = session::open_accounts_of(context.global, &rotations).await?;
    let writer = FleetWriter::new(fleet, journal).sharing_looks();
    let groups = writer
        .resume_rotations(rotations.clone())
        .map_err(Failure::failed)?;
    for group in &groups {
        let plans = group.plan_roll_back().await.map_err(Failure::failed)?;
        report.roll_backs.extend(plans);
    }
    let plans = report.roll_backs.clone();
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
    // As things are at the vendor, more may follow than the journal tells.
    let writer = writer
        .acknowledging(kinds)
        .acknowledging(context.consent.acknowledge.iter().copied());
    for mut group in writer
        .resume_rotations(rotations)
        .map_err(Failure::failed)?
    {
        let undone = group.roll_back(drive::options(context.patience));
        let undone = unless_interrupted(while_waiting("rolling back", undone)).await?;
        drive::end(&group, undone, &mut report).await;
        if report.outcome == Outcome::Interrupted {
            break;
        }
    }
    print_report(report, context.output)
}
