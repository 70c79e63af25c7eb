//! Plans of rotations that are saved, and applied later.

use super::{
    super::{context::WriteContext, interrupt::unless_interrupted, probe::Check, secrets, session},
    begin,
    plans::{self, Planned},
};
use crate::{
    cli::{
        Global,
        plan::{Apply, PlanRotate},
    },
    exit::Result,
    output::{
        outcome::{self, Outcome},
        plan_file::PlanFile,
        report::print_report,
        rotation::{self, RotationReport},
    },
    progress::while_waiting,
};
use certfleet::Change;
use certfleet_changes::{
    FleetWriter, Journal,
    rotation::{Rotation, RotationPart, RotationPlan, RotationsAgain},
};

/// Plans a rotation over all accounts. Only reads.
pub(in super::super) async fn plan(
    options: &PlanRotate,
    global: &Global,
    journal: Journal,
) -> Result<PlanFile> {
    let planned = plans::plan(&options.target, &options.rotation, global, journal).await?;
    Ok(PlanFile::of_rotations(planned.wanted, planned.under_way))
}

/// Begins what was planned, goes on with what is under way, and leaves what is done.
pub(in super::super) async fn apply(
    saved: Vec<RotationPlan>,
    options: &Apply,
    context: WriteContext<'_>,
) -> Result<()> {
    let check = Check::from_options(&options.verification, context.global)?;
    let journal = context.journal().await?;
    let planning = plan_again(saved, options, context.global, journal);
    let Some(planned) = unless_interrupted(planning).await? else {
        return print_report(RotationReport::not_begun(), context.output);
    };
    let (planned, done) = planned?;
    context.show(|out| rotation::done(out, &done));
    let is_done = planned.plans.is_empty() && planned.under_way.is_empty();
    let mut report = RotationReport {
        parts: done.into_iter().map(RotationPart::untouched).collect(),
        ..RotationReport::default()
    };
    if is_done {
        report.outcome = Outcome::Unchanged;
        return print_report(report, context.output);
    }
    begin::carry_out(planned, check, report, context).await
}

/// What is left of saved plans, and what is done.
async fn plan_again(
    mut saved: Vec<RotationPlan>,
    options: &Apply,
    global: &Global,
    journal: Journal,
) -> Result<(Planned, Vec<Rotation>)> {
    let uploads = saved
        .iter_mut()
        .filter_map(|plan| match &mut plan.spec.introduce {
            Change::Upload(upload) => Some(upload),
            _ => None,
        });
    let secrets = secrets::attach(uploads.collect(), &options.secrets, global).await?;
    let names = saved
        .iter()
        .map(|plan| session::full_name(plan.provider, &plan.account));
    let fleet = session::open(global, &names.collect::<Vec<_>>()).await?;
    let writer = FleetWriter::new(fleet, journal);
    let again = writer.plan_rotations_again(saved.clone());
    let again = while_waiting("planning the rotation", again).await;
    let RotationsAgain {
        plans,
        under_way,
        done,
        ..
    } = again.map_err(|error| outcome::failure(&error))?;
    let writer = plans::with_accounts_of(writer, global, &under_way).await?;
    let planned = Planned {
        writer,
        wanted: saved,
        plans,
        under_way,
        secrets,
    };
    Ok((planned, done))
}
