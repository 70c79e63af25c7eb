//! What `diff` shows.

use crate::{output, output::plan, terminal};
use certfleet::{
    Certificate, State,
    reading::{Difference, InventoryDiff},
    x509::Sha256,
};
use serde::Serialize;
use std::io::{self, Write};

/// What `diff --output json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct DiffReport {
    /// The process's exit code.
    pub(crate) exit_code: u8,
    #[serde(flatten)]
    pub(crate) diff: InventoryDiff,
}

/// Added with `+`, removed with `-`, changed with `~`.
pub(crate) fn text(out: &mut impl Write, diff: &InventoryDiff) -> io::Result<()> {
    for one in &diff.removed {
        record(out, '-', one)?;
    }
    for one in &diff.added {
        record(out, '+', one)?;
    }
    for one in &diff.changed {
        let name = one.name.as_deref().unwrap_or_default();
        line(out, &format!("~ {}  {name}", one.id))?;
        for difference in &one.differences {
            plan::line(out, &words(difference))?;
        }
    }
    writeln!(
        out,
        "{} added, {} removed, {} changed, {} unchanged; {} to {}",
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len(),
        diff.unchanged,
        output::time(diff.before),
        output::time(diff.after),
    )
}

fn record(out: &mut impl Write, sign: char, one: &Certificate) -> io::Result<()> {
    let name = output::name(one).unwrap_or_default();
    line(out, &format!("{sign} {}  {name}  {}", one.id, one.state))
}

fn line(out: &mut impl Write, text: &str) -> io::Result<()> {
    writeln!(out, "{}", terminal::sanitize(text))
}

fn words(difference: &Difference) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let state = |value: &Option<State>| value.map_or("not there".to_owned(), |one| one.to_string());
    let prints = |all: &[Sha256]| {
        let short: Vec<_> = all.iter().map(|one| format!("{one:.12}")).collect();
        short.join(", ")
    };
    match difference {
        Difference::Renamed { before, after } => {
            format!("name: {} -> {}", text(before), text(after))
        }
        Difference::Described { before, after } => {
            format!("description: {} -> {}", text(before), text(after))
        }
        Difference::Replaced { before, after } => {
            format!("content: SHA-256 {} -> {}", prints(before), prints(after))
        }
        Difference::Ends { before, after } => format!(
            "ends: {} -> {}",
            before.map_or("unknown".to_owned(), output::time),
            after.map_or("unknown".to_owned(), output::time)
        ),
        Difference::State {
            place,
            before,
            after,
        } => format!("at {place}: {} -> {}", state(before), state(after)),
        Difference::InUse { before, after } => {
            let word = |value: &Option<bool>| match value {
                Some(true) => "yes",
                Some(false) => "no",
                None => "unknown",
            };
            format!("in use: {} -> {}", word(before), word(after))
        }
        other => format!("{other:?}"),
    }
}
