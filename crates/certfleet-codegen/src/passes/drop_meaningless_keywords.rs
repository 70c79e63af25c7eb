//! Drops keywords whose value has no meaning: a `required` that is not a list, a `pattern` that is not a
//! regular expression, a `minimum` above the `maximum`. A schema without them accepts more, never less. A
//! `default` means nothing to a client, which sends what was set.

use crate::{
    context::Context,
    discriminator::{self, DISCRIMINATOR},
    extensions::TITLE,
    problem::Problem,
    schema,
};
use serde_json::{Map, Value, json};

/// Keywords, and whether a value can be what they mean.
type Expected = (&'static [&'static str], fn(&Value) -> bool);

/// Keywords and what their values have to be.
const EXPECTED: [Expected; 8] = [
    (&["allOf", "anyOf", "oneOf"], is_schemas),
    (&["enum"], |value| {
        value.as_array().is_some_and(|values| !values.is_empty())
    }),
    (
        &[
            "deprecated",
            "nullable",
            "readOnly",
            "uniqueItems",
            "writeOnly",
        ],
        Value::is_boolean,
    ),
    (&["format", "pattern", "title"], Value::is_string),
    (&["required"], |value| {
        value
            .as_array()
            .is_some_and(|names| names.iter().all(Value::is_string))
    }),
    (&["properties"], |value| {
        value
            .as_object()
            .is_some_and(|properties| properties.values().all(is_schema))
    }),
    (
        &[
            "maxItems",
            "maxLength",
            "maxProperties",
            "minItems",
            "minLength",
            "minProperties",
        ],
        |value| {
            value
                .as_u64()
                .is_some_and(|bound| bound <= u64::from(u32::MAX))
        },
    ),
    (&["maximum", "minimum", "multipleOf"], Value::is_number),
];

/// The types that a schema can have.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

pub(crate) fn run(document: &mut Value, _: &Context<'_>) -> Vec<Problem> {
    schema::walk_all_mut(document, &mut |at, schema| {
        if let Some(fields) = schema.as_object_mut() {
            plain(fields);
            // A name inside a schema becomes the name of a type, and vendors give one to many.
            if (!at.starts_with("/components/schemas/") || at.matches('/').count() > 3)
                && let Some(title) = fields.remove("title")
                && is_alternative(at)
            {
                fields.insert(TITLE.to_owned(), title);
            }
        }
    });
    for (_, _, operation) in schema::operations_mut(document) {
        texts(operation);
        if let Some(parameters) = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
        {
            for parameter in parameters {
                texts(parameter);
            }
        }
    }
    Vec::new()
}

/// Whether a pointer is that of an alternative.
fn is_alternative(at: &str) -> bool {
    let mut steps = at.rsplit('/').skip(1);
    let is_listed = matches!(steps.next(), Some("oneOf" | "anyOf"));
    is_listed && steps.next() != Some("properties")
}

/// Texts are texts: YAML makes numbers, dates and truth values of some.
fn texts(value: &mut Value) {
    let Some(fields) = value.as_object_mut() else {
        return;
    };
    for key in ["description", "summary"] {
        match fields.get(key) {
            None | Some(Value::String(_)) => {}
            Some(Value::Null | Value::Array(_) | Value::Object(_)) => {
                fields.remove(key);
            }
            Some(other) => {
                let text = other.to_string();
                fields.insert(key.to_owned(), text.into());
            }
        }
    }
    if fields
        .get("deprecated")
        .is_some_and(|flag| !flag.is_boolean())
    {
        fields.remove("deprecated");
    }
}

fn plain(fields: &mut Map<String, Value>) {
    for (keywords, is_meant) in EXPECTED {
        for keyword in keywords {
            if fields.get(*keyword).is_some_and(|value| !is_meant(value)) {
                fields.remove(*keyword);
            }
        }
    }
    // What the server does without a value is its business: a client that sent a default would change what its
    // caller did not mean to change.
    for keyword in ["default", "externalDocs", "xml"] {
        fields.remove(keyword);
    }
    if !discriminator::has_alternatives(fields) {
        fields.remove(DISCRIMINATOR);
    }
    if fields
        .get("description")
        .is_some_and(|text| !text.is_string())
    {
        fields.remove("description");
    }
    if fields
        .get("type")
        .is_some_and(|name| !name.as_str().is_some_and(|name| TYPES.contains(&name)))
    {
        fields.remove("type");
    }
    match fields.get("items") {
        None if fields.get("type").is_some_and(|name| name == "array") => {
            fields.insert("items".to_owned(), json!({}));
        }
        // A list of schemas is a tuple: an array of anything accepts it.
        Some(items) if !is_schema(items) => {
            fields.insert("items".to_owned(), json!({}));
        }
        _ => {}
    }
    if fields
        .get("additionalProperties")
        .is_some_and(|rest| !rest.is_boolean() && !is_schema(rest))
    {
        fields.remove("additionalProperties");
    }
    bounds(fields);
    if let Some(Value::String(pattern)) = fields.get("pattern")
        && regress::Regex::new(pattern).is_err()
    {
        fields.remove("pattern");
    }
}

fn bounds(fields: &mut Map<String, Value>) {
    for (least, most) in [
        ("minimum", "maximum"),
        ("minItems", "maxItems"),
        ("minLength", "maxLength"),
    ] {
        let bound = |keyword: &str| fields.get(keyword).and_then(Value::as_f64);
        let (least_value, most_value) = (bound(least), bound(most));
        let is_empty =
            matches!((least_value, most_value), (Some(least), Some(most)) if least > most);
        // An array of a fixed length would be a Rust array, which has fewer implementations.
        let is_fixed = least == "minItems" && least_value.is_some() && least_value == most_value;
        if is_empty || is_fixed {
            fields.remove(least);
            fields.remove(most);
        }
    }
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if !fields.contains_key(bound)
            || fields.get(exclusive).is_some_and(|flag| !flag.is_boolean())
        {
            fields.remove(exclusive);
        }
    }
    let is_beyond = |fields: &Map<String, Value>, most: f64| {
        ["minimum", "maximum"].iter().any(|keyword| {
            fields
                .get(*keyword)
                .and_then(Value::as_f64)
                .is_some_and(|bound| bound.abs() > most)
        })
    };
    if fields.get("type").is_some_and(|name| name == "integer") {
        if is_beyond(fields, 9e18) {
            fields.remove("minimum");
            fields.remove("maximum");
        }
        if fields.get("format").is_some_and(|format| format == "int32")
            && is_beyond(fields, f64::from(i32::MAX))
        {
            fields.remove("format");
        }
    }
}

fn is_schema(value: &Value) -> bool {
    value.is_object()
}

fn is_schemas(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|schemas| !schemas.is_empty() && schemas.iter().all(is_schema))
}
