//! Brings compositions into a form that progenitor types correctly. A schema accepts at least what it
//! accepted before: if the parts of a composition cannot be one Rust type, it becomes an object with the
//! members of all, or any value.

use crate::{
    alternatives::{self, ANNOTATIONS, is_anything},
    choice,
    context::Context,
    discriminator::DISCRIMINATOR,
    merge,
    problem::Problem,
    references, rust_name, schema,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let whole = document.clone();
    schema::walk_all_mut(document, &mut |at, schema| {
        if let Some(fields) = schema.as_object_mut() {
            fields.remove("not");
            values(fields);
            alternatives::reduce(&whole, fields);
            parts(&whole, fields, at, context);
            beside(&whole, fields);
            untyped(fields);
            members(fields, at, context);
        }
    });
    nullable_names(document);
    Vec::new()
}

/// Moves null from a named schema to the references to it. progenitor would need a second name for the
/// schema without null.
fn nullable_names(document: &mut Value) {
    let mut nullable = BTreeSet::new();
    if let Some(schemas) = schema::schemas_mut(document) {
        for (name, schema) in schemas.iter_mut() {
            if let Some(fields) = schema.as_object_mut()
                && fields.remove("nullable") == Some(Value::Bool(true))
            {
                nullable.insert(references::text_to_schema(name));
                // Without null, the reference is left.
                if let Some(Value::Array(parts)) = fields.get("allOf")
                    && let [only] = parts.as_slice()
                    && only.get("$ref").is_some()
                {
                    *schema = only.clone();
                }
            }
        }
    }
    if nullable.is_empty() {
        return;
    }
    schema::walk_all_mut(document, &mut |at, schema| {
        let is_whole = at.rsplit('/').nth(1).is_none_or(|step| step != "allOf");
        if is_whole
            && at.matches('/').count() > 3
            && let Some(reference) = schema["$ref"].as_str()
            && nullable.contains(reference)
        {
            *schema = json!({"nullable": true, "allOf": [{"$ref": reference}]});
        }
    });
    // A list of alternatives with null among them is that list, or null.
    schema::walk_all_mut(document, &mut |_, schema| {
        let Some(fields) = schema.as_object_mut() else {
            return;
        };
        for keyword in ["oneOf", "anyOf"] {
            let mut is_nullable = false;
            for one in fields
                .get_mut(keyword)
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                if one["nullable"] == true
                    && let Some(reference) = one["allOf"][0].get("$ref").cloned()
                {
                    is_nullable = true;
                    *one = json!({"$ref": reference});
                }
            }
            if is_nullable {
                fields.insert("nullable".to_owned(), true.into());
            }
        }
    });
}

/// Makes named values those of one type, without null among them.
fn values(fields: &mut Map<String, Value>) {
    let Some(Value::Array(values)) = fields.get_mut("enum") else {
        return;
    };
    let before = values.len();
    values.retain(|value| !value.is_null());
    let had_null = values.len() < before;
    let mut seen = BTreeSet::new();
    values.retain(|value| seen.insert(value.to_string()));
    let all_texts = values.iter().all(Value::is_string);
    let is_empty = values.is_empty();
    if had_null {
        fields.insert("nullable".to_owned(), true.into());
    }
    let is_text = match fields.get("type") {
        None if all_texts && !is_empty => {
            fields.insert("type".to_owned(), "string".into());
            true
        }
        name => name.is_some_and(|name| name == "string"),
    };
    if is_empty || (is_text && !all_texts) || (!is_text && !fields.contains_key("type")) {
        fields.remove("enum");
    }
}

/// `allOf` of which one part decides.
fn parts(document: &Value, fields: &mut Map<String, Value>, at: &str, context: &Context<'_>) {
    let Some(Value::Array(parts)) = fields.remove("allOf") else {
        return;
    };
    let mut kept: Vec<Value> = Vec::new();
    for part in parts {
        if is_anything(&part) {
            if part["nullable"] == true {
                fields.insert("nullable".to_owned(), true.into());
            }
        } else if !kept.contains(&part) {
            kept.push(part);
        }
    }
    if kept.is_empty() {
        return;
    }
    let is_alone = fields
        .keys()
        .all(|key| ANNOTATIONS.contains(&key.as_str()) || key.starts_with("x-") || key == "type");
    if let [only] = kept.as_slice()
        && is_alone
    {
        return one_part(fields, only);
    }
    if let Some(object) = merge::objects(document, fields, &kept) {
        *fields = object;
        return;
    }
    // A type of its own decides; so does one that all parts share.
    let types: BTreeSet<String> = kept
        .iter()
        .filter_map(|part| schema::follow(document, part))
        .filter_map(|part| part["type"].as_str().map(str::to_owned))
        .collect();
    let own = fields
        .get("type")
        .and_then(Value::as_str)
        .map(str::to_owned);
    match (own.as_deref(), types.iter().next()) {
        (Some(name), _) if name != "object" => {}
        (_, Some(name)) if types.len() == 1 && name != "object" => {
            let first = kept
                .iter()
                .filter_map(|part| schema::follow(document, part))
                .find(|part| part["type"] == name.as_str())
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default();
            for (key, value) in first {
                fields.entry(key).or_insert(value);
            }
        }
        _ => {
            context.note(
                "",
                at,
                "the parts of this allOf do not make one Rust type: any value is accepted and kept",
            );
            fields.retain(|key, _| key == "description");
        }
    }
}

