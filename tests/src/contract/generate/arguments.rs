//! What an operation is called with.

use super::{
    scalars::Side,
    values::{types, values},
};
use crate::contract::{Arguments, Location, Operation, Schema};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

/// What an operation is called with where it does not matter: everything that it declares, in texts
/// that stand in no answer.
pub fn plain(operation: &Operation) -> Arguments {
    let body = operation.body.as_ref();
    let parameters = operation.parameters.iter();
    Arguments {
        parameters: parameters
            .map(|parameter| {
                let schema = &parameter.schema;
                (
                    parameter.name.clone(),
                    plain_value(&parameter.name, schema, &schema.value),
                )
            })
            .collect(),
        body: body.map(|body| plain_object(&body.schema, &body.schema.value)),
    }
}

fn plain_value(name: &str, schema: &Schema, value: &Value) -> Value {
    let value = schema.resolved(value);
    match &value["enum"][0] {
        Value::Null => {}
        first => return first.clone(),
    }
    let kinds = types(&value);
    if kinds.contains(&"array") {
        json!([plain_value(name, schema, &value["items"])])
    } else if kinds.contains(&"object") {
        plain_object(schema, &value)
    } else if kinds.contains(&"integer") {
        json!(1)
    } else {
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        json!(format!("argument-{name}"))
    }
}

fn plain_object(schema: &Schema, value: &Value) -> Value {
    let properties = schema.resolved(value)["properties"].clone();
    let members = properties.as_object().into_iter().flatten();
    members
        .map(|(name, value)| (name.clone(), plain_value(name, schema, value)))
        .collect::<Map<_, _>>()
        .into()
}

/// Everything an operation may be called with, according to its document.
///
/// # Panics
/// As [`values`].
pub fn arguments(operation: &Operation) -> BoxedStrategy<Arguments> {
    let parameters: Vec<BoxedStrategy<Option<(String, Value)>>> = operation
        .parameters
        .iter()
        .map(|parameter| {
            let name = parameter.name.clone();
            let values = match parameter.location {
                Location::Path => segments(&parameter.schema),
                // No item, no parameter: an empty list cannot be told from none on the wire.
                Location::Query | Location::Header => values(&parameter.schema, Side::Request)
                    .prop_filter("not empty", |value| {
                        value.as_array().is_none_or(|items| !items.is_empty())
                    })
                    .boxed(),
            };
            let named = values.prop_map(move |value| Some((name.clone(), value)));
            if parameter.required {
                named.boxed()
            } else {
                prop_oneof![1 => Just(None), 2 => named].boxed()
            }
        })
        .collect();
    let body = match &operation.body {
        None => Just(None).boxed(),
        Some(body) => {
            let values = values(&body.schema, Side::Request).prop_map(Some);
            if body.required {
                values.boxed()
            } else {
                prop_oneof![1 => Just(None), 3 => values].boxed()
            }
        }
    };
    (parameters, body)
        .prop_map(|(parameters, body)| Arguments {
            parameters: parameters.into_iter().flatten().collect(),
            body,
        })
        .boxed()
}

/// Texts that can name one object in a path: everything but what a client has to refuse.
fn segments(schema: &Schema) -> BoxedStrategy<Value> {
    let longest = schema.resolved(&schema.value)["maxLength"]
        .as_u64()
        .map_or(60, |limit| limit as usize);
    let odd = select(vec![
        "a b",
        "a%2Fb",
        "ü?#&=+;@:$",
        "%",
        "..a",
        "...",
        "a.",
        "~-_",
        "%2e%2ex",
        "'\"<>`{}|^[]",
    ]);
    let any = vec(any::<char>(), 1..longest)
        .prop_map(String::from_iter)
        .prop_filter("one segment", |text| {
            !text.contains(['/', '\\'])
                && !text.chars().any(char::is_control)
                && text.len() <= 256
                && !is_dots(text)
        });
    prop_oneof![2 => odd.prop_map(str::to_owned), 2 => "[a-zA-Z0-9_-]{1,36}", 3 => any]
        .prop_map(Value::String)
        .boxed()
}

fn is_dots(text: &str) -> bool {
    let text = text.replace("%2e", ".").replace("%2E", ".");
    text == "." || text == ".."
}
