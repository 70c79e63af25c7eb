//! Small documents, each with one hard thing: what becomes of it, and whether it works. Every golden
//! is compiled, and every operation with a documented answer makes a round trip.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use certfleet_codegen::{Generated, schema};
use serde_json::Value;
use std::{collections::BTreeSet, fs};
use support::{batch::Batch, round_trip};

/// The documents, by their names.
fn documents() -> Vec<(String, Value)> {
    let mut documents: Vec<(String, Value)> = fs::read_dir(support::here().join("tests/corpus"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let bytes = fs::read(&path).unwrap();
            let document =
                support::parse(&bytes, &name).unwrap_or_else(|problem| panic!("{problem}"));
            (name, document)
        })
        .collect();
    documents.sort_by(|(one, _), (other, _)| one.cmp(other));
    documents
}

#[test]
fn every_document_is_code_that_works_or_a_refusal() {
    let documents = documents();
    assert!(documents.len() >= 60, "{} documents", documents.len());
    let mut batch = Batch::new("corpus-batch");
    for (name, document) in &documents {
        let module = name.replace('-', "_");
        let generated = support::from_document(document.clone(), name)
            .unwrap_or_else(|problem| panic!("{name}: {problem}"));
        nothing_is_lost(name, document, &generated);
        insta::with_settings!({snapshot_path => "goldens", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name.as_str(), summary(&generated));
        });
        if !generated.files.is_empty() {
            batch.add(&module, &generated.files);
            batch.add_tests(&round_trip::tests(
                &module,
                document,
                &generated.lowered,
                &generated.files,
            ));
        }
    }
    if let Err(text) = batch.run() {
        panic!("{text}");
    }
}

/// Operations in are operations generated and operations refused.
fn nothing_is_lost(name: &str, document: &Value, generated: &Generated) {
    let operations = schema::operations(document).count();
    let behind_references = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, item)| item.get("$ref").is_some())
        .filter_map(|(_, item)| schema::follow(document, item))
        .map(|item| {
            schema::METHODS
                .iter()
                .filter(|method| item.get(**method).is_some())
                .count()
        })
        .sum::<usize>();
    let unreachable = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, item)| item.get("$ref").is_some() && schema::follow(document, item).is_none())
        .count();
    assert_eq!(
        operations + behind_references + unreachable,
        generated.generated.len() + generated.refused.len(),
        "{name}"
    );
    let written: BTreeSet<String> = schema::operations(&generated.lowered)
        .map(|at| at.name())
        .collect();
    assert_eq!(written, generated.generated, "{name}");
    for (operation, problem) in &generated.refused {
        assert!(!problem.remedy.is_empty(), "{name}: {operation}");
        assert!(
            problem.pointer.starts_with('/'),
            "{name}: {operation}: {problem}"
        );
    }
}

/// What was generated, as people read it.
fn summary(generated: &Generated) -> String {
    let mut text = String::new();
    for (name, problem) in &generated.refused {
        text.push_str(&format!(
            "refused {name} at {}: {}\n  remedy: {}\n",
            problem.pointer, problem.what, problem.remedy
        ));
    }
    for note in &generated.notes {
        text.push_str(&format!("note {note}\n"));
    }
    for at in schema::operations(&generated.lowered) {
        text.push_str(&format!("{} = {}\n", at.name(), at.call()));
        for parameter in at.operation["parameters"].as_array().into_iter().flatten() {
            text.push_str(&format!(
                "  {} {}{}: {}\n",
                parameter["in"].as_str().unwrap(),
                parameter["name"].as_str().unwrap(),
                if parameter["required"] == true {
                    ""
                } else {
                    "?"
                },
                parameter["schema"]
            ));
        }
        if let Some(body) = at.operation.get("requestBody") {
            text.push_str(&format!("  body {}\n", body["content"]));
        }
        for mark in ["x-certfleet-form", "x-certfleet-media-type"] {
            if let Some(value) = at.operation.get(mark) {
                text.push_str(&format!("  {mark} {value}\n"));
            }
        }
        if at.operation["x-certfleet-empty-json"] == true {
            text.push_str("  body {}\n");
        }
        for (status, response) in at.operation["responses"].as_object().into_iter().flatten() {
            let content = response
                .get("content")
                .map_or("nothing".to_owned(), Value::to_string);
            text.push_str(&format!("  {status} {content}\n"));
            if let Some(others) = response.get("x-certfleet-successes") {
                text.push_str(&format!("  and {others}\n"));
            }
        }
    }
    for (name, schema) in generated.lowered["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let line = schema.to_string();
        let line = match line.char_indices().nth(600) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        };
        text.push_str(&format!("{name}: {line}\n"));
    }
    text
}
