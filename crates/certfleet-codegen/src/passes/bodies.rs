//! Request bodies that progenitor cannot express: a JSON object whose example is `{}` becomes no
//! parameter (the client sends `{}`); other media types beside JSON are left out.

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
        let whole = json!({"required": body["required"]});
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
            let body = content.remove(&media_type).unwrap_or_default();
            if content.keys().any(|other| !is_json(other)) {
                let others: Vec<&str> = content.keys().map(String::as_str).collect();
                context.note(
                    &name,
                    &at,
                    format!("sent as JSON; {} is left out", others.join(", ")),
                );
            }
            content.clear();
            let schema = body
                .get("schema")
                .filter(|schema| schema.is_object())
                .cloned()
                .unwrap_or_else(|| json!({}));
            if body["example"] == json!({}) && is_any(&schema) {
                operation.remove("requestBody");
                operation.insert(EMPTY_JSON.to_owned(), true.into());
            } else {
                content.insert("application/json".to_owned(), json!({ "schema": schema }));
            }
        } else if content.contains_key("multipart/form-data") {
            if content.len() > 1 {
                context.note(&name, &at, "sent as multipart/form-data only");
            }
            content.retain(|media_type, _| media_type == "multipart/form-data");
        } else if let [(media_type, only)] = content.iter().collect::<Vec<_>>().as_slice()
            && is_needless(method, &whole, only)
        {
            context.note(
                &name,
                &at,
                format!("the body of {media_type}, which need not be sent, is not sent"),
            );
            operation.remove("requestBody");
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

/// Whether a body of a media type that is not sent can be done without: a read or a deletion does
/// not need it, and one without members holds nothing.
pub(crate) fn is_needless(method: &str, body: &Value, media_type: &Value) -> bool {
    let schema = &media_type["schema"];
    let is_empty = schema["properties"]
        .as_object()
        .is_none_or(serde_json::Map::is_empty)
        && schema["type"] == "object"
        && schema
            .get("additionalProperties")
            .is_none_or(|rest| *rest == false || *rest == json!({}));
    body["required"] != true && (matches!(method, "get" | "head" | "delete") || is_empty)
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
