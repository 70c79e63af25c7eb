//! What a plan looks like.

pub(crate) use crate::output::contents::{hanging, heading, line};
use crate::{output::contents, terminal};
use certfleet_changes::{Consequence, ConsequenceKind, Plan};
use std::io::{self, Write};

/// A plan for people: steps, consequences, notes.
pub(crate) fn text(out: &mut (impl Write + ?Sized), plan: &Plan) -> io::Result<()> {
    writeln!(
        out,
        "Plan: {} at {}/{}",
        plan.change.verb(),
        plan.provider,
        terminal::sanitize(&plan.account)
    )?;
    if plan.unchanged {
        writeln!(out, "  nothing to do: it is so already")?;
    }
    contents::text(out, &plan.contents, &plan.warnings)?;
    for (number, step) in (1..).zip(&plan.steps) {
        hanging(out, &format!("{number}. "), &step.message)?;
    }
    consequences(out, &plan.consequences)?;
    notes(out, &plan.notes)
}

/// What follows, each with the name that acknowledges it.
pub(crate) fn consequences(
    out: &mut (impl Write + ?Sized),
    consequences: &[Consequence],
) -> io::Result<()> {
    if consequences.is_empty() {
        return Ok(());
    }
    writeln!(out, "What follows:")?;
    for one in consequences {
        hanging(out, &format!("{:<20}  ", one.kind), &one.message)?;
    }
    Ok(())
}

/// What a reader should know.
pub(crate) fn notes(out: &mut (impl Write + ?Sized), notes: &[String]) -> io::Result<()> {
    for note in notes {
        line(out, &format!("Note: {note}"))?;
    }
    Ok(())
}

/// The options that agree to these, with a space before them.
pub(crate) fn agreement(kinds: &[ConsequenceKind]) -> String {
    let names: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    if names.is_empty() {
        " --yes".to_owned()
    } else {
        format!(" --yes --acknowledge {}", names.join(","))
    }
}
