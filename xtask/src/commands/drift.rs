//! `cargo xtask drift`: what changed at the vendor, of what is used.

use crate::{Workspace, commands::Failure, source::Source};
use certfleet_codegen::{
    cut, document,
    drift::{Class, Difference, compare},
    overlay::{self, Outcome, Tried},
};
use clap::ValueEnum;
use serde_json::{Value, json};
use std::{collections::BTreeSet, io::Write};

/// Nothing that matters.
pub const NONE: u8 = 0;
/// Something broken: a document that cannot be read.
pub const BROKEN: u8 = 1;
/// Something that needs no change of a client or a caller.
pub const COMPATIBLE: u8 = 3;
/// Something that breaks the client or its callers.
pub const BREAKING: u8 = 4;

/// How differences are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// Compares a provider's vendored document with a newer one, in the operations that provider.toml
/// names, and tries the overlay on the newer one. Cosmetic differences are listed and give 0.
///
/// # Errors
/// An unknown provider, a document that cannot be read, or an output that cannot be written.
pub fn run(
    workspace: &Workspace,
    provider: &str,
    against: &Source,
    format: Format,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    workspace.select(&[provider.to_owned()])?;
    let configuration = workspace.provider(provider)?;
    let calls: BTreeSet<String> = configuration
        .operations
        .values()
        .map(|choice| choice.call.clone())
        .collect();
    let below = format!("specs/{provider}/{}", configuration.document);
    let mut old = document::read(&workspace.path(&below), &below)?;
    let mut new = document::parse(&against.read()?, &against.name())?;
    cut(&mut old, &calls);
    cut(&mut new, &calls);
    let differences = compare(&old, &new, &calls);
    let overlay = format!("specs/{provider}/overlay.yaml");
    let corrections = document::read(&workspace.path(&overlay), &overlay)?;
    // Both need all operations of the vendored document, also those that are not used.
    let stale: Vec<Tried> = stale(&corrections, &overlay, &old, &new)?;
    match format {
        Format::Text => text(&differences, &stale, &overlay, out)?,
        Format::Json => writeln!(out, "{:#}", as_json(&differences, &stale))?,
    }
    Ok(code(&differences, !stale.is_empty()))
}

/// The actions that changed the old document and do not change the new one.
fn stale(
    corrections: &Value,
    name: &str,
    old: &Value,
    new: &Value,
) -> Result<Vec<Tried>, certfleet_codegen::Problems> {
    let before = overlay::attempt(corrections, name, &mut old.clone())?;
    let after = overlay::attempt(corrections, name, &mut new.clone())?;
    Ok(before
        .into_iter()
        .zip(after)
        .filter(|(before, after)| {
            before.outcome == Outcome::Changed && after.outcome != Outcome::Changed
        })
        .map(|(_, after)| after)
        .collect())
}

fn code(differences: &[Difference], is_stale: bool) -> u8 {
    match differences.iter().map(|difference| difference.class).min() {
        Some(Class::BreakingClient | Class::BreakingCaller) => BREAKING,
        Some(Class::Compatible) => COMPATIBLE,
        _ if is_stale => COMPATIBLE,
        Some(Class::Cosmetic) | None => NONE,
    }
}

fn text(
    differences: &[Difference],
    stale: &[Tried],
    overlay: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for difference in differences {
        let call = if difference.call.is_empty() {
            String::new()
        } else {
            format!(" {}:", difference.call)
        };
        writeln!(out, "{}:{call} {}", difference.class, difference.what)?;
        writeln!(out, "  old #{}", difference.old)?;
        writeln!(out, "  new #{}", difference.new)?;
    }
    for action in stale {
        let why = match &action.outcome {
            Outcome::Inapplicable(why) => format!("no longer applies: {why}"),
            Outcome::Changed | Outcome::Unneeded => {
                "is no longer needed: the document already says so".to_owned()
            }
        };
        writeln!(out, "{overlay}#{} {why}", action.pointer)?;
        writeln!(out, "  target {}", action.target)?;
        writeln!(out, "  {}", action.reason)?;
    }
    let count = |class: Class| {
        differences
            .iter()
            .filter(|difference| difference.class == class)
            .count()
    };
    writeln!(
        out,
        "{} breaking-client, {} breaking-caller, {} compatible, {} cosmetic, {} overlay actions to remove",
        count(Class::BreakingClient),
        count(Class::BreakingCaller),
        count(Class::Compatible),
        count(Class::Cosmetic),
        stale.len()
    )?;
    Ok(())
}

fn as_json(differences: &[Difference], stale: &[Tried]) -> Value {
    json!({
        "differences": differences.iter().map(|difference| json!({
            "class": difference.class.as_str(),
            "call": difference.call,
            "old": difference.old,
            "new": difference.new,
            "what": difference.what,
        })).collect::<Vec<_>>(),
        "overlay": stale.iter().map(|action| json!({
            "pointer": action.pointer,
            "target": action.target,
            "reason": action.reason,
            "state": match action.outcome {
                Outcome::Inapplicable(_) => "inapplicable",
                Outcome::Changed | Outcome::Unneeded => "unneeded",
            },
        })).collect::<Vec<_>>(),
    })
}
