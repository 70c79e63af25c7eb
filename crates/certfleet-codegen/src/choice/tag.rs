//! The member that tells alternatives apart: the one that the vendor's discriminator names, or one that is a
//! different constant in each of them.

use crate::{discriminator::DISCRIMINATOR, schema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many compositions deep constants are looked for.
const DEEPEST: usize = 8;

/// The alternatives of a choice.
pub(crate) fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    schema["oneOf"].as_array().filter(|all| all.len() > 1)
}

/// Whether a schema, or what it refers to, has alternatives.
fn is_choice(document: &Value, schema: &Value) -> bool {
    schema::follow(document, schema).is_some_and(|schema| alternatives(schema).is_some())
}

/// A member whose value names an alternative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Its name.
    pub(crate) member: String,
    /// Its values, each with the positions of the alternatives that it names.
    pub(crate) values: BTreeMap<String, Vec<usize>>,
}

impl Tag {
    /// The value of an alternative, if it has one value.
    pub(crate) fn value_of(&self, index: usize) -> Option<&str> {
        let mut values = self
            .values
            .iter()
            .filter(|(_, indices)| indices.contains(&index));
        match (values.next(), values.next()) {
            (Some((value, _)), None) => Some(value),
            _ => None,
        }
    }
}

/// The tag of a schema with alternatives.
pub(crate) fn tag(document: &Value, schema: &Value) -> Option<Tag> {
    let all = alternatives(schema).or_else(|| schema["anyOf"].as_array())?;
    stated(document, &schema[DISCRIMINATOR], all).or_else(|| inferred(document, all))
}

/// The tag that a discriminator states.
fn stated(document: &Value, discriminator: &Value, all: &[Value]) -> Option<Tag> {
    let member = discriminator["propertyName"].as_str()?;
    let mut values: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (value, target) in discriminator["mapping"].as_object().into_iter().flatten() {
        let named = positions(all, |alternative| alternative["$ref"] == *target);
        if !named.is_empty() {
            values.insert(value.clone(), named);
        }
    }
    // What the alternatives say of themselves counts where the mapping says nothing.
    let mapped: BTreeSet<String> = values.keys().cloned().collect();
    for (index, alternative) in all.iter().enumerate() {
        for value in constants(document, alternative, member, 0).unwrap_or_default() {
            if !mapped.contains(&value) {
                values.entry(value).or_default().push(index);
            }
        }
    }
    (!values.is_empty()).then(|| Tag {
        member: member.to_owned(),
        values,
    })
}

fn positions(all: &[Value], is_meant: impl Fn(&Value) -> bool) -> Vec<usize> {
    all.iter()
        .enumerate()
        .filter(|(_, alternative)| is_meant(alternative))
        .map(|(index, _)| index)
        .collect()
}

/// A member that is one constant in each alternative, and another one in every other. One that every
/// alternative demands is taken before others.
fn inferred(document: &Value, all: &[Value]) -> Option<Tag> {
    let first = members(document, all.first()?, 0);
    let mut found: Vec<(bool, Tag)> = Vec::new();
    for member in first {
        let mut values: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut is_told = true;
        for (index, alternative) in all.iter().enumerate() {
            match constants(document, alternative, &member, 0) {
                Some(own) if own.len() == 1 || is_choice(document, alternative) => {
                    for value in own {
                        is_told &= values.insert(value, vec![index]).is_none();
                    }
                }
                _ => is_told = false,
            }
        }
        if is_told {
            let is_demanded = all
                .iter()
                .all(|alternative| demands(document, alternative, &member));
            found.push((!is_demanded, Tag { member, values }));
        }
    }
    found.sort_by_key(|(is_optional, _)| *is_optional);
    found.into_iter().next().map(|(_, tag)| tag)
}

