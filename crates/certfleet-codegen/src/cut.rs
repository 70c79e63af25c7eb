//! Cuts operations out of a vendor's full document, with what they need.

use crate::{reference_targets, references, schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Leaves the operations with these calls (`GET /certificates`) and what they refer to. What stays is
/// as the vendor wrote it, except that what references into other paths lead to gets a name.
pub fn cut(document: &mut Value, calls: &BTreeSet<String>) {
    reference_targets::inline_path_items(document);
    reference_targets::name_targets(document);
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        paths.retain(|path, item| {
            let Some(item) = item.as_object_mut() else {
                return false;
            };
            item.retain(|key, _| {
                !schema::METHODS.contains(&key.as_str())
                    || calls.contains(&format!("{} {path}", key.to_uppercase()))
            });
            item.keys()
                .any(|key| schema::METHODS.contains(&key.as_str()))
        });
    }
    references::prune(document);
}

/// Removes what is not about the operations: webhooks, tags, security schemes that no operation names, the
/// vendor's extensions of the root.
pub fn tidy(document: &mut Value) {
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut requirements: Vec<&Value> = vec![&document["security"]];
    requirements.extend(schema::operations(document).map(|at| &at.operation["security"]));
    for requirement in requirements {
        for schemes in requirement.as_array().into_iter().flatten() {
            named.extend(
                schemes
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.clone()),
            );
        }
    }
    if let Some(root) = document.as_object_mut() {
        root.retain(|key, _| {
            matches!(
                key.as_str(),
                "openapi" | "info" | "servers" | "security" | "paths" | "components"
            )
        });
    }
    // Without any requirement the schemes are all that is said of authentication.
    if !named.is_empty()
        && let Some(schemes) = document
            .pointer_mut("/components/securitySchemes")
            .and_then(Value::as_object_mut)
    {
        schemes.retain(|name, _| named.contains(name));
    }
}

/// Removes what only people read: descriptions, summaries, examples, the vendor's extensions.
pub fn drop_prose(document: &mut Value) {
    let strip = |fields: &mut Map<String, Value>| {
        fields.retain(|key, _| {
            !matches!(
                key.as_str(),
                "description" | "summary" | "externalDocs" | "example" | "examples"
            ) && !key.starts_with("x-")
        });
    };
    schema::walk_all_mut(document, &mut |_, schema| {
        if let Some(fields) = schema.as_object_mut() {
            strip(fields);
        }
    });
    for section in ["parameters", "requestBodies", "headers"] {
        let components = document
            .pointer_mut(&format!("/components/{section}"))
            .and_then(Value::as_object_mut);
        for component in components
            .into_iter()
            .flatten()
            .map(|(_, component)| component)
        {
            component.as_object_mut().map(strip);
        }
    }
    for (_, _, operation) in schema::operations_mut(document) {
        let Some(operation) = operation.as_object_mut() else {
            continue;
        };
        strip(operation);
        operation.remove("tags");
        for parameter in operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            parameter.as_object_mut().map(strip);
        }
        for response in operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
            .map(|(_, response)| response)
            .filter(|response| response.get("$ref").is_none())
        {
            if let Some(response) = response.as_object_mut() {
                // OpenAPI demands one.
                response.insert("description".to_owned(), json!(""));
            }
        }
    }
}