/// An `allOf` of one part, beside which nothing but annotations stands: that part.
fn one_part(fields: &mut Map<String, Value>, only: &Value) {
    if let Some(reference) = only.get("$ref") {
        if fields.get("nullable") == Some(&Value::Bool(true)) {
            fields.remove("type");
            fields.remove("default");
            fields.insert("allOf".to_owned(), json!([only]));
        } else {
            fields.clear();
            fields.insert("$ref".to_owned(), reference.clone());
        }
    } else if let Some(only) = only.as_object() {
        for (key, value) in only {
            fields.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
}

/// Leaves the more specific of a type and the alternatives beside it.
fn beside(document: &Value, fields: &mut Map<String, Value>) {
    let Some(keyword) = ["oneOf", "anyOf"]
        .into_iter()
        .find(|keyword| fields.contains_key(*keyword))
    else {
        return;
    };
    let own = fields.get("properties").and_then(Value::as_object);
    // What every alternative repeats says nothing.
    let is_repeated = own.is_some_and(|own| {
        fields
            .get(keyword)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .all(|alternative| {
                let members = choice::members(document, alternative, 0);
                own.keys().all(|name| members.contains(name))
            })
    });
    if is_repeated {
        fields.remove("properties");
    }
    let has_members = fields.contains_key("properties")
        || fields
            .get("additionalProperties")
            .is_some_and(Value::is_object);
    match fields.get("type").and_then(Value::as_str) {
        _ if has_members => {
            let mut own = fields.clone();
            own.remove(DISCRIMINATOR);
            let alternatives = own.remove(keyword);
            if let Some(Value::Array(alternatives)) = alternatives {
                for alternative in alternatives {
                    merge::adopt(document, &alternative, &mut own);
                }
            }
            own.insert("type".to_owned(), "object".into());
            *fields = own;
        }
        Some("object") | None => {
            for key in [
                "type",
                "required",
                "additionalProperties",
                "enum",
                "format",
                "items",
            ] {
                fields.remove(key);
            }
        }
        Some(_) => {
            fields.remove(keyword);
        }
    }
}

/// Without a type and without structure, a schema accepts anything: progenitor would read an array
/// into `nullable` with a length.
fn untyped(fields: &mut Map<String, Value>) {
    let says_something = [
        "type",
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "enum",
        "properties",
        "items",
        "additionalProperties",
        "required",
    ]
    .iter()
    .any(|keyword| fields.contains_key(*keyword));
    if !says_something {
        fields.retain(|key, _| {
            matches!(key.as_str(), "description" | "title" | "nullable") || key.starts_with("x-")
        });
        return;
    }
    if !fields.contains_key("type") {
        if fields.contains_key("items") && !fields.contains_key("properties") {
            fields.insert("type".to_owned(), "array".into());
        } else if fields.contains_key("required")
            && !fields.contains_key("properties")
            && !["$ref", "allOf", "anyOf", "oneOf"]
                .iter()
                .any(|key| fields.contains_key(*key))
        {
            fields.insert("type".to_owned(), "object".into());
        }
    }
}

/// Members whose names are the same in Rust: the optional ones are left out, as they are in what is
/// kept of the answer; where one is required, the object is a map.
fn members(fields: &mut Map<String, Value>, at: &str, context: &Context<'_>) {
    let required = fields
        .get("required")
        .map(schema::texts)
        .unwrap_or_default();
    let Some(Value::Object(properties)) = fields.get_mut("properties") else {
        return;
    };
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut names: Vec<String> = properties.keys().cloned().collect();
    names.sort_by_key(|name| {
        (
            !required.contains(name),
            rust_name::snake(name) != *name,
            name.clone(),
        )
    });
    for name in names {
        if taken.insert(rust_name::snake(&name)) {
            continue;
        }
        let is_required = required.contains(&name);
        context.note(
            "",
            at,
            if is_required {
                format!(
                    "{name} and another required member have one name in Rust: the object is a map"
                )
            } else {
                format!("the optional member {name} is left out: another has the same name in Rust")
            },
        );
        if is_required {
            fields.remove("properties");
            fields.remove("required");
            fields.insert("additionalProperties".to_owned(), json!({}));
            return;
        }
        properties.remove(&name);
    }
}
