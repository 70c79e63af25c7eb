//! Breaks cycles of composition: a schema that is made of itself, such as a parent whose `oneOf` names
//! children that are `allOf` the parent. The part that leads back is left out, which accepts more.
//! progenitor would follow the cycle without end.

use crate::{
    composition::Composition, context::Context, pointer, problem::Problem, references, schema,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The most rounds. In each, every cycle is broken once, which seldom leaves one.
const ROUNDS: usize = 64;

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    for _ in 0..ROUNDS {
        let first: Vec<String> = Composition::new(document)
            .cycles()
            .filter_map(|cycle| {
                // A parent that names its children says less than the children, which say what they
                // add to it.
                cycle
                    .into_iter()
                    .min_by_key(|name| (!has_alternatives(document, name), *name))
                    .map(str::to_owned)
            })
            .collect();
        if first.is_empty() {
            // Schemas to which only a removed part led stay, as types for callers. Where they are too
            // large to be followed they go: no operation is to be refused for them.
            if !Composition::new(document).beyond_limits().is_empty() {
                references::prune(document);
            }
            return Vec::new();
        }
        for name in first {
            let at = pointer::to_schema(&name);
            context.note(
                "",
                &at,
                format!("{name} is made of itself: the part that leads back is left out"),
            );
            // Out of the document meanwhile: whoever leads back to it is found by its reference.
            let mut schema = document
                .pointer_mut(&at)
                .map(Value::take)
                .unwrap_or_default();
            cut(document, &mut schema, &format!("#{at}"));
            if let Some(emptied) = document.pointer_mut(&at) {
                *emptied = schema;
            }
        }
    }
    Composition::new(document)
        .cycles()
        .flatten()
        .map(|name| {
            context.problem(
                pointer::to_schema(name),
                format!("{name} is made of itself in more ways than are followed"),
                "leave out one of the parts that lead back in overlay.yaml",
            )
        })
        .collect()
}

fn has_alternatives(document: &Value, name: &str) -> bool {
    let schema = &document["components"]["schemas"][name];
    ["oneOf", "anyOf"]
        .iter()
        .any(|keyword| schema.get(*keyword).is_some())
}

/// Leaves out the parts of a composition that lead to a schema.
fn cut(document: &Value, schema: &mut Value, to: &str) {
    if schema["$ref"].is_string() {
        *schema = Value::Object(Map::new());
        return;
    }
    let Some(fields) = schema.as_object_mut() else {
        return;
    };
    for keyword in ["oneOf", "anyOf", "allOf"] {
        let Some(Value::Array(parts)) = fields.get_mut(keyword) else {
            continue;
        };
        let leads_back = |part: &Value| leads_to(document, Some(part), to);
        if keyword == "allOf" {
            parts.retain(|part| !leads_back(part));
            if parts.is_empty() {
                fields.remove(keyword);
            }
        } else if parts.iter().any(leads_back) {
            // Without one of its alternatives the rest would refuse what that one accepts. What the
            // alternatives add is not lost: they are members that may be there.
            let members = added(document, parts);
            fields.remove(keyword);
            if fields.get("properties").is_some_and(Value::is_object)
                && let Some(Value::Object(properties)) = fields.get_mut("properties")
            {
                for (name, member) in members {
                    properties.entry(name).or_insert(member);
                }
            }
        }
    }
}

/// The members that alternatives themselves have; where two have one name, it may be anything.
fn added(document: &Value, alternatives: &[Value]) -> Map<String, Value> {
    let mut members = Map::new();
    for alternative in alternatives {
        let Some(plain) = schema::follow(document, alternative) else {
            continue;
        };
        let inline = plain["allOf"].as_array().into_iter().flatten();
        for part in [plain].into_iter().chain(inline) {
            for (name, member) in part["properties"].as_object().into_iter().flatten() {
                let merged = match members.get(name) {
                    Some(other) if other != member => Value::Object(Map::new()),
                    _ => member.clone(),
                };
                members.insert(name.clone(), merged);
            }
        }
    }
    members
}

/// Whether a schema is made of the one with this reference, without going through properties or
/// items.
fn leads_to(document: &Value, schema: Option<&Value>, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Value> = schema.into_iter().collect();
    while let Some(schema) = open.pop() {
        if let Some(reference) = schema["$ref"].as_str() {
            if reference == to {
                return true;
            }
            if seen.insert(reference) {
                open.extend(schema::resolve(document, reference));
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            open.extend(schema[keyword].as_array().into_iter().flatten());
        }
    }
    false
}
