//! Whether a value may be two alternatives at once, and nothing of it tells which.

use crate::schema;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many compositions deep an alternative is looked into.
const DEEPEST: usize = 8;

/// The first two alternatives of which a value may be both without one describing more of it.
pub(crate) fn overlap(document: &Value, all: &[Value]) -> Option<(usize, usize)> {
    let kinds: Vec<Kind<'_>> = all
        .iter()
        .map(|alternative| Kind::new(document, alternative))
        .collect();
    kinds.iter().enumerate().find_map(|(one, kind)| {
        kinds
            .iter()
            .enumerate()
            .skip(one + 1)
            .find(|(_, other)| kind.overlaps(other, document, 0))
            .map(|(other, _)| (one, other))
    })
}

/// What is looked at of a schema.
enum Kind<'a> {
    /// Something that is told apart by more than is looked at here.
    Other,
    /// A value of a type: its name, its format and pattern, its values.
    Scalar(&'a str, [&'a Value; 2], Option<&'a [Value]>),
    List(&'a Value),
    Object {
        members: BTreeMap<&'a str, &'a Value>,
        required: BTreeSet<String>,
    },
}

impl<'a> Kind<'a> {
    fn new(document: &'a Value, schema: &'a Value) -> Self {
        let Some(schema) = schema::follow(document, schema) else {
            return Self::Other;
        };
        match schema["type"].as_str() {
            Some("array") => return Self::List(&schema["items"]),
            Some("object") | None => {}
            Some(name) => {
                let constant = schema.get("const").map(std::slice::from_ref);
                let values = constant.or(schema["enum"].as_array().map(Vec::as_slice));
                return Self::Scalar(name, [&schema["format"], &schema["pattern"]], values);
            }
        }
        let mut members = BTreeMap::new();
        let mut required = BTreeSet::new();
        let mut open = vec![(schema, 0)];
        while let Some((part, depth)) = open.pop() {
            let has_other = ["oneOf", "anyOf", "not", "if"]
                .iter()
                .any(|keyword| part.get(*keyword).is_some());
            if has_other || depth > DEEPEST {
                return Self::Other;
            }
            required.extend(schema::texts(&part["required"]));
            for (name, member) in part["properties"].as_object().into_iter().flatten() {
                members.insert(name.as_str(), member);
            }
            for inner in part["allOf"].as_array().into_iter().flatten() {
                match schema::follow(document, inner) {
                    Some(inner) => open.push((inner, depth + 1)),
                    None => return Self::Other,
                }
            }
        }
        if members.is_empty() && required.is_empty() {
            return Self::Other;
        }
        Self::Object { members, required }
    }

    fn overlaps(&self, other: &Self, document: &Value, depth: usize) -> bool {
        match (self, other) {
            (Self::Scalar(name, format, values), Self::Scalar(other, other_format, others)) => {
                match (values, others) {
                    (Some(values), Some(others)) => {
                        values.iter().any(|value| others.contains(value))
                    }
                    (None, None) => name == other && format == other_format,
                    // A named value is more than any text.
                    _ => false,
                }
            }
            (Self::List(items), Self::List(others)) => {
                depth < DEEPEST
                    && Kind::new(document, items).overlaps(
                        &Kind::new(document, others),
                        document,
                        depth + 1,
                    )
            }
            (
                Self::Object { members, required },
                Self::Object {
                    members: others,
                    required: demanded,
                },
            ) => required.union(demanded).all(|name| {
                match (members.get(name.as_str()), others.get(name.as_str())) {
                    (Some(one), Some(other)) => {
                        one == other || depth >= DEEPEST || {
                            let (one, other) =
                                (Kind::new(document, one), Kind::new(document, other));
                            one.overlaps(&other, document, depth + 1)
                        }
                    }
                    _ => false,
                }
            }),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pairs() {
        let object = |members: Value, required: Value| json!({"type": "object", "properties": members, "required": required});
        let text = || json!({"type": "string"});
        for (one, other, expected) in [
            (text(), text(), true),
            (text(), json!({"type": "string", "enum": ["a"]}), false),
            (text(), json!({"type": "string", "format": "uuid"}), false),
            (json!({"type": "integer"}), json!({"type": "number"}), false),
            (
                json!({"type": "array", "items": text()}),
                json!({"type": "array", "items": {"type": "integer"}}),
                false,
            ),
            (
                object(json!({"kind": text(), "a": text()}), json!(["kind"])),
                object(json!({"kind": text(), "b": text()}), json!(["kind"])),
                true,
            ),
            (
                object(json!({"kind": text(), "a": text()}), json!(["kind", "a"])),
                object(json!({"kind": text(), "b": text()}), json!(["kind"])),
                false,
            ),
            (
                object(
                    json!({"kind": {"type": "string", "enum": ["a"]}}),
                    json!(["kind"]),
                ),
                object(
                    json!({"kind": {"type": "string", "enum": ["b"]}}),
                    json!(["kind"]),
                ),
                false,
            ),
            (
                object(json!({"a": text()}), json!([])),
                object(json!({"b": text()}), json!([])),
                true,
            ),
        ] {
            let found = overlap(&json!({}), &[one.clone(), other.clone()]).is_some();
            assert_eq!(found, expected, "{one} {other}");
        }
    }
}
