//! Schemas, each by itself: keywords without a meaning, and contradictions.

use super::finding::Findings;
use crate::{choice, pass::Pass, schema};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Keywords, and the only type that they say something about.
const OF_ONE_TYPE: [(&str, &str); 6] = [
    ("minLength", "string"),
    ("maxLength", "string"),
    ("pattern", "string"),
    ("uniqueItems", "array"),
    ("minItems", "array"),
    ("maxItems", "array"),
];

pub(super) fn check(document: &Value, at: &str, schema: &Value, findings: &mut Findings<'_>) {
    let Some(fields) = schema.as_object() else {
        return;
    };
    if let Some(Value::String(name)) = fields.get("type") {
        keywords(fields, name, at, findings);
    }
    if let Some(Value::Array(parts)) = fields.get("allOf") {
        contradiction(document, at, parts, findings);
        if fields.get("type").is_some_and(|name| name == "object")
            && parts
                .iter()
                .filter_map(|part| schema::follow(document, part))
                .any(|part| part["type"] == "array")
        {
            findings.at(at).report(
                "an object that is made of an array: nothing can be both",
                "correct its type in overlay.yaml",
            );
        }
    }
    overlapping(document, schema, fields, at, findings);
}

/// Alternatives that nothing tells apart. Those of an `anyOf` of objects become one object.
fn overlapping(
    document: &Value,
    schema: &Value,
    fields: &Map<String, Value>,
    at: &str,
    findings: &mut Findings<'_>,
) {
    if let Some(Value::Array(all)) = fields.get("oneOf")
        && choice::tag(document, schema).is_none()
        && let Some((one, other)) = choice::overlap(document, all)
    {
        findings.at(at).mended_by(Pass::Hoist).report(
            format!("a value may be both of the alternatives {one} and {other}"),
            "nothing to do, if the one that describes more of a value is meant; else add a discriminator, or constants, in overlay.yaml",
        );
    }
}

/// Keywords that say nothing about the type of the schema.
fn keywords(fields: &Map<String, Value>, name: &str, at: &str, findings: &mut Findings<'_>) {
    for (keyword, of) in OF_ONE_TYPE {
        if fields.contains_key(keyword) && name != of {
            findings.at(at).mended_by(Pass::TolerateResponses).report(
                format!("{keyword} says nothing about type {name}"),
                "remove it in overlay.yaml",
            );
        }
    }
    if let Some(default) = fields.get("default")
        && !fits(default, name)
        && !(default.is_null() && fields.get("nullable") == Some(&Value::Bool(true)))
    {
        findings
            .at(at)
            .mended_by(Pass::DropMeaninglessKeywords)
            .report(
                format!("the default is not of type {name}"),
                "nothing to do: it is left out",
            );
    }
}

/// Parts of an `allOf` that demand different values of one property.
fn contradiction(document: &Value, at: &str, parts: &[Value], findings: &mut Findings<'_>) {
    let mut demanded: BTreeMap<String, Value> = BTreeMap::new();
    for part in parts {
        let mut found = Vec::new();
        collect(document, part, 0, &mut found);
        for (name, values) in found {
            match demanded.get(&name) {
                Some(first) if !overlap(first, &values) => {
                    findings.at(at).report(
                        format!("no value satisfies it: {name} has to be {first} and {values}"),
                        "name the schema that is meant in overlay.yaml",
                    );
                    return;
                }
                _ => {
                    demanded.insert(name, values);
                }
            }
        }
    }
}

/// The enums of a schema's properties, through `allOf` and references.
fn collect(document: &Value, schema: &Value, depth: usize, found: &mut Vec<(String, Value)>) {
    if depth > 16 {
        return;
    }
    let Some(schema) = schema::follow(document, schema) else {
        return;
    };
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(property) = schema::follow(document, property)
            && property["enum"].is_array()
        {
            found.push((name.clone(), property["enum"].clone()));
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        collect(document, part, depth + 1, found);
    }
}

fn overlap(one: &Value, other: &Value) -> bool {
    match (one.as_array(), other.as_array()) {
        (Some(one), Some(other)) => one.iter().any(|value| other.contains(value)),
        _ => true,
    }
}

fn fits(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}
