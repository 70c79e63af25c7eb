//! Keeps the operations that provider.toml names and the components they need. Runs early: unused parts
//! of a document must not reach progenitor, which panics on some.

use crate::{
    context::Context,
    problem::Problem,
    references,
    schema::{self, METHODS},
};
use serde_json::Value;
use std::collections::BTreeSet;

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let present: BTreeSet<String> = schema::operations(document).map(|at| at.call()).collect();
    let problems: Vec<Problem> = context
        .provider
        .operations
        .iter()
        .filter(|(_, choice)| !present.contains(&choice.call))
        .map(|(name, choice)| {
            context
                .problem(
                    "/paths",
                    format!("there is no {}", choice.call),
                    format!(
                        "correct operations.{name}.call in {}",
                        context.configuration
                    ),
                )
                .in_operation(name)
        })
        .collect();
    if !problems.is_empty() {
        return problems;
    }

    let calls = context.provider.calls();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        paths.retain(|path, item| {
            let Some(item) = item.as_object_mut() else {
                return false;
            };
            item.retain(
                |key, _| match METHODS.iter().find(|method| *method == key) {
                    Some(method) => {
                        calls.contains_key(format!("{} {path}", method.to_uppercase()).as_str())
                    }
                    None => key == "parameters",
                },
            );
            item.keys().any(|key| key != "parameters")
        });
    }
    references::prune(document);
    if let Some(root) = document.as_object_mut() {
        // What stays is what progenitor reads.
        root.retain(|key, _| matches!(key.as_str(), "openapi" | "info" | "paths" | "components"));
        if let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) {
            components.remove("securitySchemes");
            components.remove("examples");
            components.remove("links");
            components.remove("callbacks");
        }
    }
    for (_, _, operation) in schema::operations_mut(document) {
        if let Some(operation) = operation.as_object_mut() {
            operation.retain(|key, _| {
                matches!(
                    key.as_str(),
                    "operationId"
                        | "summary"
                        | "description"
                        | "parameters"
                        | "requestBody"
                        | "responses"
                        | "deprecated"
                )
            });
        }
    }
    Vec::new()
}
