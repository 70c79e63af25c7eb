//! What is written for small documents, as text: that it works is what the corpus shows.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use certfleet_codegen::Generated;
use serde_json::{Value, json};

/// What is generated for a document with these paths.
fn of_paths(paths: Value) -> Generated {
    of_document(json!({
        "openapi": "3.0.3",
        "info": {"title": "Written", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": paths,
    }))
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
