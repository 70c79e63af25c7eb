//! Moves the targets of references to where progenitor looks: a path item's reference becomes its
//! target, and a schema inside another one, or inside a path, gets a name under `components.schemas`.

use crate::{pointer, references, rust_name, schema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Gives names to all targets but path items.
pub(crate) fn name_targets(document: &mut Value) {
    decode(document);
    named_targets(document);
}

/// A reference is a URI, in which a pointer may be percent-encoded: `#/paths/~1a~1%7Bid%7D/get`.
fn decode(document: &mut Value) {
    let decoded: BTreeMap<String, String> = references::all(document)
        .into_iter()
        .filter(|(_, reference)| {
            reference.contains('%') && schema::resolve(document, reference).is_none()
        })
        .filter_map(|(_, reference)| {
            let plain = percent_decoded(&reference)?;
            schema::resolve(document, &plain)?;
            Some((reference, plain))
        })
        .collect();
    if !decoded.is_empty() {
        references::rename(document, &decoded);
    }
}

pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'%'
            && let Some(digits) = tail.get(..2)
            && let Some(byte) = std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        {
            bytes.push(byte);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Puts path items and operations where they are referred to.
pub(crate) fn inline_path_items(document: &mut Value) {
    inline_whole_items(document);
    let operations: Vec<(String, Value)> = schema::operations(document)
        .filter(|at| at.operation.get("$ref").is_some())
        .filter_map(|at| {
            let target = schema::follow(document, at.operation)?;
            Some((at.pointer(), with_siblings(target, at.operation)?))
        })
        .collect();
    for (at, operation) in operations {
        if let Some(old) = document.pointer_mut(&at) {
            *old = operation;
        }
    }
}

/// What a reference leads to, with what stands beside the reference, which counts as 3.1 has it.
fn with_siblings(target: &Value, referring: &Value) -> Option<Value> {
    let mut merged = target.as_object()?.clone();
    for (key, value) in referring.as_object()? {
        if key != "$ref" {
            merged.insert(key.clone(), value.clone());
        }
    }
    Some(Value::Object(merged))
}

fn inline_whole_items(document: &mut Value) {
    let Some(paths) = document["paths"].as_object() else {
        return;
    };
    let targets: Vec<(String, Value)> = paths
        .iter()
        .filter(|(_, item)| item.get("$ref").is_some())
        .filter_map(|(path, item)| {
            let target = schema::follow(document, item)?;
            Some((path.clone(), with_siblings(target, item)?))
        })
        .collect();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in targets {
            paths.insert(path, item);
        }
    }
}

/// Names the schemas that references find in other places than `components.schemas`.
fn named_targets(document: &mut Value) {
    // A target may hold references of the same kind, which come to light when it is named.
    for _ in 0..8 {
        let odd: BTreeSet<String> = references::all(document)
            .into_iter()
            .filter(|(at, reference)| is_odd(reference) && !is_path_item(at))
            .filter(|(_, reference)| {
                schema::resolve(document, reference)
                    .is_some_and(|target| target.is_object() || target.is_boolean())
            })
            .map(|(_, reference)| reference)
            .collect();
        if odd.is_empty() {
            return;
        }
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for reference in odd {
            let Some(target) = schema::resolve(document, &reference).cloned() else {
                continue;
            };
            let Some(schemas) = schema::schemas_or_new(document) else {
                return;
            };
            let name = free_name(&reference, schemas);
            schemas.insert(name.clone(), target);
            names.insert(reference, references::text_to_schema(&name));
        }
        references::rename(document, &names);
    }
}

/// Whether a local reference is one that progenitor would misread: it looks at the last step only.
fn is_odd(reference: &str) -> bool {
    let Some(target) = pointer::from_reference(reference) else {
        return false;
    };
    let steps: Vec<&str> = target.split('/').skip(1).collect();
    match steps.as_slice() {
        // Parameters, responses and the like are put where they are used.
        ["components", _, _] => false,
        // A parameter or a response inside a path: pass resolve puts it where it is used.
        [.., "parameters" | "responses" | "headers", _] | [.., "requestBody"] => false,
        [] => false,
        _ => true,
    }
}

/// Whether a pointer is that of a path item or an operation: `/paths/~1x`, `/paths/~1x/get`.
fn is_path_item(at: &str) -> bool {
    at.starts_with("/paths/")
        && (at.matches('/').count() == 2
            || (at.matches('/').count() == 3
                && schema::METHODS
                    .iter()
                    .any(|method| at.ends_with(&format!("/{method}")))))
}

/// A name for the target of a reference: of its last two telling steps.
fn free_name(reference: &str, taken: &serde_json::Map<String, Value>) -> String {
    let telling: Vec<&str> = reference
        .split('/')
        .filter(|step| {
            !matches!(
                *step,
                "#" | "components"
                    | "schemas"
                    | "definitions"
                    | "$defs"
                    | "properties"
                    | "items"
                    | "paths"
                    | "content"
                    | "application~1json"
                    | "schema"
            )
        })
        .collect();
    let last = telling.len().saturating_sub(2);
    let base = rust_name::pascal(&telling.get(last..).unwrap_or_default().join("-"));
    let base = if reference.ends_with("/items") {
        format!("{base}Item")
    } else {
        base
    };
    rust_name::first_free(&base, |name| !taken.contains_key(name))
}
