//! Names of operations and types that are missing, or the same in Rust.

use super::finding::Findings;
use crate::{pass::Pass, pointer, rust_name, schema};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) fn check(document: &Value, findings: &mut Findings<'_>) {
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for at in schema::operations(document) {
        let site = findings.at(at.pointer()).mended_by(Pass::OperationNames);
        match at.operation["operationId"].as_str() {
            None => site.report(
                format!("{} has no operationId", at.call()),
                "nothing to do: provider.toml names it",
            ),
            Some(id) => {
                if let Some(first) = ids.insert(rust_name::snake(id), at.call()) {
                    site.in_operation(id).report(
                        format!(
                            "{} and {first} have the same operationId as a Rust name",
                            at.call()
                        ),
                        "nothing to do: provider.toml names them",
                    );
                }
            }
        }
    }
    let mut types: BTreeMap<String, &String> = BTreeMap::new();
    for (name, _) in schema::named(document) {
        if let Some(first) = types.insert(rust_name::pascal(name), name) {
            findings
                .at(pointer::to_schema(name))
                .mended_by(Pass::OperationNames)
                .report(
                    format!("{name} and {first} have the same name as Rust types"),
                    "nothing to do: one of them gets a number",
                );
        }
    }
}
