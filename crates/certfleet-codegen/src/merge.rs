//! Merges objects that a value satisfies at once into one. Where two describe one member differently, the
//! more specific description counts, then the later: a value satisfies both, so either accepts it.

use crate::schema;
use serde_json::{Map, Value, json};

/// How many compositions deep a part is followed.
const DEEPEST: usize = 16;

/// One object for the parts of an `allOf` and the keywords beside it; `None` if a part is not an
/// object.
pub(crate) fn objects(
    document: &Value,
    own: &Map<String, Value>,
    parts: &[Value],
) -> Option<Map<String, Value>> {
    let mut merged = Map::new();
    for part in parts {
        add(document, part, &mut merged, true, 0)?;
    }
    add(document, &Value::Object(own.clone()), &mut merged, true, 0)?;
    for (key, value) in own {
        if matches!(key.as_str(), "description" | "nullable" | "title") || key.starts_with("x-") {
            merged.insert(key.clone(), value.clone());
        }
    }
    merged.insert("type".to_owned(), "object".into());
    Some(merged)
}

/// One object with the members of all alternatives; `None` if one is not an object with members.
pub(crate) fn alternatives(
    document: &Value,
    own: &Map<String, Value>,
    alternatives: &[Value],
) -> Option<Map<String, Value>> {
    let mut merged = own.clone();
    merged.remove("required");
    for alternative in alternatives {
        let before = merged.clone();
        add(document, alternative, &mut merged, false, 0)?;
        let plain = schema::follow(document, alternative)?;
        let has_members = ["properties", "allOf", "anyOf", "oneOf"]
            .iter()
            .any(|keyword| plain.get(*keyword).is_some());
        if !has_members && before == merged {
            return None;
        }
    }
    if let Some(required) = own.get("required") {
        merged.insert("required".to_owned(), required.clone());
    }
    merged.insert("type".to_owned(), "object".into());
    Some(merged)
}

/// Adds an alternative's members to an object, none of them required.
pub(crate) fn adopt(document: &Value, alternative: &Value, own: &mut Map<String, Value>) {
    // Anything but an object has no members to add.
    let _ = add(document, alternative, own, false, 0);
}

/// Adds the members of a part; `None` if it is not an object.
fn add(
    document: &Value,
    part: &Value,
    merged: &mut Map<String, Value>,
    is_demanded: bool,
    depth: usize,
) -> Option<()> {
    if depth > DEEPEST {
        return None;
    }
    let part = schema::follow(document, part)?;
    if part.get("type").is_some_and(|name| name != "object") || part.get("enum").is_some() {
        return None;
    }
    for inner in part["allOf"].as_array().into_iter().flatten() {
        add(document, inner, merged, is_demanded, depth + 1)?;
    }
    for keyword in ["oneOf", "anyOf"] {
        for inner in part[keyword].as_array().into_iter().flatten() {
            add(document, inner, merged, false, depth + 1)?;
        }
    }
    for (name, property) in part["properties"].as_object().into_iter().flatten() {
        let properties = merged
            .entry("properties")
            .or_insert_with(|| json!({}))
            .as_object_mut()?;
        let chosen = match properties.get(name) {
            // Of alternatives only one holds: what both accept is not known.
            Some(old) if !is_demanded && old != property => match (&old["type"], &property["type"])
            {
                (Value::String(one), Value::String(other))
                    if one == other && !matches!(one.as_str(), "array" | "object") =>
                {
                    json!({"type": one})
                }
                _ => json!({}),
            },
            Some(old) if weight(property) < weight(old) => old.clone(),
            _ => property.clone(),
        };
        properties.insert(name.clone(), chosen);
    }
    if is_demanded {
        for name in part["required"].as_array().into_iter().flatten() {
            let required = merged
                .entry("required")
                .or_insert_with(|| json!([]))
                .as_array_mut()?;
            if !required.contains(name) {
                required.push(name.clone());
            }
        }
        if let Some(rest) = part.get("additionalProperties")
            && rest != false
        {
            merged.insert("additionalProperties".to_owned(), rest.clone());
        }
    }
    Some(())
}

/// How specific a schema is: without a type, with a type, or with a structure.
fn weight(schema: &Value) -> u8 {
    let has = |keyword: &str| schema.get(keyword).is_some();
    if [
        "$ref",
        "properties",
        "items",
        "allOf",
        "anyOf",
        "oneOf",
        "enum",
    ]
    .into_iter()
    .any(has)
    {
        2
    } else {
        u8::from(has("type"))
    }
}
