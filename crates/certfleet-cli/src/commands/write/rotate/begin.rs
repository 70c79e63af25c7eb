//! Beginning a rotation.

use super::{
    super::{
        consent::{self, Agreement},
        context::WriteContext,
        interrupt::unless_interrupted,
        probe::Check,
    },
    drive,
    plans::{self, Planned},
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
use certfleet_changes::rotation::RotationPlan;
use std::{
    collections::BTreeSet,
    io::{self, Write},
};

pub(super) async fn run(target: &str, options: &Rotate, context: WriteContext<'_>) -> Result<()> {
    let check = Check::from_options(&options.verification, context.global)?;
    let journal = context.journal().await?;
    let planning = plans::plan(target, &options.rotation, context.global, journal);
    let Some(planned) = unless_interrupted(planning).await? else {
        return print_report(RotationReport::not_begun(), context.output);
    };
    carry_out(planned?, check, RotationReport::default(), context).await
}

/// Shows what is to be begun and what is under way, asks, and takes all of it as far as it goes.
pub(super) async fn carry_out(
    planned: Planned,
    check: Check,
    mut report: RotationReport,
    context: WriteContext<'_>,
) -> Result<()> {
    let Planned {
        writer,
        plans,
        under_way,
        secrets: (key, passphrase),
        ..
    } = planned;
    let check = check.of_rotations(&under_way);
    let show = |out: &mut dyn Write| -> io::Result<()> {
        rotation::plans(out, &plans)?;
        rotation::under_way(out, &under_way)
    };
    report.plans.clone_from(&plans);
    context.show(show);
    if context.consent.dry_run {
        report.outcome = Outcome::Planned;
        return print_report(report, context.output);
    }
    let kinds: BTreeSet<_> = plans.iter().flat_map(RotationPlan::kinds).collect();
    let kinds: Vec<_> = kinds.into_iter().collect();
    let refused: Vec<_> = under_way
        .iter()
        .filter(|one| one.refused_at.is_some())
        .cloned()
        .collect();
    if !refused.is_empty() && context.consent.yes && !consent::can_ask() {
        report.leave_refused(refused);
        return print_report(report, context.output);
    }
    let kinds = match drive::agreement(&kinds, &under_way, context, show).await? {
        Agreement::Given(kinds) => kinds,
        Agreement::NotGiven { outcome, next } => {
            return print_report(report.not_agreed(outcome, next), context.output);
        }
    };
    // Of what is under way, other consequences may have come up since.
    let mut writer = writer
        .acknowledging(kinds)
        .acknowledging(context.consent.acknowledge.iter().copied());
    if !context.consent.yes {
        // What a person was shown is checked against what is there by now.
        writer = writer.sharing_looks();
    }
    let joined = writer.join_rotations(plans, under_way);
    let mut group = match while_waiting("beginning the rotation", joined).await {
        Ok(group) => group,
        Err(error) => {
            report.outcome = Outcome::from_error(&error.report());
            report.error = Some(error.report());
            report
                .next
                .push("nothing was sent; give the same command again".to_owned());
            return print_report(report, context.output);
        }
    };
    group
        .attach_secrets(key.as_ref(), passphrase.as_ref())
        .map_err(Failure::usage)?;
    drive::go_on(&mut group, &check, context.patience, &mut report).await?;
    print_report(report, context.output)
}
