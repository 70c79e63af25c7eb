//! What rotations look like.

use crate::{
    exit::Code,
    output::{self, contents, outcome::Outcome, plan, report::FinalReport},
    terminal,
};
use certfleet::{CertificateId, EffectReport, ErrorKind, ErrorReport};
use certfleet_changes::rotation::{
    GroupReport, RollBackPlan, Rotation, RotationPart, RotationPlan, RotationStep,
};
use serde::Serialize;
use std::io::{self, Write};

/// What `rotate` prints with `--output json`.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RotationReport {
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// The process's exit code.
    pub(crate) exit_code: u8,
    /// What was planned to begin, one plan for every record.
    pub(crate) plans: Vec<RotationPlan>,
    /// What undoing would do, for every rotation that is undone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) roll_backs: Vec<RollBackPlan>,
    /// How far every rotation has come.
    pub(crate) parts: Vec<RotationPart>,
    /// Old records that belong to these rotations and whose new ones are not verified. Until they are, no
    /// old one is retired.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) held_by: Vec<CertificateId>,
    /// What went wrong before anything began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorReport>,
    /// What to do next, for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) next: Vec<String>,
}

/// Returns how rotations ended together.
pub(crate) fn outcome(parts: &[RotationPart]) -> Outcome {
    let errors = || parts.iter().filter_map(|part| part.error.as_ref());
    if parts
        .iter()
        .all(|part| part.error.is_none() && part.rotation.is_over())
    {
        return Outcome::Done;
    }
    let is_unknown = |error: &ErrorReport| match error.effect {
        EffectReport::Unknown => true,
        EffectReport::Applied => {
            matches!(
                error.kind,
                ErrorKind::InvalidResponse | ErrorKind::Duplicate
            )
        }
        EffectReport::None => false,
    };
    if errors().any(is_unknown) {
        return Outcome::Unknown;
    }
    match errors().next() {
        None => Outcome::UnderWay,
        Some(_) if parts.iter().any(changed_something) => Outcome::Partial,
        Some(first) => Outcome::from_error(first),
    }
}

/// Returns whether anything at the vendor was changed for a rotation.
fn changed_something(part: &RotationPart) -> bool {
    let applied = |error: &ErrorReport| error.effect == EffectReport::Applied;
    part.rotation.step > RotationStep::Introduce
        || part.rotation.new.is_some()
        || part.error.as_ref().is_some_and(applied)
}

impl RotationReport {
    /// Returns the report of what was interrupted before anything was sent.
    pub(crate) fn not_begun() -> Self {
        Self {
            outcome: Outcome::Interrupted,
            next: vec!["nothing was sent".to_owned()],
            ..Self::default()
        }
    }

    /// Returns the report of rotations that were only shown.
    pub(crate) fn planned(mut self, rotations: Vec<Rotation>) -> Self {
        self.outcome = Outcome::Planned;
        self.parts
            .extend(rotations.into_iter().map(RotationPart::untouched));
        self
    }

    /// Returns the report of what the operator did not agree to.
    pub(crate) fn not_agreed(mut self, outcome: Outcome, next: Option<String>) -> Self {
        self.outcome = outcome;
        self.next.extend(next);
        self
    }

    /// Adds rotations that a person refused, and that no option covers.
    pub(crate) fn leave_refused(&mut self, refused: Vec<Rotation>) {
        if refused.is_empty() {
            return;
        }
        for rotation in refused {
            self.next.push(format!(
                "the operator said that the new certificate of {} does not work: certfleet resume {} asks again on a terminal; certfleet rotate --roll-back {} undoes it",
                rotation.spec.old, rotation.id, rotation.id
            ));
            self.parts.push(RotationPart::untouched(rotation));
        }
        self.outcome = outcome(&self.parts);
    }

    /// Adds rotations that could not be gone on with.
    pub(crate) fn add_failed(&mut self, failed: &mut Vec<RotationPart>) {
        if !failed.is_empty() {
            self.parts.append(failed);
            if self.outcome != Outcome::Interrupted {
                self.outcome = outcome(&self.parts);
            }
        }
    }

    /// Takes in that the journal could not be read in the end.
    pub(crate) fn fail(&mut self, error: &certfleet::Error) {
        self.error = Some(error.report());
        self.outcome = Outcome::Unknown;
    }

    /// Adds how a group ended.
    pub(crate) fn add(&mut self, group: GroupReport) {
        self.parts.extend(group.parts);
        self.outcome = outcome(&self.parts);
        if !group.held_by.is_empty() {
            let names: Vec<_> = group.held_by.iter().map(ToString::to_string).collect();
            self.next.push(format!(
                "no old certificate is retired before these are verified too: {} (not verified, or never begun): resume all of them, or give the same command again",
                names.join(", ")
            ));
            self.held_by.extend(group.held_by);
        }
        let goes_on = "certfleet resume goes on with it; certfleet rotate --roll-back undoes it";
        if self.parts.iter().any(|part| !part.rotation.is_over())
            && !self.next.iter().any(|next| next == goes_on)
        {
            self.next.push(goes_on.to_owned());
        }
    }
}

