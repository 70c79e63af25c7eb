//! What rotations look like.

use crate::{
    commands::write::outcome_of_report,
    exit::Code,
    output::{self, outcome::Outcome, plan, report::FinalReport},
    terminal,
};
use certfleet::{CertificateId, EffectReport, ErrorKind, ErrorReport};
use certfleet_changes::rotation::{Rotation, RotationPlan, RotationStep};
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
    /// How far every rotation has come.
    pub(crate) parts: Vec<Part>,
    /// What went wrong before anything began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorReport>,
    /// What to do next, for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) next: Vec<String>,
}

/// How far the rotation of one record has come.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Part {
    /// The record that is replaced.
    pub(crate) old: CertificateId,
    /// As the journal has it.
    pub(crate) rotation: Rotation,
    /// Why it stopped, if a step failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorReport>,
}

impl Part {
    pub(crate) fn untouched(rotation: Rotation) -> Self {
        Self {
            old: rotation.spec.old.clone(),
            rotation,
            error: None,
        }
    }

    pub(crate) fn failed(rotation: Rotation, error: ErrorReport) -> Self {
        Self {
            error: Some(error),
            ..Self::untouched(rotation)
        }
    }

    /// Whether something at the vendor was changed for it.
    fn changed_something(&self) -> bool {
        self.rotation.step > RotationStep::Introduce
            || self.rotation.new.is_some()
            || self
                .error
                .as_ref()
                .is_some_and(|error| error.effect == EffectReport::Applied)
    }
}

/// How rotations ended together.
pub(crate) fn outcome(parts: &[Part]) -> Outcome {
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
        Some(_) if parts.iter().any(Part::changed_something) => Outcome::Partial,
        Some(first) => outcome_of_report(first),
    }
}

impl RotationReport {
    /// Takes in how all ended.
    pub(crate) fn ended(&mut self, parts: Vec<Part>) {
        self.outcome = outcome(&parts);
        self.parts = parts;
        if self.parts.iter().any(|part| !part.rotation.is_over()) {
            self.next.push(
                "certfleet resume goes on with it; certfleet rotate --roll-back undoes it"
                    .to_owned(),
            );
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
        let mut texts: Vec<String> = self
            .parts
            .iter()
            .filter_map(|part| part.error.as_ref())
            .chain(&self.error)
            .map(|error| error.message.clone())
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
        if self.outcome.code() == Code::Done {
            writeln!(out, "Done.")?;
        }
        parts(out, &self.parts)
    }
}

/// One line for every rotation, and its notes.
pub(crate) fn parts(out: &mut impl Write, parts: &[Part]) -> io::Result<()> {
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
            next => format!("next is {next} (rotation {})", rotation.id),
        };
        writeln!(
            out,
            "{}",
            terminal::sanitize(&format!("{}{new}: {state}", part.old))
        )?;
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
        let messages = one.steps.iter().filter_map(|step| step.message.as_ref());
        for (number, message) in (1..).zip(messages) {
            plan::line(out, &format!("{number}. {message}"))?;
        }
        plan::consequences(out, &one.consequences)?;
        plan::notes(out, &one.notes)?;
    }
    Ok(())
}

/// Rotations that are gone on with or undone.
pub(crate) fn under_way(out: &mut (impl Write + ?Sized), rotations: &[Rotation]) -> io::Result<()> {
    for one in rotations {
        writeln!(
            out,
            "{}",
            terminal::sanitize(&format!(
                "Rotation {} of {} is under way: next is {}",
                one.id, one.spec.old, one.step
            ))
        )?;
    }
    Ok(())
}
