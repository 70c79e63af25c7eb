//! Rotations on their way: run, shown, and reported.

use super::super::{
    consent::{self, Agreement},
    context::{WriteContext, wait_options},
    interrupt::unless_interrupted,
    probe::Check,
    secrets, session,
};
use crate::{
    cli::{
        rotate::Verification,
        write::{Patience, UploadSecrets},
    },
    exit::{Failure, Result},
    output::{self, outcome::Outcome, rotation, rotation::RotationReport},
    progress::Progress,
};
use certfleet::CertificateId;
use certfleet_changes::{
    ConsequenceKind, FleetWriter, IN_FLIGHT_WINDOW, Journal, WaitOptions,
    rotation::{
        GroupReport, Rotation, RotationEvent, RotationGroup, RotationOptions, RotationStep,
    },
};
use chrono::Utc;
use std::{
    io::{self, Write},
    time::Duration,
};

/// How rotations that are under way are gone on with.
#[derive(Clone, Copy)]
pub(in super::super) struct GoingOn<'a> {
    pub(in super::super) verification: &'a Verification,
    pub(in super::super) secrets: &'a UploadSecrets,
    pub(in super::super) in_flight_window: Duration,
}

impl<'a> GoingOn<'a> {
    pub(super) fn new(verification: &'a Verification, secrets: &'a UploadSecrets) -> Self {
        Self {
            verification,
            secrets,
            in_flight_window: IN_FLIGHT_WINDOW,
        }
    }
}

/// Goes on with rotations that are under way, if the operator agrees. One whose account cannot be opened
/// hides nothing of the others.
pub(in super::super) async fn resume(
    rotations: Vec<Rotation>,
    journal: Journal,
    how: GoingOn<'_>,
    context: WriteContext<'_>,
) -> Result<RotationReport> {
    let mut report = RotationReport::default();
    let (rotations, refused) = covered(rotations, context);
    report.leave_refused(refused);
    if rotations.is_empty() {
        return Ok(report);
    }
    let check = Check::from_options(how.verification, context.global)?.of_rotations(&rotations);
    context.show(|out| rotation::under_way(out, &rotations));
    let show = |out: &mut dyn Write| rotation::under_way(out, &rotations);
    let agreed = agreement(&[], &rotations, context, show).await?;
    if let Agreement::NotGiven { outcome, next } = agreed {
        return Ok(report.planned(rotations).not_agreed(outcome, next));
    }
    let (key, passphrase) = secrets::resolve(how.secrets, context.global).await?;
    let (fleet, rotations, mut failed) =
        session::open_accounts_of_all(context.global, rotations).await?;
    let writer = FleetWriter::new(fleet, journal)
        .sharing_looks()
        .acknowledging(context.consent.acknowledge.iter().copied())
        .with_in_flight_window(how.in_flight_window);
    let mut groups = writer
        .resume_rotations(rotations)
        .map_err(Failure::failed)?;
    for group in &mut groups {
        group
            .attach_secrets(key.as_ref(), passphrase.as_ref())
            .map_err(Failure::usage)?;
    }
    for mut group in groups {
        go_on(&mut group, &check, context.patience, &mut report).await?;
        if report.outcome == Outcome::Interrupted {
            break;
        }
    }
    report.add_failed(&mut failed);
    Ok(report)
}

/// Splits rotations into those that the options cover, and those that a person refused: without a terminal
/// there is no one who could agree to those.
fn covered(rotations: Vec<Rotation>, context: WriteContext<'_>) -> (Vec<Rotation>, Vec<Rotation>) {
    let is_covered =
        |one: &Rotation| one.refused_at.is_none() || !context.consent.yes || consent::can_ask();
    rotations.into_iter().partition(is_covered)
}

/// Asks the operator to agree, or takes what the options say: `--yes` does not cover a rotation that a person
/// refused.
pub(super) async fn agreement(
    kinds: &[ConsequenceKind],
    rotations: &[Rotation],
    context: WriteContext<'_>,
    show: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Agreement> {
    let is_refused = rotations.iter().any(|one| one.refused_at.is_some());
    if is_refused && consent::can_ask() {
        return consent::of_person(kinds, context, show).await;
    }
    consent::ask(kinds, context, show).await
}

/// Takes a group of rotations as far as it goes, and adds how it ended to a report.
pub(super) async fn go_on(
    group: &mut RotationGroup,
    check: &Check,
    patience: Patience,
    report: &mut RotationReport,
) -> Result<()> {
    let progress = Progress::new();
    let run = group.run(check, options(patience), |event| match event {
        // Nothing may be drawn over the question.
        RotationEvent::Begins {
            step: RotationStep::Verify,
            ..
        } if check.asks() => progress.clear(),
        event => show(&progress, &event),
    });
    let ran = unless_interrupted(run).await?;
    progress.clear();
    end(group, ran, report).await;
    Ok(())
}

/// Adds how a group ended to a report. `None` where the process was told to stop: the journal has it as
/// far as it came.
pub(super) async fn end(
    group: &RotationGroup,
    ended: Option<certfleet::Result<GroupReport>>,
    report: &mut RotationReport,
) {
    match ended {
        Some(Ok(ended)) => report.add(ended),
        Some(Err(error)) => report.fail(&error),
        None => {
            match group.report().await {
                Ok(so_far) => report.add(so_far),
                Err(error) => report.fail(&error),
            }
            report.outcome = Outcome::Interrupted;
        }
    }
}

pub(super) fn options(patience: Patience) -> RotationOptions {
    match wait_options(patience) {
        Some(wait) => RotationOptions::default().wait(wait),
        None => {
            let look_once = WaitOptions::default().timeout(Duration::ZERO);
            RotationOptions::default().wait(look_once).stop_at_soak()
        }
    }
}

fn show(progress: &Progress, event: &RotationEvent<'_>) {
    match event {
        RotationEvent::Begins { old, step } => progress.going_on(line(old, *step, "")),
        RotationEvent::Taken { old, step } => progress.note(line(old, *step, ": done")),
        // Why is said once, in the end.
        RotationEvent::Failed { old, step, .. } => progress.note(line(old, *step, ": failed")),
        RotationEvent::Soaks { old, until } if *until > Utc::now() => progress.say(format!(
            "{old}: retired; it soaks until {}",
            output::time(*until)
        )),
        _ => {}
    }
}

fn line(old: &CertificateId, step: RotationStep, what: &str) -> String {
    format!("{old}: {}{what}", rotation::words(step))
}
