//! Random documents of a stated subset give code that compiles and reads what their schemas allow.
//!
//! The subset: objects of at most four members, required or not and nullable or not, of texts
//! (plain, dates, enums), numbers, truth values, lists, maps, references (recursive ones too),
//! names that differ in Rust, `allOf`, `oneOf` and `anyOf` of references; parameters of single values
//! and lists of them, in the query and in headers, of one name too; one body, JSON or a form with an
//! encoding for any of its members, and one JSON answer. The documents are the same in every run.

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
use serde_json::{Value, json};
use support::{batch::Batch, round_trip, sample};

/// How many documents are compiled together.
const DOCUMENTS: usize = 40;

/// Names of members and parameters, hard ones among them.
const NAMES: [&str; 12] = [
    "id", "type", "userName", "note", "self", "2fa", "größe", "x-y", "items", "data", "value",
    "extra",
];

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned)
}

/// A schema without structure.
fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"type": "string"})),
        Just(json!({"type": "string", "format": "date-time"})),
        Just(json!({"type": "string", "format": "date"})),
        Just(json!({"type": "string", "enum": ["on", "off", "On"]})),
        Just(json!({"type": "integer"})),
        Just(json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 9})),
        Just(json!({"type": "number"})),
        Just(json!({"type": "boolean"})),
    ]
}

fn reference() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["Alpha", "Beta", "Gamma"])
        .prop_map(|name| json!({"$ref": format!("#/components/schemas/{name}")}))
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    btree_map(name(), (inner, any::<bool>(), any::<bool>()), 0..4).prop_map(|members| {
        let mut properties = serde_json::Map::new();
        let mut required = Vec::new();
        for (name, (mut schema, is_required, is_nullable)) in members {
            let is_reference = schema.get("$ref").is_some();
            if is_nullable && !is_reference {
                schema["nullable"] = true.into();
            }
            // A type that has to hold itself has no values.
            if is_required && !schema.to_string().contains("$ref") {
                required.push(name.clone());
            }
            properties.insert(name, schema);
        }
        let mut object = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        object
    })
}

fn schema() -> impl Strategy<Value = Value> {
    prop_oneof![4 => scalar(), 1 => reference()].prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            object(inner.clone()),
            inner
                .clone()
                .prop_map(|items| json!({"type": "array", "items": items})),
            inner.prop_map(|values| json!({"type": "object", "additionalProperties": values})),
        ]
    })
}

fn composition() -> impl Strategy<Value = Value> {
    let part = || {
        prop::sample::select(vec!["Beta", "Gamma"])
            .prop_map(|name| json!({"$ref": format!("#/components/schemas/{name}")}))
    };
    (
        prop::sample::select(vec!["allOf", "oneOf", "anyOf"]),
        vec(part(), 1..3),
    )
        .prop_map(|(keyword, parts)| json!({keyword: parts}))
}

/// How a form says that a member is sent, if it does.
fn encoding() -> impl Strategy<Value = Option<Value>> {
    prop::option::weighted(
        0.8,
        prop::sample::select(vec![
            json!({"style": "form"}),
            json!({"style": "form", "explode": false}),
            json!({"style": "deepObject", "explode": true}),
            json!({"style": "deepObject"}),
            json!({"style": "pipeDelimited"}),
            json!({"contentType": "application/json"}),
        ]),
    )
}

/// A body's content: JSON, or a form.
fn content() -> impl Strategy<Value = Value> {
    prop_oneof![
        object(schema()).prop_map(|body| json!({"application/json": {"schema": body}})),
        (object(schema()), vec(encoding(), 4)).prop_map(|(body, encodings)| {
            let encoding: serde_json::Map<String, Value> = body["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .zip(encodings)
                .filter_map(|((name, _), encoding)| Some((name.clone(), encoding?)))
                .collect();
            json!({"application/x-www-form-urlencoded": {"schema": body, "encoding": encoding}})
        }),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    let parameter = (
        (name(), any::<bool>()),
        scalar(),
        any::<bool>(),
        any::<bool>(),
    );
    (
        prop_oneof![3 => object(schema()), 1 => composition()],
        object(schema()),
        object(schema()),
        schema(),
        content(),
        vec(parameter, 0..4),
    )
        .prop_map(|(alpha, beta, gamma, answer, body, parameters)| {
            let parameters: Vec<Value> = parameters
                .into_iter()
                .map(|((name, in_header), schema, required, is_list)| {
                    let place = if in_header && name.is_ascii() {
                        "header"
                    } else {
                        "query"
                    };
                    let schema = if is_list {
                        json!({"type": "array", "items": schema})
                    } else {
                        schema
                    };
                    json!({"name": name, "in": place, "required": required, "schema": schema})
                })
                .collect();
            let mut document = json!({
                "openapi": "3.0.3",
                "info": {"title": "Random", "version": "1"},
                "paths": {"/x": {"post": {
                    "operationId": "call",
                    "parameters": parameters,
                    "requestBody": {"required": true, "content": body},
                    "responses": {"200": {"description": "d", "content": {"application/json": {"schema": answer}}}}
                }}},
                "components": {"schemas": {"Alpha": alpha, "Beta": beta, "Gamma": gamma}}
            });
            let example = sample::value(&document, &answer_schema(&document));
            document["paths"]["/x"]["post"]["responses"]["200"]["content"]["application/json"]["example"] = example;
            document
        })
}

fn answer_schema(document: &Value) -> Value {
    document["paths"]["/x"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        .clone()
}

#[test]
fn random_documents_compile_and_are_read() {
    let mut runner = TestRunner::deterministic();
    let mut batch = Batch::new("random-batch");
    let mut generated_at_all = 0;
    let mut forms = 0;
    for number in 0..DOCUMENTS {
        let document = document().new_tree(&mut runner).unwrap().current();
        let module = format!("random_{number}");
        let generated = support::from_document(document.clone(), &module).unwrap();
        assert_eq!(generated.generated.len() + generated.refused.len(), 1);
        // What nobody knows how to send is refused, and nothing else.
        for problem in generated.refused.values() {
            assert!(
                problem.what.contains("the form has to hold"),
                "{problem}\n{document:#}"
            );
        }
        if !generated.files.is_empty() {
            generated_at_all += 1;
            let body = &generated.lowered["paths"]["/x"]["post"]["requestBody"]["content"];
            forms += usize::from(body.get("application/x-www-form-urlencoded").is_some());
            batch.add(&module, &generated.files);
            batch.add_tests(&round_trip::tests(
                &module,
                &document,
                &generated.lowered,
                &generated.files,
            ));
        }
    }
    assert!(generated_at_all > DOCUMENTS / 2, "{generated_at_all}");
    assert!(forms > DOCUMENTS / 5, "{forms}");
    if let Err(text) = batch.run() {
        panic!("{text}");
    }
}
