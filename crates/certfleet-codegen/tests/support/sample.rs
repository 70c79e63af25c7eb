//! A value that a lowered schema accepts.

use serde_json::{Map, Value, json};

/// Where optional members are left out, so that recursive types end.
const DEEPEST: usize = 4;

/// Texts of which one should satisfy any pattern and length of the tests.
const TEXTS: [&str; 4] = ["text", "abc", "A1", "2026-01-02"];

/// A value of a schema.
pub(crate) fn value(document: &Value, schema: &Value) -> Value {
    at(document, schema, 0)
}

fn at(document: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document
            .pointer(reference.trim_start_matches('#'))
            .expect("a reference that leads somewhere");
        return at(document, target, depth + 1);
    }
    for keyword in ["allOf", "oneOf", "anyOf"] {
        if let Some(first) = schema[keyword].as_array().and_then(|parts| parts.first()) {
            return at(document, first, depth + 1);
        }
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("string") => text(schema).into(),
        Some("integer") => schema["minimum"]
            .as_i64()
            .map_or(3, |least| least.max(3))
            .into(),
        Some("number") => json!(1.5),
        Some("boolean") => true.into(),
        Some("array") => {
            if depth > DEEPEST {
                json!([])
            } else {
                json!([at(document, &schema["items"], depth + 1)])
            }
        }
        Some("object") => object(document, schema, depth),
        _ if schema["properties"].is_object() => object(document, schema, depth),
        _ => "any".into(),
    }
}

fn text(schema: &Value) -> String {
    match schema["format"].as_str() {
        Some("uuid") => return "67e55044-10b1-426f-9247-bb680e5fe0c8".to_owned(),
        Some("date-time") => return "2026-01-02T03:04:05Z".to_owned(),
        _ => {}
    }
    let most = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
    let pattern = schema["pattern"]
        .as_str()
        .map(|pattern| regress::Regex::new(pattern).expect("a pattern that was kept"));
    TEXTS
        .into_iter()
        .find(|text| {
            text.len() as u64 <= most
                && pattern
                    .as_ref()
                    .is_none_or(|pattern| pattern.find(text).is_some())
        })
        .expect("a text for the pattern")
        .to_owned()
}

fn object(document: &Value, schema: &Value, depth: usize) -> Value {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut members = Map::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if depth <= DEEPEST || required.contains(&json!(name)) {
            members.insert(name.clone(), at(document, property, depth + 1));
        }
    }
    let rest = &schema["additionalProperties"];
    if (rest.is_object() || *rest == true) && members.is_empty() && depth <= DEEPEST {
        members.insert("key".to_owned(), at(document, rest, depth + 1));
    }
    Value::Object(members)
}
