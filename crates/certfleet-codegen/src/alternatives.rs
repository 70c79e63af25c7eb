//! The alternatives of a schema, reduced to those that say something.

use crate::{choice, discriminator::DISCRIMINATOR, extensions::TITLE, merge};
use serde_json::{Map, Value, json};

/// Keywords that say nothing of values.
pub(crate) const ANNOTATIONS: [&str; 9] = [
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "nullable",
    "readOnly",
    "title",
    "writeOnly",
];

/// Leaves one of `oneOf` and `anyOf`, without repetitions and without null among them.
pub(crate) fn reduce(document: &Value, fields: &mut Map<String, Value>) {
    if fields.contains_key("oneOf") && fields.contains_key("anyOf") {
        fields.remove("anyOf");
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(Value::Array(all)) = fields.remove(keyword) else {
            continue;
        };
        let mut kept: Vec<Value> = Vec::new();
        let mut is_any = false;
        let mut is_nullable = false;
        for alternative in all {
            let only_null = alternative.as_object().is_some_and(|fields| {
                fields.get("nullable") == Some(&Value::Bool(true))
                    && fields.keys().all(|key| ANNOTATIONS.contains(&key.as_str()))
            });
            let mut alternative = alternative;
            if !only_null
                && let Some(fields) = alternative.as_object_mut()
                && !fields.contains_key("allOf")
                && fields.remove("nullable") == Some(Value::Bool(true))
            {
                is_nullable = true;
            }
            if only_null {
                is_nullable = true;
            } else if is_anything(&alternative) {
                is_any = true;
            } else if !kept.contains(&alternative) {
                kept.push(alternative);
            }
        }
        if is_nullable {
            fields.insert("nullable".to_owned(), true.into());
        }
        if is_any {
            fields.remove(DISCRIMINATOR);
            continue;
        }
        if kept.len() > 1 {
            // A value may satisfy several objects, unless a tag tells them apart: it is one with the
            // members of all. Of others the one that fits is taken.
            let mut own = fields.clone();
            own.insert("oneOf".to_owned(), kept.clone().into());
            let is_told = choice::tag(document, &Value::Object(own)).is_some();
            if keyword == "anyOf"
                && !is_told
                && let Some(mut object) = merge::alternatives(document, fields, &kept)
            {
                object.remove(DISCRIMINATOR);
                *fields = object;
            } else {
                fields.insert("oneOf".to_owned(), kept.into());
            }
        } else if let Some(mut only) = kept.pop() {
            fields.remove(DISCRIMINATOR);
            if let Some(only) = only.as_object_mut() {
                only.remove(TITLE);
            }
            let parts = fields.entry("allOf").or_insert_with(|| json!([]));
            if let Some(parts) = parts.as_array_mut() {
                parts.push(only);
            }
        }
    }
}

/// Whether a schema accepts anything.
pub(crate) fn is_anything(schema: &Value) -> bool {
    schema.as_object().is_some_and(|fields| {
        fields
            .keys()
            .all(|key| ANNOTATIONS.contains(&key.as_str()) || key.starts_with("x-"))
    })
}
