//! Request bodies that progenitor cannot express: a JSON body without a schema becomes no parameter
//! (the client sends `{}`); other media types beside JSON are left out.

use crate::{passes::success::is_json, pipeline::Context, pointer, problem::Problem, schema};
use serde_json::{Value, json};

/// Marks an operation whose body is always `{}`.
pub(crate) const EMPTY_JSON: &str = "x-certfleet-empty-json";

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, method, operation) in schema::operations_mut(document) {
        let at = pointer::of(["paths", &path, method, "requestBody"]);
        let name = operation["operationId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let Some(operation) = operation.as_object_mut() else {
            continue;
        };
        let Some(body) = operation.get_mut("requestBody") else {
            continue;
        };
        let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) else {
            problems.push(
                context
                    .problem(
                        at,
                        "the request body has no content",
                        "remove it or add its content in overlay.yaml",
                    )
                    .of(name),
            );
            continue;
        };
        let json = content
            .keys()
            .find(|media_type| is_json(media_type))
            .cloned();
        if let Some(media_type) = json {
            let schema = content
                .remove(&media_type)
                .and_then(|mut body| body.get_mut("schema").map(Value::take));
            content.clear();
            match schema {
                Some(schema) if !is_any(&schema) => {
                    content.insert("application/json".to_owned(), json!({ "schema": schema }));
                }
                _ => {
                    operation.remove("requestBody");
                    if !matches!(method, "get" | "delete" | "head") {
                        operation.insert(EMPTY_JSON.to_owned(), true.into());
                    }
                }
            }
        } else if content.contains_key("multipart/form-data") {
            content.retain(|media_type, _| media_type == "multipart/form-data");
        } else if content.len() != 1 {
            problems.push(
                context
                    .problem(
                        at,
                        "the request body has several media types and none is JSON",
                        "keep one in overlay.yaml",
                    )
                    .of(name),
            );
        }
    }
    problems
}

/// A schema that says nothing, or only "an object".
fn is_any(schema: &Value) -> bool {
    schema.as_object().is_some_and(|fields| {
        fields.iter().all(|(key, value)| match key.as_str() {
            "description" | "example" | "title" => true,
            "type" => value == "object",
            _ => false,
        })
    })
}
