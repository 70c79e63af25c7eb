//! A body that is valid for exactly one alternative of a choice decodes to that alternative, and encodes back
//! to the same JSON; one whose tag nobody knows is kept. Random choices: objects with constants, enums, plain
//! values, lists and objects as members, required or not, closed or not, with and without a discriminator. A
//! validator of JSON Schema, which this crate does not use otherwise, says what is valid.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    strategy::ValueTree,
    test_runner::TestRunner,
};
use serde_json::{Map, Value, json};
use support::batch::Batch;

/// How many choices are compiled together.
const CHOICES: usize = 40;

/// How many bodies are made of each alternative.
const BODIES: usize = 8;

fn member() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        2 => prop::sample::select(vec!["a", "b", "c"])
            .prop_map(|value| json!({"type": "string", "enum": [value]})),
        1 => Just(json!({"type": "string", "enum": ["a", "d"]})),
        1 => Just(json!({"type": "string"})),
        1 => Just(json!({"type": "string", "minLength": 3})),
        1 => Just(json!({"type": "string", "format": "uuid"})),
        1 => Just(json!({"type": "string", "pattern": "^[0-9]+$"})),
        1 => Just(json!({"type": "integer"})),
        1 => Just(json!({"type": "integer", "enum": [1]})),
        1 => Just(json!({"type": "number", "maximum": 10})),
        1 => Just(json!({"type": "boolean"})),
    ];
    plain.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|items| json!({"type": "array", "items": items, "minItems": 1})),
            object(inner),
        ]
    })
}

fn object(member: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec!["kind", "id", "size", "note"]);
    (
        btree_map(name, (member, prop::bool::weighted(0.6)), 1..4),
        prop::bool::weighted(0.3),
    )
        .prop_map(|(members, is_closed)| {
            let required: Vec<&str> = members
                .iter()
                .filter(|(_, (_, required))| *required)
                .map(|(name, _)| *name)
                .collect();
            let mut schema = json!({"type": "object", "properties": {}});
            if !required.is_empty() {
                schema["required"] = json!(required);
            }
            for (name, (member, _)) in &members {
                schema["properties"][*name] = member.clone();
            }
            if is_closed {
                schema["additionalProperties"] = false.into();
            }
            schema
        })
}

/// Alternatives, and how they are told apart: not at all, by a constant, by a discriminator.
fn choice() -> impl Strategy<Value = (Vec<Value>, u8)> {
    (vec(object(member()), 2..5), 0_u8..3).prop_map(|(mut all, tagged)| {
        for (number, alternative) in all.iter_mut().enumerate().filter(|_| tagged > 0) {
            alternative["properties"]["kind"] = match tagged {
                1 => json!({"type": "string", "enum": [format!("kind-{number}")]}),
                _ => json!({"type": "string"}),
            };
            alternative["required"] = json!(["kind"]);
        }
        (all, tagged)
    })
}

fn document(all: &[Value], tagged: u8) -> Value {
    let mut schemas = Map::new();
    let mut mapping = Map::new();
    let mut references = Vec::new();
    for (number, alternative) in all.iter().enumerate() {
        let reference = format!("#/components/schemas/V{number}");
        schemas.insert(format!("V{number}"), alternative.clone());
        mapping.insert(format!("kind-{number}"), reference.clone().into());
        references.push(json!({"$ref": reference}));
    }
    let mut choice = json!({"oneOf": references});
    if tagged == 2 {
        choice["discriminator"] = json!({"propertyName": "kind", "mapping": mapping});
    }
    schemas.insert("Choice".to_owned(), choice);
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Choices", "version": "1"},
        "paths": {"/x": {"get": {
            "operationId": "call",
            "responses": {"200": {"description": "d", "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/Choice"}
            }}}}
        }}},
        "components": {"schemas": schemas}
    })
}

