//! Makes values from schemas with proptest: always the same ones, unless a seed is given.

use super::{
    Arguments,
    document::{Location, Operation, Schema},
};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::select,
    strategy::Union,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};

/// The variable that names another seed than the usual one.
pub const SEED: &str = "CERTFLEET_CONTRACT_SEED";

/// The longest text that is made where the document sets no limit, in characters.
const LONGEST: usize = 3_000;

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

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From the client: nothing undeclared, integers written as such.
    Request,
    /// From the vendor: undeclared fields, integers as `1.0` too.
    Answer,
}

/// Runs a check on so many values. The seed is the same in every run, or what [`SEED`] says.
///
/// # Panics
/// The check fails; the message has the smallest such value that was found, and the seed.
pub fn run<T: std::fmt::Debug>(
    what: &str,
    values: &BoxedStrategy<T>,
    cases: u32,
    check: impl Fn(T) -> Result<(), String>,
) {
    let seed: u64 = match std::env::var(SEED) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{SEED} is no number: {text}")),
        Err(_) => 2_026,
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(values, |value| check(value).map_err(TestCaseError::fail));
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, value)) => {
            panic!("{what}: {why}\nwith {value:#?}\nseed {seed} ({SEED} sets another)")
        }
        Err(error) => panic!("{what}: {error}\nseed {seed}"),
    }
}

/// What an operation is called with where it does not matter: everything that it declares, in texts
/// that stand in no answer.
pub fn plain(operation: &Operation) -> Arguments {
    let one = |name: &str, schema: &Schema, value: &Value| {
        let value = schema.resolved(value);
        let scalar = |value: &Value| match (&value["enum"][0], value["type"].as_str()) {
            (Value::Null, Some("integer")) => json!(1),
            (Value::Null, _) => {
                json!(format!(
                    "argument-{}",
                    name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
                ))
            }
            (first, _) => first.clone(),
        };
        match value["type"] == "array" {
            true => json!([scalar(&schema.resolved(&value["items"]))]),
            false => scalar(&value),
        }
    };
    let body = operation.body.as_ref().map(|body| {
        let properties = body.schema.resolved(&body.schema.value)["properties"].clone();
        let members = properties.as_object().into_iter().flatten();
        members
            .map(|(name, value)| (name.clone(), one(name, &body.schema, value)))
            .collect::<Map<_, _>>()
            .into()
    });
    let parameters = operation.parameters.iter();
    Arguments {
        parameters: parameters
            .map(|parameter| {
                (
                    parameter.name.clone(),
                    one(&parameter.name, &parameter.schema, &parameter.schema.value),
                )
            })
            .collect(),
        body,
    }
}

/// Values that satisfy a schema.
///
/// # Panics
/// The schema has a keyword that is not known here.
pub fn values(schema: &Schema, side: Side) -> BoxedStrategy<Value> {
    build(schema, &schema.value, side)
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
pub(super) fn types(value: &Value) -> Vec<&str> {
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

fn text(value: &Value) -> BoxedStrategy<Value> {
    let least = value["minLength"].as_u64().unwrap_or(0) as usize;
    let most = value["maxLength"].as_u64().map(|most| most as usize);
    let shorter = move |longest: usize| {
        vec(
            any::<char>(),
            least..=most.map_or(longest, |most| most.min(longest)),
        )
        .prop_map(String::from_iter)
    };
    match value["format"].as_str() {
        Some("date-time") => dates().prop_map(Value::String).boxed(),
        Some("binary") => vec(any::<u8>(), 0..60)
            .prop_map(|bytes| Value::String(Arguments::text_of(&bytes)))
            .boxed(),
        Some("uri") => Just(json!("https://example.com/a")).boxed(),
        None => prop_oneof![
            8 => shorter(16),
            4 => "[ -~]{0,24}".prop_filter("within limits", move |text: &String| {
                text.len() >= least && most.is_none_or(|most| text.len() <= most)
            }),
            1 => Just("x".repeat(most.unwrap_or(LONGEST))),
        ]
        .prop_map(Value::String)
        .boxed(),
        Some(other) => panic!("the generator does not know the format {other}"),
    }
}

/// Dates in every form that RFC 3339 allows and vendors use.
fn dates() -> BoxedStrategy<String> {
    let odd = select(vec![
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2014-01-01T05:20:00.12345Z",
        "2024-01-01T00:00:00.000Z",
        "2024-02-29T23:59:59+14:00",
        "1969-12-31T23:59:59-00:30",
        "2027-01-02T03:04:05.000000Z",
    ]);
    let any = (
        1_i32..=9_998,
        1_u32..=12,
        1_u32..=28,
        0_u32..24,
        0_u32..60,
        0_u32..60,
    )
        .prop_map(|(year, month, day, hour, minute, second)| {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
        });
    prop_oneof![odd.prop_map(str::to_owned), any].boxed()
}

fn integer(value: &Value, side: Side) -> BoxedStrategy<Value> {
    let (lowest, highest) = match value["format"].as_str() {
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        None | Some("int64" | "unixtime") => (i64::MIN, i64::MAX),
        Some(other) => panic!("the generator does not know the format {other}"),
    };
    let least = value["minimum"].as_i64().unwrap_or(lowest);
    let most = value["maximum"].as_i64().unwrap_or(highest);
    let near = least.max(0)..=most.min(least.max(0).saturating_add(2_000_000_000));
    let whole = prop_oneof![6 => near, 2 => least..=most, 1 => select(vec![least, most])];
    match side {
        Side::Request => whole.prop_map(Value::from).boxed(),
        Side::Answer => (whole, 0_u8..10)
            .prop_map(|(whole, form)| match form {
                // JSON does not tell 1.0 from 1; beyond 2^53 a float would be another number.
                0 if whole.unsigned_abs() < 1 << 53 => json!(whole as f64),
                _ => json!(whole),
            })
            .boxed(),
    }
}

fn number() -> BoxedStrategy<Value> {
    // Sixty-fourths have a short exact decimal form.
    prop_oneof![
        any::<i32>().prop_map(|whole| json!(whole)),
        any::<i32>().prop_map(|parts| json!(f64::from(parts) / 64.0)),
    ]
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
    use crate::contract::Contract;

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