impl FinalReport for RotationReport {
    fn conclude(&mut self) -> Code {
        let code = self.outcome.code();
        self.exit_code = code.number();
        code
    }

    fn summary(&self) -> String {
        let errors = self.parts.iter().filter_map(|part| part.error.as_ref());
        let mut texts: Vec<_> = errors
            .chain(&self.error)
            .map(ErrorReport::to_string)
            .collect();
        if texts.is_empty() {
            texts.push(self.outcome.sentence().to_owned());
        }
        texts.extend(self.next.iter().cloned());
        texts.join("; ")
    }

    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        if self.outcome == Outcome::Planned {
            return writeln!(out, "Only planned; nothing was sent.");
        }
        if self.outcome == Outcome::Unchanged {
            writeln!(out, "Unchanged; nothing was sent.")?;
        } else if self.outcome.code() == Code::Done {
            writeln!(out, "Done.")?;
        }
        parts(out, &self.parts)
    }
}

/// One line for every rotation, and its notes.
pub(crate) fn parts(out: &mut impl Write, parts: &[RotationPart]) -> io::Result<()> {
    for part in parts {
        let rotation = &part.rotation;
        let new = match &rotation.new {
            Some(new) if *new == part.old => " (content replaced)".to_owned(),
            Some(new) => format!(" -> {new}"),
            None => String::new(),
        };
        let state = match rotation.step {
            RotationStep::Done => "done".to_owned(),
            RotationStep::RolledBack => "rolled back".to_owned(),
            RotationStep::Soak => rotation.soaks_until().map_or_else(
                || "soaking".to_owned(),
                |until| format!("soaking until {}", output::time(until)),
            ),
            next => format!("next: {} (rotation {})", words(next), rotation.id),
        };
        plan::heading(out, &format!("{}{new}: {state}", part.old))?;
        plan::notes(out, &rotation.notes)?;
    }
    Ok(())
}

/// Plans for people.
pub(crate) fn plans(out: &mut (impl Write + ?Sized), plans: &[RotationPlan]) -> io::Result<()> {
    for one in plans {
        writeln!(
            out,
            "Rotation of {}",
            terminal::sanitize(&one.spec.old.to_string())
        )?;
        contents::text(out, &one.contents, &one.warnings)?;
        let messages = one.steps.iter().filter_map(|step| step.message.as_ref());
        for (number, message) in (1..).zip(messages) {
            plan::hanging(out, &format!("{number}. "), message)?;
        }
        plan::consequences(out, &one.consequences)?;
        plan::notes(out, &one.notes)?;
    }
    Ok(())
}

/// What undoing rotations would do, for people.
pub(crate) fn roll_backs(
    out: &mut (impl Write + ?Sized),
    rotations: &[Rotation],
    plans: &[RollBackPlan],
) -> io::Result<()> {
    for rotation in rotations {
        under_way(out, std::slice::from_ref(rotation))?;
        for plan in plans.iter().filter(|plan| plan.rotation == rotation.id) {
            for (number, step) in (1..).zip(&plan.steps) {
                plan::hanging(out, &format!("{number}. "), step)?;
            }
            plan::consequences(out, &plan.consequences)?;
            plan::notes(out, &plan.notes)?;
        }
    }
    Ok(())
}

/// What a step does, for people.
pub(crate) fn words(step: RotationStep) -> &'static str {
    match step {
        RotationStep::Preflight => "look at the old one",
        RotationStep::Introduce => "put the new one in place",
        RotationStep::Activate => "bring the new one into force",
        RotationStep::AwaitActive => "wait until the new one is in force",
        RotationStep::Verify => "verify the new one",
        RotationStep::Retire => "retire the old one",
        RotationStep::Soak => "wait before the old one is removed",
        RotationStep::Remove => "remove the old one",
        RotationStep::RolledBack => "rolled back",
        other => other.as_str(),
    }
}

/// Rotations that a saved plan is of, and that are done.
pub(crate) fn done(out: &mut (impl Write + ?Sized), rotations: &[Rotation]) -> io::Result<()> {
    for one in rotations {
        let text = format!("Rotation {} of {} is done already", one.id, one.spec.old);
        plan::heading(out, &text)?;
    }
    Ok(())
}

/// Rotations that are gone on with or undone.
pub(crate) fn under_way(out: &mut (impl Write + ?Sized), rotations: &[Rotation]) -> io::Result<()> {
    for one in rotations {
        let text = format!(
            "Rotation {} of {} is under way. Next: {}",
            one.id,
            one.spec.old,
            words(one.step)
        );
        plan::heading(out, &text)?;
        if let Some(at) = one.refused_at {
            let at = output::time(at);
            plan::line(
                out,
                &format!("Warning: the operator said at {at} that the new one does not work"),
            )?;
        }
    }
    Ok(())
}
