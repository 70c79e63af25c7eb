//! `cargo xtask explain`: what became of an operation, step by step.

use crate::{Problem, Workspace, commands::Failure};
use certfleet_codegen::{
    Dependencies, Package, Source, Step, document, infer, lower, overlay, pointer, references,
    schema,
};
use serde_json::Value;
use std::{collections::BTreeSet, io::Write, path::Path};

/// How many changes of one step are shown.
const SHOWN: usize = 12;

/// Says which overlay action and which pass changed what in the operation and in what it needs.
///
/// # Errors
/// No provider has the operation, problems of a document, or an output that cannot be written.
pub fn run(workspace: &Workspace, operation: &str, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut known = Vec::new();
    let mut found = false;
    for name in workspace.providers()? {
        let lowered = workspace.lower(&name, true)?;
        for at in schema::operations(&lowered.document) {
            let id = at.name();
            let vendor = lowered.effective["paths"][at.path][at.method]["operationId"].as_str();
            if id == operation || vendor == Some(operation) {
                found = true;
                writeln!(out, "{name}: {id} = {}", at.call())?;
                for step in &lowered.steps {
                    explain(step, at.path, at.method, out)?;
                }
            }
            known.push(format!("{name}: {id}"));
        }
    }
    if found {
        return Ok(0);
    }
    Err(Problem::new(
        "specs",
        "",
        format!("no provider has an operation {operation:?}"),
        format!("use one of\n    {}", known.join("\n    ")),
    )
    .into())
}

/// The same for an operation of any document.
///
/// # Errors
/// A document that cannot be read or has no such operation, problems of it, or an output that cannot
/// be written.
pub fn run_from(
    from: &Path,
    overlay: Option<&Path>,
    operation: &str,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let name = from.display().to_string();
    let document = document::read_openapi(from, &name)?;
    let overlay = overlay
        .map(|path| {
            let name = path.display().to_string();
            document::read(path, &name).map(|overlay| (name, overlay))
        })
        .transpose()?;
    let mut corrected = document.clone();
    if let Some((name, overlay)) = &overlay {
        overlay::apply(overlay, name, &mut corrected)?;
    }
    let provider = infer("document", &corrected, &name, &[operation.to_owned()])?;
    let lowered = lower(
        Source {
            name: name.clone(),
            configuration: "the configuration made of the document".to_owned(),
            document,
            overlay,
            package: Package {
                name: "document".to_owned(),
                description: String::new(),
                generated_by: String::new(),
                kept_in: None,
                lowered: name.clone(),
                dependencies: Dependencies::Workspace,
            },
            provider,
        },
        true,
    )?;
    for at in schema::operations(&lowered.document) {
        writeln!(out, "{name}: {} = {}", at.name(), at.call())?;
        for step in &lowered.steps {
            explain(step, at.path, at.method, out)?;
        }
    }
    for note in &lowered.notes {
        writeln!(out, "  decided: {note}")?;
    }
    Ok(0)
}

fn explain(step: &Step, path: &str, method: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let mut changes = Vec::new();
    differences(&step.before, &step.after, "", &mut changes);
    let mut relevant = BTreeSet::new();
    for document in [&step.before, &step.after] {
        let operation = &document["paths"][path][method];
        relevant.insert(pointer::join(["paths", path, method]));
        relevant.insert(pointer::join(["paths", path, "parameters"]));
        relevant.extend(references::reachable(document, [operation]));
    }
    changes.retain(|(at, _)| {
        relevant
            .iter()
            .any(|pointer| at == pointer || at.starts_with(&format!("{pointer}/")))
    });
    if changes.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {}: {}", step.name, step.reason.trim())?;
    for (at, what) in changes.iter().take(SHOWN) {
        writeln!(out, "    {at}: {what}")?;
    }
    if changes.len() > SHOWN {
        writeln!(out, "    … and {} more", changes.len() - SHOWN)?;
    }
    Ok(())
}

/// Where two documents differ.
fn differences(before: &Value, after: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let here = pointer::child(at, name);
                match (old.get(name), new.get(name)) {
                    (Some(old), Some(new)) => differences(old, new, &here, found),
                    (Some(old), None) => found.push((here, format!("removed {}", short(old)))),
                    (None, Some(new)) => found.push((here, format!("added {}", short(new)))),
                    (None, None) => {}
                }
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                differences(old, new, &format!("{at}/{index}"), found);
            }
        }
        (old, new) if old != new => {
            found.push((at.to_owned(), format!("{} → {}", short(old), short(new))));
        }
        _ => {}
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(70) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
