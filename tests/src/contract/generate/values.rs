//! Values that satisfy a schema.

use super::scalars::{Side, integer, number, text};
use crate::contract::Schema;
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::select,
    strategy::Union,
};
use serde_json::{Map, Value};

/// Keywords that say nothing about what is valid.
const REMARKS: [&str; 9] = [
    "title",
    "description",
    "default",
    "example",
    "examples",
    "readOnly",
    "writeOnly",
    "deprecated",
    "uniqueItems",
];

/// Keywords that this generator honours. A schema with any other one is refused, so that a new
/// keyword in a document cannot make the tests weaker unseen.
const KEYWORDS: [&str; 16] = [
    "type",
    "enum",
    "const",
    "format",
    "anyOf",
    "oneOf",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
];

/// Values that satisfy a schema.
///
/// # Panics
/// The schema has a keyword that is not known here.
pub fn values(schema: &Schema, side: Side) -> BoxedStrategy<Value> {
    build(schema, &schema.value, side)
}

fn build(schema: &Schema, value: &Value, side: Side) -> BoxedStrategy<Value> {
    let value = schema.resolved(value);
    known(&value);
    if let Some(values) = value["enum"].as_array() {
        return select(values.clone()).boxed();
    }
    if let Some(constant) = value.get("const") {
        return Just(constant.clone()).boxed();
    }
    if let Some(branches) = value["anyOf"].as_array().or(value["oneOf"].as_array()) {
        assert!(
            value.get("properties").is_none(),
            "properties beside branches: {value}"
        );
        return Union::new(branches.iter().map(|branch| build(schema, branch, side))).boxed();
    }
    Union::new(types(&value).into_iter().map(|kind| match kind {
        "null" => Just(Value::Null).boxed(),
        "boolean" => any::<bool>().prop_map(Value::Bool).boxed(),
        "string" => text(&value),
        "integer" => integer(&value, side),
        "number" => number(),
        "array" => {
            let least = value["minItems"].as_u64().unwrap_or(0) as usize;
            let most = value["maxItems"].as_u64().map_or(4, |most| most as usize);
            vec(build(schema, &value["items"], side), least..=most)
                .prop_map(Value::Array)
                .boxed()
        }
        "object" => object(schema, &value, side),
        _ => anything(),
    }))
    .boxed()
}

/// The types a schema allows; `any` where it does not say.
pub(in crate::contract) fn types(value: &Value) -> Vec<&str> {
    match &value["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ if value.get("properties").is_some() => vec!["object"],
        _ => vec!["any"],
    }
}

fn known(value: &Value) {
    for keyword in value.as_object().into_iter().flat_map(Map::keys) {
        let known = keyword.starts_with("x-")
            || REMARKS.contains(&keyword.as_str())
            || KEYWORDS.contains(&keyword.as_str());
        assert!(
            known,
            "the generator does not know the keyword {keyword} of {value}"
        );
    }
}

fn object(schema: &Schema, value: &Value, side: Side) -> BoxedStrategy<Value> {
    let required: Vec<&str> = value["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let members: Vec<BoxedStrategy<Option<(String, Value)>>> = value["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let named = name.clone();
            let present =
                build(schema, property, side).prop_map(move |value| Some((named.clone(), value)));
            if required.contains(&name.as_str()) {
                present.boxed()
            } else {
                prop_oneof![1 => Just(None), 3 => present].boxed()
            }
        })
        .collect();
    let more = match &value["additionalProperties"] {
        Value::Bool(false) => Just(Default::default()).boxed(),
        Value::Object(_) => btree_map(
            "[a-z_.]{1,12}",
            build(schema, &value["additionalProperties"], side),
            0..4,
        )
        .boxed(),
        _ if side == Side::Request => Just(Default::default()).boxed(),
        // What a vendor adds before its document says so.
        _ => prop_oneof![
            3 => Just(Default::default()),
            1 => btree_map("x_unheard_of_[a-z]{1,4}", anything(), 1..3),
        ]
        .boxed(),
    };
    (members, more)
        .prop_map(|(members, more)| {
            Value::Object(
                more.into_iter()
                    .chain(members.into_iter().flatten())
                    .collect(),
            )
        })
        .boxed()
}

/// Any JSON, for what the document leaves open.
fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::String),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            btree_map("[a-z]{1,6}", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Contract, generate::run};
    use serde_json::json;

    /// The generator's own check: what it makes is what the schema allows.
    #[test]
    fn what_is_made_is_valid() {
        for operation in Contract::get().operations() {
            for response in &operation.responses {
                if let Some(schema) = &response.schema {
                    run(
                        &operation.key(),
                        &values(schema, Side::Answer),
                        30,
                        |value| {
                            let problems = schema.problems(&value);
                            if problems.is_empty() {
                                Ok(())
                            } else {
                                Err(problems.join("; "))
                            }
                        },
                    );
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "does not know the keyword pattern")]
    fn an_unknown_keyword_is_not_passed_over() {
        let _ = values(
            &Schema::new(json!({"type": "string", "pattern": "^a"}), &Value::Null),
            Side::Answer,
        );
    }
}
