//! What a change of a document means, change by change.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use certfleet_codegen::drift::{Class, compare};
use serde_json::{Value, json};

/// A document with one operation that is used and one that is not.
fn document() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "security": [{"token": []}],
        "paths": {
            "/x/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "put": {
                    "operationId": "put_x",
                    "description": "d",
                    "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}],
                    "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}},
                    "responses": {
                        "200": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                        "404": {"description": "d"}
                    }
                }
            },
            "/unused": {"get": {"responses": {"200": {"description": "d"}}}}
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Change": {"type": "object", "required": ["name"], "properties": {
                    "name": {"type": "string", "maxLength": 10},
                    "mode": {"type": "string", "enum": ["a", "b"]},
                    "note": {"type": "string"}
                }},
                "Thing": {"type": "object", "required": ["id"], "properties": {
                    "id": {"type": "string"},
                    "state": {"type": "string", "enum": ["on", "off"]},
                    "at": {"type": "string", "format": "date-time"},
                    "parent": {"$ref": "#/components/schemas/Thing"}
                }}
            }
        }
    })
}

const OPERATION: &str = "/paths/~1x~1{id}/put";
const CHANGE: &str = "/components/schemas/Change";
const THING: &str = "/components/schemas/Thing";

/// Sets what a pointer leads to; null removes it.
fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent).unwrap() {
        Value::Object(fields) if value.is_null() => {
            fields.remove(&name);
        }
        Value::Object(fields) => {
            fields.insert(name, value);
        }
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer}"),
    }
}

