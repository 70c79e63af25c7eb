//! What is written for small documents, as text: that it works is what the corpus shows.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use certfleet_codegen::{Generated, infer};
use serde_json::{Value, json};

/// What is generated for a document with these paths.
fn of_paths(paths: Value) -> Generated {
    of_document(with_paths(paths))
}

fn with_paths(paths: Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Written", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": paths,
    })
}

fn of_document(document: Value) -> Generated {
    let generated = support::from_document(document, "written").unwrap();
    assert!(generated.refused.is_empty(), "{:?}", generated.refused);
    generated
}

/// A file without white space, which the formatter decides.
fn compact(generated: &Generated, file: &str) -> String {
    generated.files[file].split_whitespace().collect()
}

#[test]
fn a_fixed_query_is_sent_unless_a_parameter_of_its_name_is() {
    let operation = |is_required: bool| {
        json!({"get": {
            "operationId": "read",
            "parameters": [{"name": "mode", "in": "query", "required": is_required, "schema": {"type": "string"}}],
            "responses": {"204": {"description": "d"}},
        }})
    };
    for (is_required, sent) in [
        (true, ".query(\"mode\",&mode)"),
        (
            false,
            ".query(\"mode\",&mode.is_none().then_some(\"x\")).query(\"mode\",&mode)",
        ),
    ] {
        let generated = of_paths(json!({"/a?mode=x": operation(is_required)}));
        let builder = compact(&generated, "src/builder.rs");
        let call = format!(".request(&api::READ){sent}.build()?");
        assert!(builder.contains(&call), "{builder}");
    }
}

#[test]
fn statuses_go_before_the_ranges_that_hold_them() {
    let json = |schema: Value| json!({"description": "d", "content": {"application/json": {"schema": schema}}});
    let (text, nothing) = (json(json!({"type": "string"})), json!({"description": "d"}));
    let list = json(json!({"type": "array", "items": {"type": "string"}}));
    for (responses, arms) in [
        (
            json!({"200": text, "201": text, "202": nothing, "203": list, "2XX": nothing}),
            "202u16=>Expect::Nothing,203u16=>Expect::Json,200u16|201u16=>Expect::Json,200..=299=>Expect::Nothing,_=>Expect::Json,",
        ),
        (
            json!({"303": text, "3XX": nothing}),
            "303u16=>Expect::Json,300..=399=>Expect::Nothing,_=>Expect::Json,",
        ),
        (
            json!({"200": text, "204": nothing}),
            "204u16=>Expect::Nothing,_=>Expect::Json,",
        ),
        (
            json!({"204": nothing, "2XX": text}),
            "204u16=>Expect::Nothing,_=>Expect::Json,",
        ),
    ] {
        let generated =
            of_paths(json!({"/a": {"get": {"operationId": "read", "responses": responses}}}));
        let successes = compact(&generated, "src/successes.rs");
        assert!(
            successes.contains(&format!("matchstatus{{{arms}}}")),
            "{successes}"
        );
    }
}

#[test]
fn texts_of_the_document_stay_on_their_line() {
    let odd = |text: &str| format!("{text}\npub static INJECTED: u8 = 0;\n```\nx");
    let server = |host: &str| {
        json!({
            "url": odd(&format!("https://{host}.example.com/{{{}}}", odd("v"))),
            "variables": {odd("v"): {"default": "v"}},
        })
    };
    let generated = of_document(json!({
        "openapi": "3.0.3",
        "info": {"title": odd("Title"), "version": odd("1")},
        "servers": [server("api")],
        "security": [{odd("scheme"): []}],
        "paths": {odd("/a"): {"post": {
            "operationId": "send",
            "servers": [server("upload")],
            "parameters": [{"name": odd("q"), "in": "query", "schema": {"type": "string"}}],
            "requestBody": {"content": {"application/x": {}}},
            "responses": {
                "200": {"description": "d", "content": {"application/json": {"schema": {
                    "type": "object",
                    "properties": {odd("p"): {"type": "string"}},
                }}}},
                odd("2"): {"description": "d"},
            },
        }}},
        "components": {"securitySchemes": {odd("scheme"): {"type": odd("t"), "in": odd("i")}}},
    }));
    for (file, text) in &generated.files {
        let fences = if file == "README.md" { 2 } else { 0 };
        // Of a comment: what stands in a literal does no harm.
        let lines = text.lines().map(|line| {
            let line = line.trim_start();
            line.strip_prefix("///").unwrap_or(line).trim_start()
        });
        let (code, found): (Vec<&str>, Vec<&str>) = lines
            .filter(|line| line.starts_with("```") || line.starts_with("pub static INJECTED"))
            .partition(|line| line.starts_with("pub"));
        assert!(code.is_empty(), "{file}: {text}");
        assert_eq!(found.len(), fences, "{file}: {text}");
    }
}

#[test]
fn secrets_of_a_success_that_the_client_does_not_return_are_secrets() {
    let token = json!({"type": "object", "properties": {"token": {"type": "string", "format": "password"}}});
    let json =
        json!({"description": "d", "content": {"application/problem+json": {"schema": token}}});
    let text = json!({"description": "d", "content": {"text/plain": {}}});
    for (responses, secrets) in [
        (json!({"200": text, "201": json}), "&[\"token\"]"),
        (json!({"200": text, "4XX": json}), "&[]"),
    ] {
        let document =
            with_paths(json!({"/a": {"get": {"operationId": "read", "responses": responses}}}));
        let mut provider = infer("written", &document, "written", &[]).unwrap();
        provider.operations.get_mut("read").unwrap().success = Some("200".to_owned());
        let generated = support::from_provider(document, provider).unwrap();
        let api = compact(&generated, "src/api.rs");
        assert!(api.contains("expect:Expect::Bytes"), "{api}");
        assert!(
            api.contains(&format!("response_secrets:{secrets}")),
            "{api}"
        );
    }
}

#[test]
fn security_schemes_have_names_of_their_own() {
    let key = |name: &str| json!({"type": "apiKey", "in": "header", "name": name});
    let mut document =
        with_paths(json!({"/a": {"get": {"responses": {"204": {"description": "d"}}}}}));
    document["components"] = json!({"securitySchemes": {
        "Self": key("A"), "aB": key("B"), "ab": key("C"), "anonymous": key("D"), "self": key("E"),
    }});
    let provider = infer("written", &document, "written", &[]).unwrap();
    let names: Vec<&String> = provider.auth.keys().collect();
    assert_eq!(
        names,
        [
            "AB",
            "Ab2",
            "Anonymous",
            "AnonymousScheme",
            "SelfScheme",
            "SelfScheme2"
        ]
    );
}
