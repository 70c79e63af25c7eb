//! A hundred thousand levels of anything end in a problem that says so: no stack overflow, no endless
//! run, no memory without bounds.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use certfleet_codegen::{Generated, drift, lint};
use serde_json::{Map, Value, json};

/// How many levels.
const LEVELS: usize = 100_000;

/// What is said of a text that is read.
fn refusal(text: &str) -> String {
    support::parse(text.as_bytes(), "deep")
        .expect_err("a problem")
        .to_string()
}

#[test]
fn texts_nested_deep_are_refused() {
    let lists =
        |open: &str, close: &str| format!("{}1{}", open.repeat(LEVELS), close.repeat(LEVELS));
    let indented: String = (0..2_000)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect();
    for (name, text) in [
        ("JSON lists", lists("[", "]")),
        ("JSON objects", lists("{\"a\":", "}")),
        ("JSON that never ends", "[".repeat(LEVELS)),
        ("YAML lists", format!("a: {}", lists("[", "]"))),
        ("YAML objects", format!("a: {}", lists("{a: ", "}"))),
        ("YAML that never ends", format!("a: {}", "[".repeat(LEVELS))),
        ("YAML dashes", format!("a:\n {}x", "- ".repeat(LEVELS))),
        ("YAML blocks", indented),
        (
            "JSON allOf",
            format!("{{\"x\":{}", lists("{\"allOf\":[", "]}")),
        ),
    ] {
        let said = refusal(&text);
        assert!(said.starts_with("deep: is n"), "{name}: {said}");
        assert!(said.contains("remedy: "), "{name}: {said}");
    }
    assert!(refusal(&lists("[", "]")).contains("nested deeper than 100 levels"));
}

#[test]
fn yaml_aliases_do_not_multiply() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let above = level - 1;
        bomb.push_str(&format!(
            "a{level}: &a{level} [{}*a{above}]\n",
            format!("*a{above}, ").repeat(9)
        ));
    }
    let chain: String = (1..LEVELS)
        .map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1))
        .collect();
    for (name, text) in [
        ("ten to the twelfth", bomb),
        ("a chain", format!("a0: &a0 x\n{chain}")),
        ("an alias of itself", "a: &a [*a]\n".to_owned()),
        ("merged into itself", "a: &a\n  <<: *a\n  b: 1\n".to_owned()),
    ] {
        let said = refusal(&text);
        assert!(
            said.contains("is not YAML") || said.contains("nested deeper"),
            "{name}: {said}"
        );
    }
}

#[test]
fn as_deep_as_is_allowed_goes_through() {
    // Two levels each, beside the ten above the schema.
    let mut schema = json!({"type": "string"});
    for _ in 0..44 {
        schema = json!({"type": "object", "properties": {"a": schema}});
    }
    let mut document = chain(0, |next| next);
    document["components"]["schemas"]["S000000"] = schema;
    let text = certfleet_codegen::document::to_yaml(&document, "deep").unwrap();
    let read = support::parse(text.as_bytes(), "deep").unwrap();
    assert_eq!(read, document);
    let generated = support::from_document(read, "deep").unwrap();
    assert!(generated.refused.is_empty(), "{:?}", generated.refused);
}

/// A document with one operation that needs no schema and one that returns the first of a chain.
fn chain(length: usize, link: impl Fn(Value) -> Value) -> Value {
    let reference = |number: usize| json!({"$ref": format!("#/components/schemas/S{number:06}")});
    let mut schemas = Map::new();
    for number in 0..length {
        schemas.insert(format!("S{number:06}"), link(reference(number + 1)));
    }
    schemas.insert(
        format!("S{length:06}"),
        json!({"type": "object", "properties": {"a": {"type": "string"}}}),
    );
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Chain", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": {
            "/plain": {"get": {"operationId": "plain", "responses": {"204": {"description": "d"}}}},
            "/deep": {"get": {"operationId": "deep", "responses": {"200": {"description": "d", "content": {"application/json": {"schema": reference(0)}}}}}}
        },
        "components": {"schemas": schemas}
    })
}