/// The parts of an object: itself, and those of its `allOf`.
fn parts<'a>(document: &'a Value, schema: &'a Value, depth: usize) -> Vec<&'a Value> {
    let Some(schema) = schema::follow(document, schema).filter(|_| depth < DEEPEST) else {
        return Vec::new();
    };
    let mut parts = vec![schema];
    for part in schema["allOf"].as_array().into_iter().flatten() {
        parts.extend(self::parts(document, part, depth + 1));
    }
    parts
}

/// The names of an object's members.
pub(crate) fn members(document: &Value, schema: &Value, depth: usize) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for part in parts(document, schema, depth) {
        if let Some(first) = alternatives(part).and_then(|all| all.first())
            && depth < DEEPEST
        {
            names.extend(members(document, first, depth + 1));
        }
        names.extend(
            part["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone()),
        );
    }
    names
}

fn demands(document: &Value, schema: &Value, member: &str) -> bool {
    parts(document, schema, 0)
        .into_iter()
        .any(|part| schema::texts(&part["required"]).contains(member))
}

/// The only values that a member can have, if the schema says so: of a choice those of its alternatives.
fn constants(document: &Value, schema: &Value, member: &str, depth: usize) -> Option<Vec<String>> {
    if depth > DEEPEST {
        return None;
    }
    for part in parts(document, schema, depth) {
        if let Some(property) = part["properties"].get(member)
            && let Some(property) = schema::follow(document, property)
        {
            let constant = property.get("const").map(std::slice::from_ref);
            let values = constant.or(property["enum"].as_array().map(Vec::as_slice));
            if let Some(texts) = values.and_then(|values| values.iter().map(text).collect()) {
                return Some(texts);
            }
        }
        if let Some(all) = alternatives(part) {
            let inner: Option<Vec<Vec<String>>> = all
                .iter()
                .map(|alternative| constants(document, alternative, member, depth + 1))
                .collect();
            return inner.map(|inner| inner.concat());
        }
    }
    None
}

/// A constant as a tag's value.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(kind: &Value) -> Value {
        json!({"properties": {"kind": kind, "x": {"enum": ["same"]}}})
    }

    fn values(tag: Option<Tag>) -> Vec<(String, Vec<usize>)> {
        tag.into_iter().flat_map(|tag| tag.values).collect()
    }

    #[test]
    fn inferred_tags() {
        let document = json!({"components": {"schemas": {
            "A": object(&json!({"enum": ["a"]})),
            "B": {"allOf": [object(&json!({"const": "b"})), {"required": ["kind"]}]},
            "AB": {"oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]},
        }}});
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        for (all, expected) in [
            (
                json!([reference("A"), reference("B")]),
                json!([["a", [0]], ["b", [1]]]),
            ),
            (
                json!([reference("AB"), object(&json!({"enum": [3]}))]),
                json!([["3", [1]], ["a", [0]], ["b", [0]]]),
            ),
            (json!([reference("A"), reference("A")]), json!([])),
            (json!([reference("A"), {"type": "string"}]), json!([])),
            (
                json!([reference("A"), object(&json!({"enum": ["x", "y"]}))]),
                json!([]),
            ),
            (
                json!([object(&json!({"enum": [null]})), reference("A")]),
                json!([]),
            ),
        ] {
            let found = values(tag(&document, &json!({"oneOf": all})));
            assert_eq!(json!(found), expected, "{all}");
        }
    }

    #[test]
    fn stated_tags() {
        let document = json!({"components": {"schemas": {
            "Cat": object(&json!({"type": "string"})),
            "Dog": object(&json!({"enum": ["dog", "puppy"]})),
        }}});
        let schema = json!({
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {"propertyName": "kind", "mapping": {
                "cat": "#/components/schemas/Cat",
                "puppy": "#/components/schemas/Cat",
                "gone": "#/components/schemas/Gone",
            }},
        });
        let found = values(tag(&document, &schema));
        assert_eq!(
            json!(found),
            json!([["cat", [0]], ["dog", [1]], ["puppy", [0]]])
        );
    }
}
