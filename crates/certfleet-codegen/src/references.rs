//! References (`$ref`) of a document: finding them, what they lead to, and leading them elsewhere.

use crate::{pointer, schema};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What the reference to a named schema begins with.
pub(crate) const TO_SCHEMAS: &str = "#/components/schemas/";

/// What to do about a reference that leads out of a document.
pub(crate) const RESOLVE: &str = "put what it leads to into the document with overlay.yaml; \
    `generate --from` and `lint` read files beside the document with --resolve";

/// A schema that refers to a named one.
pub(crate) fn to_schema(name: &str) -> Value {
    json!({"$ref": text_to_schema(name)})
}

/// The text of a reference to a named schema.
pub(crate) fn text_to_schema(name: &str) -> String {
    format!("#{}", pointer::to_schema(name))
}

/// Every `$ref` of a value, with the pointer of the schema that holds it. Examples are data, not
/// references.
pub fn all(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(value, "", &mut found);
    found
}

/// The keywords below which are names, which mean nothing.
pub(crate) fn holds_names(keyword: &str) -> bool {
    matches!(
        keyword,
        "properties"
            | "patternProperties"
            | "$defs"
            | "definitions"
            | "dependentSchemas"
            | "schemas"
            | "responses"
            | "headers"
            | "content"
            | "paths"
            | "callbacks"
            | "parameters"
            | "requestBodies"
            | "securitySchemes"
            | "pathItems"
            | "webhooks"
            | "encoding"
            | "links"
    )
}

/// The keywords that hold data.
pub(crate) fn holds_data(keyword: &str) -> bool {
    matches!(
        keyword,
        "example" | "examples" | "default" | "enum" | "const"
    )
}

fn collect(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    collect_below(value, at, false, found);
}

/// `are_names` says that the members of an object are names and not keywords.
fn collect_below(value: &Value, at: &str, are_names: bool, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                found.push((at.to_owned(), reference.clone()));
            }
            if let Some(Value::Object(mapping)) = fields
                .get("discriminator")
                .and_then(|discriminator| discriminator.get("mapping"))
            {
                for (name, reference) in mapping {
                    if let Some(reference) = reference.as_str().filter(|text| text.starts_with('#'))
                    {
                        found.push((
                            format!("{at}/discriminator/mapping/{name}"),
                            reference.to_owned(),
                        ));
                    }
                }
            }
            for (name, field) in fields {
                if are_names || !holds_data(name) {
                    let below = !are_names && holds_names(name);
                    collect_below(field, &pointer::child(at, name), below, found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_below(item, &format!("{at}/{index}"), false, found);
            }
        }
        _ => {}
    }
}

/// The pointers of every component that values lead to, directly or not.
pub fn reachable<'a>(
    document: &'a Value,
    from: impl IntoIterator<Item = &'a Value>,
) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Value> = from.into_iter().collect();
    while let Some(value) = open.pop() {
        for (_, reference) in all(value) {
            let Some(target) = pointer::from_reference(&reference) else {
                continue;
            };
            // A reference into a component needs the whole of it.
            let component = match target.split('/').take(4).collect::<Vec<_>>().as_slice() {
                ["", "components", section, name] => format!("/components/{section}/{name}"),
                _ => target.to_owned(),
            };
            for target in [target.to_owned(), component] {
                if seen.insert(target.clone())
                    && let Some(value) = document.pointer(&target)
                {
                    open.push(value);
                }
            }
        }
    }
    seen
}

/// The pointers of the named schemas that requests lead to and answers do not.
pub(crate) fn request_only(document: &Value) -> BTreeSet<String> {
    let mut requests = Vec::new();
    let mut answers = Vec::new();
    for at in schema::operations(document) {
        requests.extend([&at.operation["parameters"], &at.operation["requestBody"]]);
        answers.push(&at.operation["responses"]);
    }
    let answers = reachable(document, answers);
    reachable(document, requests)
        .into_iter()
        .filter(|name| !answers.contains(name))
        .collect()
}

/// Removes the components that no path leads to.
pub(crate) fn prune(document: &mut Value) {
    let kept = reachable(document, [&document["paths"]]);
    let Some(components) = document
        .get_mut("components")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    for (section, named) in components.iter_mut() {
        if section == "securitySchemes" {
            continue;
        }
        if let Some(named) = named.as_object_mut() {
            named.retain(|name, _| kept.contains(&pointer::join(["components", section, name])));
        }
    }
    components.retain(|_, named| named.as_object().is_none_or(|named| !named.is_empty()));
}

/// Replaces references by others, discriminator mappings included.
pub(crate) fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                match field {
                    Value::String(reference) if key == "$ref" => {
                        if let Some(name) = names.get(reference) {
                            *reference = name.clone();
                        }
                    }
                    Value::Object(mapping)
                        if key == "mapping" && mapping.values().all(Value::is_string) =>
                    {
                        for target in mapping.values_mut() {
                            if let Value::String(reference) = target
                                && let Some(name) = names.get(reference)
                            {
                                *reference = name.clone();
                            }
                        }
                    }
                    _ => rename(field, names),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                rename(item, names);
            }
        }
        _ => {}
    }
}
