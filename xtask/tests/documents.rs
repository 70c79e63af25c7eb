//! Documents that progenitor refuses, panics on or mistypes: each becomes code, or a problem that
//! names pointer and remedy. Nothing panics.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use xtask::{Workspace, commands::generate};

/// A workspace with one provider whose document is given.
fn workspace(document: &[u8], call: &str) -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let specs = folder.path().join("specs/odd");
    fs::create_dir_all(&specs).unwrap();
    let hash: String = Sha256::digest(document)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    fs::write(specs.join("openapi.json"), document).unwrap();
    fs::write(
        specs.join("provenance.toml"),
        format!("sha256 = \"{hash}\"\n"),
    )
    .unwrap();
    // An overlay has to change something; the description of the API is of no account.
    fs::write(
        specs.join("overlay.yaml"),
        "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n  - target: $.info\n    description: d\n    update: {description: d}\n",
    )
    .unwrap();
    fs::write(
        specs.join("provider.toml"),
        format!(
            "name = \"odd\"\ndocument = \"openapi.json\"\ntitle = \"Odd\"\nabout = \"Odd.\"\nshared_server = false\nrequest_id_headers = []\ncapability = []\n[auth]\n[errors]\ncode = []\nmessage = []\n[operations.read]\ncall = {call:?}\nclass = \"read\"\n"
        ),
    )
    .unwrap();
    let workspace = Workspace::at(folder.path());
    (folder, workspace)
}

/// Generates; gives the code and what was said.
fn run(document: &[u8], call: &str) -> (u8, String) {
    let (_folder, workspace) = workspace(document, call);
    let mut out = Vec::new();
    let code = generate::run(&workspace, &[], false, &mut out).unwrap_or_else(|failure| {
        out = failure.to_string().into_bytes();
        1
    });
    (code, String::from_utf8(out).unwrap())
}

/// A document with one operation.
fn document(version: &str, operation: Value, schemas: Value) -> Vec<u8> {
    json!({
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": {"/x/{id}": {"get": operation}},
        "components": {"schemas": schemas}
    })
    .to_string()
    .into_bytes()
}

/// An operation whose success has a schema.
fn returns(schema: Value) -> Value {
    json!({
        "parameters": [id()],
        "responses": {"200": {"description": "d", "content": {"application/json": {"schema": schema}}}}
    })
}

fn id() -> Value {
    json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}})
}

/// The same operation with another parameter.
fn with(parameter: Value) -> Value {
    let mut operation = returns(json!({"type": "object"}));
    operation["parameters"] = json!([id(), parameter]);
    operation
}

