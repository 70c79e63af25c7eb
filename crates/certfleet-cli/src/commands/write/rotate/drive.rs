//! Rotations on their way: run, shown, and reported.

use super::super::{context::wait_options, interrupt::unless_interrupted, probe::Check};
use crate::{
    cli::write::Patience,
    exit::{Failure, Result},
    output::{self, outcome::Outcome, rotation::RotationReport},
    progress::Progress,
};
use certfleet::{CertificateId, Error};
use certfleet_changes::{
    WaitOptions,
    rotation::{GroupReport, RotationEvent, RotationGroup, RotationOptions, RotationStep},
};
use chrono::Utc;
use std::time::Duration;

/// Takes a group of rotations as far as it goes, and adds how it ended to a report.
pub(crate) async fn go_on(
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
    end(group, ran, report).await
}

/// Adds how a group ended to a report. `None` where the process was told to stop: the journal has it as
/// far as it came.
pub(super) async fn end(
    group: &RotationGroup,
    ended: Option<certfleet::Result<GroupReport>>,
    report: &mut RotationReport,
) -> Result<()> {
    let failure = |error: Error| Failure::failed(error);
    match ended {
        Some(ended) => report.add(ended.map_err(failure)?),
        None => {
            report.add(group.report().await.map_err(failure)?);
            report.outcome = Outcome::Interrupted;
        }
    }
    Ok(())
}

fn options(patience: Patience) -> RotationOptions {
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
        RotationEvent::Taken { old, step } => progress.note(line(old, *step, " done")),
        RotationEvent::Failed { old, step, error } => {
            let why = output::error_about(error, &old.to_string());
            progress.note(line(old, *step, &format!(" failed: {why}")));
        }
        RotationEvent::Soaks { old, until } if *until > Utc::now() => progress.say(format!(
            "{old}: retired; it soaks until {}",
            output::time(*until)
        )),
        _ => {}
    }
}

fn line(old: &CertificateId, step: RotationStep, what: &str) -> String {
    format!("{old}: {step}{what}")
}
