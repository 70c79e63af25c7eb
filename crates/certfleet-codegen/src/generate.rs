//! From a document to the files of a crate, operation by operation if requested.

use crate::{
    context::Note,
    cut::cut,
    emit,
    pipeline::{self, Attempt},
    pointer,
    problem::{Problem, Problems, Result},
    provider::Provider,
    references, schema, security,
    source::Source,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What was generated, and what was not.
#[derive(Debug)]
pub struct Generated {
    /// The crate's files, by path below its folder; none if every operation was refused.
    pub files: BTreeMap<String, String>,
    /// What progenitor saw; null if every operation was refused.
    pub lowered: Value,
    /// The operations that were generated, by the names of their methods.
    pub generated: BTreeSet<String>,
    /// The operations that were refused, each with its first problem. With `generated` they are all
    /// operations that the configuration names.
    pub refused: BTreeMap<String, Problem>,
    /// Decisions that a user of the client has to know.
    pub notes: BTreeSet<Note>,
}

/// Generates the crate for a source. With `keep_going`, operations that cannot be generated are
/// refused one by one and the rest is generated.
///
/// # Errors
/// Without `keep_going`: every problem. With it: only problems of no operation, such as a broken overlay.
pub fn generate(mut source: Source, keep_going: bool) -> Result<Generated> {
    let wanted: BTreeSet<String> = source.provider.operations.keys().cloned().collect();
    let mut refused: BTreeMap<String, Problem> = BTreeMap::new();
    let mut ungivable = BTreeSet::new();
    if source.provider.inferred {
        refused.extend(unreadable_paths(&source.document, &source.name));
        ungivable = notes_on_security(&source.document);
        if !keep_going && !refused.is_empty() {
            return Err(Problems(refused.into_values().collect()));
        }
    }
    // Once, so that what follows is about what is wanted.
    if source.overlay.is_none() {
        let calls = source
            .provider
            .operations
            .values()
            .map(|choice| choice.call.clone())
            .collect();
        cut(&mut source.document, &calls);
    }
    while !source.provider.operations.is_empty() {
        let attempt = pipeline::attempt(source.clone(), false)?;
        let (problems, state) = match attempt {
            Attempt::Lowered(lowered) => match emit::files(&lowered) {
                Ok(files) => {
                    return Ok(Generated {
                        files,
                        lowered: lowered.document,
                        generated: wanted
                            .into_iter()
                            .filter(|name| !refused.contains_key(name))
                            .collect(),
                        refused,
                        notes: lowered.notes.into_iter().chain(ungivable).collect(),
                    });
                }
                Err(problems) => (problems, lowered.document),
            },
            Attempt::Refused { problems, state } => (problems, state),
        };
        if !keep_going {
            return Err(problems);
        }
        let mut new = attribute(&problems, &state, &source.provider);
        if new.is_empty() {
            // Not about one operation: it refuses all.
            let Some(problem) = problems.0.first() else {
                return Err(problems);
            };
            new = source
                .provider
                .operations
                .keys()
                .map(|name| (name.clone(), problem.clone().in_operation(name)))
                .collect();
        }
        for (name, problem) in new {
            source.provider.operations.remove(&name);
            refused.insert(name, problem);
        }
    }
    Ok(Generated {
        files: BTreeMap::new(),
        lowered: Value::Null,
        generated: BTreeSet::new(),
        refused,
        notes: BTreeSet::new(),
    })
}

/// What a user has to know of security schemes that no credentials can be given for.
fn notes_on_security(document: &Value) -> BTreeSet<Note> {
    security::ungivable(document)
        .into_iter()
        .map(|(pointer, name, why)| Note {
            operation: None,
            pointer,
            what: format!("no credentials can be given for the security scheme {name}: {why}"),
        })
        .collect()
}

/// The paths whose operations are unknown: references that lead out of the document, or nowhere.
fn unreadable_paths(document: &Value, name: &str) -> BTreeMap<String, Problem> {
    document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, item)| item.get("$ref").is_some() && schema::follow(document, item).is_none())
        .map(|(path, item)| {
            let problem = Problem::new(
                name,
                pointer::join(["paths", path]),
                format!(
                    "the path is the reference {}, which leads out of the document or nowhere",
                    item["$ref"]
                ),
                references::RESOLVE,
            );
            (path.clone(), problem.in_operation(path))
        })
        .collect()
}

/// The operations that problems refuse: those they name, those whose path or operation they point into,
/// and those that need the component they point into.
fn attribute(
    problems: &Problems,
    document: &Value,
    provider: &Provider,
) -> BTreeMap<String, Problem> {
    let calls = provider.calls();
    let mut names: Vec<(String, String, BTreeSet<String>)> = Vec::new();
    for at in schema::operations(document) {
        let name = at.operation["operationId"]
            .as_str()
            .filter(|id| provider.operations.contains_key(*id))
            .or_else(|| calls.get(at.call().as_str()).copied());
        if let Some(name) = name {
            let needs = references::reachable(document, [at.operation, &at.item["parameters"]]);
            names.push((name.to_owned(), at.pointer(), needs));
        }
    }
    let mut found: BTreeMap<String, Problem> = BTreeMap::new();
    for problem in &problems.0 {
        if let Some(operation) = &problem.operation
            && provider.operations.contains_key(operation)
        {
            found
                .entry(operation.clone())
                .or_insert_with(|| problem.clone());
            continue;
        }
        let steps: Vec<&str> = problem.pointer.split('/').take(4).collect();
        let component = match steps.as_slice() {
            ["", "components", _, _] => Some(steps.join("/")),
            _ => None,
        };
        for (name, pointer, needs) in &names {
            let path = pointer.rsplit_once('/').map_or("", |(path, _)| path);
            let is_in = |outer: &str| {
                problem.pointer == outer || problem.pointer.starts_with(&format!("{outer}/"))
            };
            let other_method = is_in(path)
                && schema::METHODS
                    .iter()
                    .any(|method| is_in(&format!("{path}/{method}")) && !is_in(pointer));
            if (is_in(path) && !other_method)
                || component
                    .as_ref()
                    .is_some_and(|component| needs.contains(component))
            {
                found
                    .entry(name.clone())
                    .or_insert_with(|| problem.clone().in_operation(name));
            }
        }
    }
    found
}