/// One function, however long: it is a table of changes and their classes.
#[test]
fn every_change_has_its_class() {
    use Class::*;
    let at = |base: &str, below: &str| format!("{base}{below}");
    let table: Vec<(String, Value, Option<Class>)> = vec![
        // Root.
        ("/info/version".into(), json!("2"), Some(Cosmetic)),
        (
            "/servers/0/url".into(),
            json!("https://new.example.com"),
            Some(BreakingClient),
        ),
        ("/paths/~1unused".into(), Value::Null, None),
        (
            "/paths/~1unused/get/responses/200/description".into(),
            json!("e"),
            None,
        ),
        // Operations.
        (OPERATION.into(), Value::Null, Some(BreakingClient)),
        (at(OPERATION, "/description"), json!("e"), Some(Cosmetic)),
        (
            at(OPERATION, "/operationId"),
            json!("put_y"),
            Some(Cosmetic),
        ),
        (at(OPERATION, "/deprecated"), json!(true), Some(Compatible)),
        // Parameters.
        (
            at(OPERATION, "/parameters"),
            json!([]),
            Some(BreakingCaller),
        ),
        (
            at(OPERATION, "/parameters/0/required"),
            json!(true),
            Some(BreakingCaller),
        ),
        (
            at(OPERATION, "/parameters/0/style"),
            json!("pipeDelimited"),
            Some(BreakingClient),
        ),
        (
            at(OPERATION, "/parameters/0/schema/maximum"),
            json!(50),
            Some(BreakingCaller),
        ),
        (
            at(OPERATION, "/parameters/0/schema/maximum"),
            json!(500),
            Some(Compatible),
        ),
        (
            at(OPERATION, "/parameters/0/schema/type"),
            json!("string"),
            Some(BreakingClient),
        ),
        (
            "/paths/~1x~1{id}/parameters/0/schema/pattern".into(),
            json!("^a"),
            Some(BreakingCaller),
        ),
        // Bodies.
        (
            at(OPERATION, "/requestBody"),
            Value::Null,
            Some(BreakingClient),
        ),
        (at(OPERATION, "/requestBody/required"), json!(false), None),
        (
            at(CHANGE, "/properties/new"),
            json!({"type": "string"}),
            Some(Compatible),
        ),
        (
            at(CHANGE, "/properties/note"),
            Value::Null,
            Some(BreakingCaller),
        ),
        (
            at(CHANGE, "/required"),
            json!(["name", "note"]),
            Some(BreakingCaller),
        ),
        (at(CHANGE, "/required"), json!([]), Some(Compatible)),
        (
            at(CHANGE, "/properties/name/maxLength"),
            json!(5),
            Some(BreakingCaller),
        ),
        (
            at(CHANGE, "/properties/mode/enum"),
            json!(["a"]),
            Some(BreakingCaller),
        ),
        (
            at(CHANGE, "/properties/mode/enum"),
            json!(["a", "b", "c"]),
            Some(Compatible),
        ),
        (
            at(CHANGE, "/properties/name/type"),
            json!("integer"),
            Some(BreakingClient),
        ),
        (
            at(CHANGE, "/properties/name/type"),
            json!(["string", "integer"]),
            Some(Compatible),
        ),
        // Answers.
        (
            at(OPERATION, "/responses/200"),
            Value::Null,
            Some(BreakingClient),
        ),
        (
            at(OPERATION, "/responses/202"),
            json!({"description": "d"}),
            Some(BreakingClient),
        ),
        (
            at(OPERATION, "/responses/404"),
            Value::Null,
            Some(Compatible),
        ),
        (
            at(OPERATION, "/responses/409"),
            json!({"description": "d"}),
            Some(Compatible),
        ),
        (
            at(THING, "/properties/new"),
            json!({"type": "string"}),
            Some(Compatible),
        ),
        (
            at(THING, "/properties/id"),
            Value::Null,
            Some(BreakingClient),
        ),
        (
            at(THING, "/properties/at"),
            Value::Null,
            Some(BreakingCaller),
        ),
        (at(THING, "/required"), json!([]), Some(BreakingClient)),
        (
            at(THING, "/required"),
            json!(["id", "at"]),
            Some(Compatible),
        ),
        (
            at(THING, "/properties/id/nullable"),
            json!(true),
            Some(BreakingClient),
        ),
        (
            at(THING, "/properties/at/nullable"),
            json!(true),
            Some(Compatible),
        ),
        (
            at(THING, "/properties/state/enum"),
            json!(["on", "off", "odd"]),
            Some(Compatible),
        ),
        (
            at(THING, "/properties/state/enum"),
            json!(["on"]),
            Some(Compatible),
        ),
        (
            at(THING, "/properties/at/format"),
            json!("unixtime"),
            Some(BreakingClient),
        ),
        (
            at(THING, "/properties/id/maxLength"),
            json!(3),
            Some(Compatible),
        ),
        (
            at(THING, "/properties/id/type"),
            json!("integer"),
            Some(BreakingClient),
        ),
        (at(THING, "/description"), json!("A thing."), Some(Cosmetic)),
        // Security.
        (
            "/components/securitySchemes/token/scheme".into(),
            json!("basic"),
            Some(BreakingClient),
        ),
        (
            at(OPERATION, "/security"),
            json!([{"token": []}, {}]),
            Some(Compatible),
        ),
    ];
    let calls = ["PUT /x/{id}".to_owned()].into();
    for (pointer, value, expected) in table {
        let old = document();
        let mut new = document();
        set(&mut new, &pointer, value.clone());
        let found = compare(&old, &new, &calls);
        let worst = found.iter().map(|difference| difference.class).min();
        assert_eq!(worst, expected, "{pointer} = {value}: {found:#?}");
        for difference in found {
            assert!(
                difference.old.starts_with('/') && difference.new.starts_with('/'),
                "{difference:?}"
            );
        }
    }
}

#[test]
fn equal_documents_do_not_differ_however_they_are_written() {
    let old = document();
    let mut new = document();
    // A component renamed, one put where it is used, a parameter moved down.
    let change = new["components"]["schemas"]["Change"].take();
    set(&mut new, CHANGE, Value::Null);
    set(
        &mut new,
        &format!("{OPERATION}/requestBody/content/application~1json/schema"),
        change,
    );
    let text = new.to_string().replace("schemas/Thing", "schemas/Item");
    let mut new: Value = serde_json::from_str(&text).unwrap();
    let thing = new["components"]["schemas"]["Thing"].clone();
    set(&mut new, "/components/schemas/Item", thing);
    let above = new["paths"]["/x/{id}"]["parameters"][0].clone();
    set(&mut new, "/paths/~1x~1{id}/parameters", json!([]));
    new["paths"]["/x/{id}"]["put"]["parameters"]
        .as_array_mut()
        .unwrap()
        .push(above);
    assert_eq!(compare(&old, &new, &["PUT /x/{id}".to_owned()].into()), []);
}
