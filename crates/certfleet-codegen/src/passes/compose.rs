//! Simplifies composition: an `allOf` of plain objects becomes one object, and a reference to a named
//! scalar becomes the scalar, so that requests and responses can read it differently.

use crate::{context::Context, problem::Problem, references, schema};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How many references deep an `allOf` is followed.
const DEEPEST: usize = 16;

pub(crate) fn run(document: &mut Value, _: &Context<'_>) -> Vec<Problem> {
    let whole = document.clone();
    schema::walk_all_mut(document, &mut |_, schema| {
        if let Some(scalar) = scalar(&whole, schema) {
            *schema = scalar;
        }
    });
    let whole = document.clone();
    schema::walk_all_mut(document, &mut |_, schema| {
        if schema.get("allOf").is_some()
            && let Some(merged) = flatten(&whole, schema, 0)
        {
            *schema = merged;
        }
    });
    drop_unused_scalars(document);
    Vec::new()
}

/// The scalar that a reference leads to. Enums keep their names.
fn scalar(document: &Value, schema: &Value) -> Option<Value> {
    schema.get("$ref")?;
    let target = schema::follow(document, schema)?;
    schema::is_scalar(target).then(|| target.clone())
}

/// Removes named scalars that nothing refers to any more.
fn drop_unused_scalars(document: &mut Value) {
    let used: BTreeSet<String> = references::all(document)
        .into_iter()
        .map(|(_, reference)| reference)
        .collect();
    if let Some(schemas) = schema::schemas_mut(document) {
        schemas.retain(|name, schema| {
            !schema::is_scalar(schema) || used.contains(&references::text_to_schema(name))
        });
    }
}

/// One object for an `allOf` of plain objects; `None` where a part is anything else, or two parts
/// say different things of one property.
fn flatten(document: &Value, schema: &Value, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let schema = schema::follow(document, schema)?;
    let fields = schema.as_object()?;
    let Some(Value::Array(parts)) = fields.get("allOf") else {
        return is_plain_object(fields).then(|| schema.clone());
    };
    // One reference with `nullable` beside it is how 3.0 says "or null": it keeps its type's name.
    if parts.len() == 1 && fields.get("properties").is_none() && fields.get("nullable").is_some() {
        return None;
    }
    let mut own = fields.clone();
    own.remove("allOf");
    if !is_plain_object(&own) {
        return None;
    }
    let mut merged = Map::new();
    let mut properties = Map::new();
    let mut required: Vec<Value> = Vec::new();
    let parts = parts
        .iter()
        .map(|part| flatten(document, part, depth + 1))
        .collect::<Option<Vec<_>>>()?;
    for part in parts.into_iter().chain([Value::Object(own)]) {
        let Value::Object(part) = part else {
            return None;
        };
        for (key, value) in part {
            match (key.as_str(), value) {
                ("properties", Value::Object(new)) => {
                    for (name, property) in new {
                        match properties.get(&name) {
                            Some(old) if *old != property => return None,
                            _ => {
                                properties.insert(name, property);
                            }
                        }
                    }
                }
                ("required", Value::Array(new)) => {
                    for name in new {
                        if !required.contains(&name) {
                            required.push(name);
                        }
                    }
                }
                (_, value) => {
                    merged.insert(key, value);
                }
            }
        }
    }
    merged.insert("type".to_owned(), "object".into());
    merged.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        merged.insert("required".to_owned(), required.into());
    }
    Some(Value::Object(merged))
}

fn is_plain_object(fields: &Map<String, Value>) -> bool {
    fields.get("type").is_none_or(|name| name == "object")
        && fields.keys().all(|key| {
            matches!(
                key.as_str(),
                "type"
                    | "properties"
                    | "required"
                    | "description"
                    | "title"
                    | "example"
                    | "additionalProperties"
                    | "nullable"
                    | "deprecated"
            ) || key.starts_with("x-")
        })
}