/// What becomes of a document: the operation without a schema is generated, the other one refused.
fn one_is_refused(name: &str, document: Value) -> String {
    let Generated {
        generated, refused, ..
    } = support::from_document(document, name)
        .unwrap_or_else(|problem| panic!("{name}: {problem}"));
    assert!(generated.contains("plain"), "{name}: {refused:?}");
    let problem = refused
        .get("deep")
        .unwrap_or_else(|| panic!("{name}: nothing is refused"));
    assert!(
        !problem.remedy.is_empty() && problem.pointer.starts_with("/components/schemas/"),
        "{name}: {problem}"
    );
    problem.what.clone()
}

#[test]
fn chains_of_schemas_are_refused() {
    type Link = fn(Value) -> Value;
    // The first two all the way; the others are told apart from them by nothing but their keyword.
    let links: [(&str, Link); 5] = [
        ("references", |next| next),
        ("allOf", |next| json!({"allOf": [next, {"type": "object"}]})),
        ("oneOf", |next| json!({"oneOf": [next, {"type": "string"}]})),
        ("anyOf of one", |next| json!({"anyOf": [next]})),
        (
            "inline allOf",
            |next| json!({"allOf": [{"allOf": [{"oneOf": [next]}]}]}),
        ),
    ];
    for (number, (name, link)) in links.into_iter().enumerate() {
        let document = chain(if number < 2 { LEVELS } else { 5_000 }, link);
        let what = one_is_refused(name, document);
        assert!(what.contains("followed"), "{name}: {what}");
    }
}

#[test]
fn a_composition_that_doubles_is_refused() {
    // 2^30 schemas in 30 steps.
    let document = chain(
        30,
        |next| json!({"allOf": [next.clone(), {"allOf": [next]}]}),
    );
    let found = lint::all(&document, "doubling");
    assert!(found.iter().any(|finding| finding.mended_by.is_none()));
    let what = one_is_refused("doubling", document);
    assert!(what.contains("than can be followed"), "{what}");
}

#[test]
fn a_circle_of_any_length_is_broken() {
    let mut document = chain(LEVELS, |next| json!({"allOf": [next, {"type": "object"}]}));
    document["components"]["schemas"][format!("S{LEVELS:06}")] =
        json!({"allOf": [{"$ref": "#/components/schemas/S000000"}]});
    // Broken once, nothing is left that leads further.
    let generated = support::from_document(document, "circle").unwrap();
    assert!(generated.refused.is_empty(), "{:?}", generated.refused);
    assert_eq!(generated.generated.len(), 2);
}

#[test]
fn rows_of_references_outside_schemas_are_refused() {
    let mut document = chain(0, |next| next);
    let mut parameters = Map::new();
    for number in 0..1_000 {
        parameters.insert(
            format!("P{number}"),
            json!({"$ref": format!("#/components/parameters/P{}", number + 1)}),
        );
    }
    parameters.insert(
        "P1000".to_owned(),
        json!({"name": "p", "in": "query", "schema": {"type": "string"}}),
    );
    document["components"]["parameters"] = parameters.into();
    document["paths"]["/deep"]["get"]["parameters"] =
        json!([{"$ref": "#/components/parameters/P0"}]);
    let generated = support::from_document(document, "parameters").unwrap();
    assert!(generated.generated.contains("plain"));
    let problem = &generated.refused["deep"];
    assert!(
        problem.what.contains("more references than are followed"),
        "{problem}"
    );
}

#[test]
fn drift_compares_deep_chains() {
    let old = chain(
        LEVELS,
        |next| json!({"type": "object", "properties": {"next": next}}),
    );
    let mut new = old.clone();
    new["components"]["schemas"][format!("S{LEVELS:06}")] =
        json!({"type": "object", "properties": {"a": {"type": "integer"}}});
    let calls = ["GET /deep".to_owned()].into();
    let differences = drift::compare(&old, &new, &calls);
    assert_eq!(differences.len(), 1);
}