/// A value that a schema accepts.
fn value(schema: &Value, runner: &mut TestRunner) -> Value {
    let mut pick = |among: usize| (0..among).new_tree(runner).unwrap().current();
    if let Some(values) = schema["enum"].as_array() {
        return values[pick(values.len())].clone();
    }
    let texts: &[&str] = match (schema["format"].as_str(), schema["pattern"].as_str()) {
        (Some("uuid"), _) => &["67e55044-10b1-426f-9247-bb680e5fe0c8"],
        (_, Some(_)) => &["1", "7007"],
        _ if schema.get("minLength").is_some() => &["long", "12345"],
        _ => &["", "a", "d", "x", "long", "7007"],
    };
    match schema["type"].as_str().unwrap() {
        "string" => texts[pick(texts.len())].into(),
        "integer" => [json!(1), json!(7), json!(70)][pick(3)].clone(),
        "number" => [json!(1.5), json!(-0.25)][pick(2)].clone(),
        "boolean" => (pick(2) == 1).into(),
        "array" => {
            let count = 1 + pick(2);
            (0..count)
                .map(|_| value(&schema["items"], runner))
                .collect()
        }
        _ => {
            let mut members = Map::new();
            for (name, member) in schema["properties"].as_object().unwrap() {
                let is_required = schema["required"]
                    .as_array()
                    .is_some_and(|required| required.contains(&json!(name)));
                if is_required || (0_usize..2).new_tree(runner).unwrap().current() == 1 {
                    members.insert(name.clone(), value(member, runner));
                }
            }
            members.into()
        }
    }
}

/// A test in Rust: a body decodes to a variant, and encodes back.
fn test(module: &str, number: usize, body: &Value, variant: &str) -> String {
    format!(
        "#[test]\nfn {module}_{number}() {{\n\
         let text = r####\"{body}\"####;\n\
         let value: crate::{module}::types::Choice = serde_json::from_str(text).unwrap();\n\
         assert!(format!(\"{{value:?}}\").starts_with(\"{variant}(\"), \"{{text}} {{value:?}}\");\n\
         let sent: serde_json::Value = serde_json::from_str(text).unwrap();\n\
         assert_eq!(serde_json::to_value(&value).unwrap(), sent);\n}}\n"
    )
}

#[test]
fn a_body_of_one_alternative_is_that_alternative() {
    let mut runner = TestRunner::deterministic();
    let mut batch = Batch::new("choices-batch");
    let (mut told, mut unknown) = (0, 0);
    for choice_number in 0..CHOICES {
        let (all, tagged) = choice().new_tree(&mut runner).unwrap().current();
        let module = format!("choice_{choice_number}");
        let generated = support::from_document(document(&all, tagged), &module).unwrap();
        assert!(generated.refused.is_empty(), "{:?}", generated.refused);
        batch.add(&module, &generated.files);
        let valid: Vec<jsonschema::Validator> = all
            .iter()
            .map(|schema| {
                jsonschema::options()
                    .should_validate_formats(true)
                    .build(schema)
                    .unwrap()
            })
            .collect();
        let mut number = 0;
        for (index, alternative) in all.iter().enumerate() {
            for _ in 0..BODIES {
                let mut body = value(alternative, &mut runner);
                if tagged == 2 {
                    body["kind"] = format!("kind-{index}").into();
                }
                let is_of_one =
                    tagged == 2 || valid.iter().filter(|valid| valid.is_valid(&body)).count() == 1;
                if is_of_one {
                    told += 1;
                    number += 1;
                    batch.add_tests(&test(&module, number, &body, &format!("V{index}")));
                }
                if tagged > 0 {
                    unknown += 1;
                    number += 1;
                    body["kind"] = "unheard of".into();
                    batch.add_tests(&test(&module, number, &body, "Unknown"));
                }
            }
        }
    }
    assert!(told > CHOICES * BODIES, "{told}");
    assert!(unknown > CHOICES * BODIES / 2, "{unknown}");
    if let Err(text) = batch.run() {
        panic!("{text}");
    }
}
