//! Makes answers tolerant and secrets safe. Types that only requests use keep their constraints; in
//! answers nothing but the vendor's structure is demanded: no pattern, no length, no format, no
//! closed object.

use crate::{pipeline::Context, pointer, problem::Problem, schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The format of a string that must not be shown.
pub(crate) const SECRET: &str = "x-secret";
/// The format of a date as text.
pub(crate) const DATE_TIME: &str = "date-time";
/// The format of a date as seconds.
pub(crate) const UNIX_TIME: &str = "unixtime";
/// The format of a whole number in an answer.
pub(crate) const INTEGER: &str = "x-integer";

/// What a schema of an answer keeps.
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

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let request_only = request_only(document);
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
                        // What may stand in a path is decided in one place, by certfleet-http.
                        fields.retain(|key, _| matches!(key.as_str(), "type" | "description"));
                    } else {
                        known_format(fields);
                    }
                    plain_date(fields);
                    fields.remove("example");
                    fields.remove("examples");
                    fields.retain(|key, _| !key.starts_with("x-"));
                }
            });
        }
    }
    schema::walk_all_mut(document, &mut |_, schema| hide(schema, context));
    Vec::new()
}

/// The named schemas that requests lead to and answers do not.
pub(crate) fn request_only(document: &Value) -> BTreeSet<String> {
    let mut requests = Vec::new();
    let mut answers = Vec::new();
    for at in schema::operations(document) {
        requests.extend([&at.operation["parameters"], &at.operation["requestBody"]]);
        answers.push(&at.operation["responses"]);
    }
    let answers = schema::reachable(document, answers);
    schema::reachable(document, requests)
        .into_iter()
        .filter(|name| !answers.contains(name))
        .collect()
}

/// The schemas of path parameters that are texts without named values.
fn path_texts(document: &Value) -> BTreeSet<String> {
    schema::operations(document)
        .flat_map(|at| {
            let pointer = at.pointer();
            at.operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
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

/// Leaves of a date nothing but that it is one: beside other keywords typify would not take our type
/// for it.
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

/// Drops the formats for which typify would take types of other crates: such a value is a text.
/// Named values other than texts are that, too.
fn known_format(fields: &mut Map<String, Value>) {
    let name = fields.get("type").and_then(Value::as_str);
    let format = fields.get("format").and_then(Value::as_str);
    let is_foreign =
        name == Some("string") && matches!(format, Some("date" | "ip" | "ipv4" | "ipv6" | "uuid"));
    let is_text = name == Some("string");
    if is_foreign {
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
        .filter_map(|value| value.as_str().map(crate::emit::enums::variant))
        .collect();
    let distinct: BTreeSet<&String> = values.iter().collect();
    if distinct.len() < values.len() {
        fields.remove("enum");
    }
}

/// Loosens one schema of an answer.
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
    let required: Vec<Value> = match fields.get("required") {
        Some(Value::Array(required)) => required.clone(),
        _ => Vec::new(),
    };
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        for (name, property) in properties {
            let is_collection = matches!(property["type"].as_str(), Some("array" | "object"));
            if is_collection
                && !required.contains(&Value::from(name.as_str()))
                && let Some(property) = property.as_object_mut()
            {
                // Absent and null are the same; without this, null would fail the whole answer.
                property.insert("nullable".to_owned(), true.into());
            }
        }
    }
}

/// Gives secret properties their own type.
fn hide(schema: &mut Value, context: &Context<'_>) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    let secrets = &context.provider.secrets;
    for (name, property) in properties {
        if (secrets.request.contains(name) || secrets.response.contains(name))
            && property["type"] == "string"
        {
            let mut secret = json!({"type": "string", "format": SECRET});
            for key in ["description", "nullable"] {
                if let (Some(value), Some(secret)) = (property.get(key), secret.as_object_mut()) {
                    secret.insert(key.to_owned(), value.clone());
                }
            }
            *property = secret;
        }
    }
}

/// Removes named scalars that nothing refers to any more.
pub(crate) fn drop_unused_scalars(document: &mut Value) {
    let mut found = Vec::new();
    schema::references(document, "", &mut found);
    let used: BTreeSet<String> = found.into_iter().map(|(_, reference)| reference).collect();
    if let Some(schemas) = schema::schemas_mut(document) {
        schemas.retain(|name, schema| {
            !super::compose::is_scalar(schema)
                || used.contains(&format!(
                    "#{}",
                    pointer::of(["components", "schemas", name])
                ))
        });
    }
}