#[test]
fn hard_documents() {
    let two_failures = json!({
        "parameters": [id()],
        "responses": {
            "200": {"description": "d", "content": {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}}},
            "404": {"description": "d"},
            "4XX": {"description": "d", "content": {"application/json": {"schema": {"type": "object", "properties": {"zzz": {"type": "string"}}}}}},
            "default": {"description": "d", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
        }
    });
    let two_successes = json!({
        "parameters": [id()],
        "responses": {
            "200": {"description": "d", "content": {"application/json": {"schema": {"type": "object"}}}},
            "204": {"description": "d"}
        }
    });
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let documents: Vec<(&str, Vec<u8>)> = vec![
        ("several failures", document("3.0.3", two_failures, json!({}))),
        ("several successes", document("3.0.3", two_successes, json!({}))),
        ("3.1 nullable", document("3.1.0", returns(json!({"type": "object", "properties": {"a": {"type": ["string", "null"]}, "b": {"anyOf": [{"type": "integer"}, {"type": "null"}]}, "c": {"const": "x"}, "d": {"type": "integer", "exclusiveMinimum": 3}}})), json!({}))),
        ("nullable alone", document("3.0.3", returns(json!({"type": "object", "properties": {"a": {"nullable": true, "maxLength": 3}}})), json!({}))),
        ("closed object, pattern, uuid", document("3.0.3", returns(json!({"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string", "pattern": "^a$", "maxLength": 1}, "b": {"type": "string", "format": "uuid"}}})), json!({}))),
        ("enums that clash", document("3.0.3", returns(json!({"type": "string", "enum": ["a", "A"]})), json!({}))),
        ("types that clash", document("3.0.3", returns(reference("foo-bar")), json!({"foo-bar": {"type": "object", "properties": {"x": reference("FooBar")}}, "FooBar": {"type": "object"}}))),
        ("parameters that clash", document("3.0.3", json!({"parameters": [id(), {"name": "include[]", "in": "query", "schema": {"type": "string"}}, {"name": "include", "in": "query", "schema": {"type": "string"}}], "responses": {"200": {"description": "d"}}}), json!({}))),
        ("JSON without a schema", document("3.0.3", json!({"parameters": [id()], "responses": {"200": {"description": "d", "content": {"application/json": {}}}}}), json!({}))),
        ("an undeclared path parameter", document("3.0.3", json!({"responses": {"200": {"description": "d"}}}), json!({}))),
        ("an optional path parameter", document("3.0.3", json!({"parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}], "responses": {"200": {"description": "d"}}}), json!({}))),
        ("a cookie", document("3.0.3", with(json!({"name": "c", "in": "cookie", "schema": {"type": "string"}})), json!({}))),
        ("a deep object", document("3.0.3", with(json!({"name": "f", "in": "query", "style": "deepObject", "schema": {"type": "object"}})), json!({}))),
        ("a parameter with content", document("3.0.3", with(json!({"name": "f", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}})), json!({}))),
        ("a reference to nowhere", document("3.0.3", returns(reference("Nothing")), json!({}))),
        ("a reference out of the document", document("3.0.3", returns(json!({"$ref": "other.json#/X"})), json!({}))),
        ("a reference into paths", document("3.0.3", returns(json!({"$ref": "#/paths/~1x~1{id}/get/responses/200/content/application~1json/schema"})), json!({}))),
        ("made of itself", document("3.0.3", returns(reference("A")), json!({"A": {"oneOf": [reference("B")], "discriminator": {"propertyName": "t"}}, "B": {"allOf": [reference("A"), {"type": "object"}]}}))),
        ("recursive through a property", document("3.0.3", returns(reference("A")), json!({"A": {"type": "object", "properties": {"a": reference("A"), "b": {"type": "array", "items": reference("A")}}}}))),
        ("a default of another type", document("3.0.3", with(json!({"name": "f", "in": "query", "schema": {"type": "integer", "default": "many"}})), json!({}))),
        ("a contradictory allOf", document("3.0.3", returns(json!({"allOf": [{"type": "object", "properties": {"s": {"type": "boolean", "enum": [true]}}}, {"type": "object", "properties": {"s": {"type": "boolean", "enum": [false]}}}]})), json!({}))),
        ("a version that is not ASCII", serde_json::to_vec(&json!({"openapi": "3.0.3", "info": {"title": "t", "version": "é"}, "paths": {"/x/{id}": {"get": returns(json!({"type": "object"}))}}})).unwrap()),
        ("Swagger 2", serde_json::to_vec(&json!({"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/x/{id}": {"get": returns(json!({"type": "object"}))}}})).unwrap()),
        ("no info", serde_json::to_vec(&json!({"openapi": "3.0.3", "paths": {"/x/{id}": {"get": returns(json!({"type": "object"}))}}})).unwrap()),
        ("no operation of that path", serde_json::to_vec(&json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}})).unwrap()),
        ("no document", b"[]".to_vec()),
        ("no JSON", b"{".to_vec()),
    ];
    let mut told = String::new();
    for (name, bytes) in documents {
        let (code, out) = run(&bytes, "GET /x/{id}");
        let said = if code == 0 {
            "generated".to_owned()
        } else {
            assert!(out.contains("remedy: "), "{name}: {out}");
            out
        };
        told.push_str(&format!("### {name}\n{}\n\n", said.trim_end()));
    }
    insta::assert_snapshot!(told);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    /// Whatever one value of a good document is replaced by, nothing panics.
    #[test]
    fn a_broken_document_is_code_or_a_problem(place in 0_usize..200, value in 0_usize..12) {
        let mut broken: Value = serde_json::from_slice(&document(
            "3.1.0",
            with(json!({"name": "q", "in": "query", "schema": {"type": "string", "enum": ["a", "b"]}})),
            json!({"A": {"type": "object", "required": ["x"], "properties": {"x": {"type": ["string", "null"]}, "y": {"$ref": "#/components/schemas/A"}}}}),
        )).unwrap();
        let values = [
            json!(null), json!(true), json!(0), json!(-1.5), json!(""), json!("x"), json!([]), json!([[]]),
            json!({}), json!({"$ref": "#/components/schemas/A"}), json!({"type": "string"}), json!("#/x"),
        ];
        let mut pointers = Vec::new();
        collect(&broken, String::new(), &mut pointers);
        let pointer = &pointers[place % pointers.len()];
        if let Some(target) = broken.pointer_mut(pointer) {
            *target = values[value].clone();
        }
        let (code, out) = run(broken.to_string().as_bytes(), "GET /x/{id}");
        proptest::prop_assert!(code == 0 || out.contains("remedy: "), "{pointer}: {out}");
    }
}

fn collect(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(field, format!("{at}/{name}"), pointers);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{at}/{index}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(at);
}
