//! Makes the types of responses tolerant: nothing but the vendor's structure is demanded, no pattern, no
//! length, no format, no closed object. Types that only requests use keep their constraints.

use crate::{
    context::Context,
    formats::{DATE_TIME, INTEGER, SECRET, UNIX_TIME},
    problem::Problem,
    references, rust_name, schema,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What a schema of a response keeps.
const KEPT: [&str; 16] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "deprecated",
    "description",
    "enum",
    "format",
    "items",
    "not",
    "nullable",
    "oneOf",
    "properties",
    "required",
    "title",
    "type",
];

pub(crate) fn run(document: &mut Value, _: &Context<'_>) -> Vec<Problem> {
    let request_only = references::request_only(document);
    let identifiers = path_texts(document);
    for root in schema::roots(document) {
        let is_request = request_only.contains(&root)
            || root.contains("/parameters/")
            || root.contains("/requestBody/");
        if let Some(schema) = document.pointer_mut(&root) {
            schema::walk_mut(schema, &root, &mut |_, schema| {
                if let Some(fields) = schema.as_object_mut() {
                    if !is_request {
                        tolerate(fields);
                    } else if identifiers.contains(&root) {
                        // certfleet-http decides what a path can contain.
                        fields.retain(|key, _| matches!(key.as_str(), "type" | "description"));
                    } else {
                        known_format(fields);
                        optional_collections(fields);
                    }
                    plain_date(fields);
                    fields.remove("example");
                    fields.remove("examples");
                    fields.retain(|key, _| !key.starts_with("x-"));
                }
            });
        }
    }
    Vec::new()
}

/// The schemas of path parameters that are texts without named values.
fn path_texts(document: &Value) -> BTreeSet<String> {
    schema::operations(document)
        .flat_map(|at| {
            let pointer = at.pointer();
            schema::parameters(at.operation)
                .enumerate()
                .filter(|(_, parameter)| {
                    parameter["in"] == "path"
                        && parameter["schema"]["type"] == "string"
                        && parameter["schema"].get("enum").is_none()
                })
                .map(move |(index, _)| format!("{pointer}/parameters/{index}/schema"))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Removes the other keywords of a date: beside them typify would not take the type of
/// `certfleet-http` for it.
fn plain_date(fields: &mut Map<String, Value>) {
    let is_date = fields.get("type").is_some_and(|name| name == "string")
        && fields
            .get("format")
            .is_some_and(|format| format == DATE_TIME);
    if is_date {
        fields.retain(|key, _| {
            matches!(
                key.as_str(),
                "type" | "format" | "nullable" | "description" | "deprecated" | "title"
            )
        });
    }
}

/// Drops the formats for which typify would take types of other crates: such a value is a text. Drops
/// named values that are not texts, or that share a name in Rust.
fn known_format(fields: &mut Map<String, Value>) {
    let name = fields.get("type").and_then(Value::as_str);
    let format = fields.get("format").and_then(Value::as_str);
    let is_foreign =
        name == Some("string") && matches!(format, Some("date" | "ip" | "ipv4" | "ipv6" | "uuid"));
    let is_text = name == Some("string");
    // Of other types typify knows no format.
    let has_formats = matches!(name, Some("string" | "integer" | "number"));
    if is_foreign || !has_formats {
        fields.remove("format");
    }
    if !is_text {
        fields.remove("enum");
    }
    let values: Vec<String> = fields
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(rust_name::pascal))
        .collect();
    let distinct: BTreeSet<&String> = values.iter().collect();
    if distinct.len() < values.len() {
        fields.remove("enum");
    }
}

/// Loosens one schema of a response.
fn tolerate(fields: &mut Map<String, Value>) {
    fields.retain(|key, _| KEPT.contains(&key.as_str()));
    let name = fields
        .get("type")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let format = fields
        .get("format")
        .and_then(Value::as_str)
        .map(str::to_owned);
    match (name.as_deref(), format.as_deref()) {
        (Some("string"), Some(DATE_TIME | SECRET))
        | (Some("integer"), Some(UNIX_TIME | INTEGER)) => {}
        (Some("integer"), _) => {
            fields.insert("format".to_owned(), INTEGER.into());
        }
        _ => {
            fields.remove("format");
        }
    }
    // Of named values only strings become open enums; others are plain values of their type.
    if name.as_deref() != Some("string") {
        fields.remove("enum");
    }
    if fields.get("additionalProperties") == Some(&Value::Bool(false)) {
        fields.remove("additionalProperties");
    }
    if name.is_none()
        && fields.get("nullable").is_some()
        && fields.keys().all(|key| {
            matches!(
                key.as_str(),
                "nullable" | "description" | "title" | "deprecated"
            )
        })
    {
        // Anything or null is anything; with `nullable` alone progenitor makes it an array.
        fields.remove("nullable");
    }
    optional_collections(fields);
}

/// Makes optional lists and maps optional in Rust. In a response absent and null are the same, and null would
/// fail the whole answer; in a request an empty list is sent, and is not the same as none.
fn optional_collections(fields: &mut Map<String, Value>) {
    let required = fields
        .get("required")
        .map(schema::texts)
        .unwrap_or_default();
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        for (name, property) in properties {
            let is_collection = matches!(property["type"].as_str(), Some("array" | "object"));
            if is_collection
                && !required.contains(name)
                && let Some(property) = property.as_object_mut()
            {
                property.insert("nullable".to_owned(), true.into());
            }
        }
    }
}
