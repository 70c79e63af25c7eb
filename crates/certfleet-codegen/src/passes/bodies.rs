//! Leaves one media type of every request body: JSON if the vendor takes it, else a form, else bytes
//! as they are. A JSON object whose example is `{}` is not a parameter: the client sends `{}`.

use crate::{
    context::Context,
    extensions::{EMPTY_JSON, MEDIA_TYPE},
    media_type::{self, ANYTHING, JSON, MULTIPART, OCTETS, URLENCODED, is_json},
    pointer,
    problem::Problem,
    request_body, schema,
};
use serde_json::{Map, Value, json};

/// What is wrong with a body, and the remedy.
type Refusal = (String, &'static str);

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, method, operation) in schema::operations_mut(document) {
        let at = pointer::join(["paths", &path, method, "requestBody"]);
        let name = schema::operation_id(operation);
        let note = |what: String| context.note(&name, &at, what);
        if let Some(operation) = operation.as_object_mut()
            && let Err((what, remedy)) = choose(operation, method, context.provider.inferred, &note)
        {
            problems.push(context.problem(at, what, remedy).in_operation(name));
        }
    }
    problems
}

/// Leaves one media type of an operation's body, or no body.
fn choose(
    operation: &mut Map<String, Value>,
    method: &str,
    is_inferred: bool,
    note: &dyn Fn(String),
) -> Result<(), Refusal> {
    let Some(body) = operation.get_mut("requestBody") else {
        return Ok(());
    };
    let whole = json!({"required": body["required"]});
    let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) else {
        return Err((
            "the request body has no content".to_owned(),
            "remove it or add its content in overlay.yaml",
        ));
    };
    let json = content
        .keys()
        .find(|media_type| is_json(media_type))
        .cloned();
    let json = json.or_else(|| any_as(content, is_structured).map(str::to_owned));
    if let Some(media_type) = json {
        if !keep_json(content, &media_type, note) {
            operation.remove("requestBody");
            operation.insert(EMPTY_JSON.to_owned(), true.into());
        }
        return Ok(());
    }
    if let [(media_type, only)] = content.iter().collect::<Vec<_>>().as_slice()
        && *media_type != MULTIPART
        && request_body::is_needless(method, &whole, only)
    {
        note(format!("the optional body of {media_type} is not sent"));
        operation.remove("requestBody");
        return Ok(());
    }
    let mut media_type = request_body::chosen(content, is_inferred)?;
    if content.len() > 1 {
        note(format!("sent as {media_type} only"));
    }
    let sent = content.remove(&media_type).unwrap_or_default();
    content.clear();
    if media_type == ANYTHING {
        media_type = OCTETS.to_owned();
    }
    let (kept, sent) = match media_type::essence(&media_type).as_str() {
        MULTIPART => (MULTIPART, sent),
        URLENCODED => (URLENCODED, form(sent)),
        _ => (
            OCTETS,
            json!({"schema": {"type": "string", "format": "binary"}}),
        ),
    };
    content.insert(kept.to_owned(), sent);
    if kept == OCTETS && media_type != OCTETS {
        operation.insert(MEDIA_TYPE.to_owned(), media_type.into());
    }
    Ok(())
}

/// Leaves one media type as JSON. Returns `false` if the body is always `{}`.
fn keep_json(content: &mut Map<String, Value>, media_type: &str, note: &dyn Fn(String)) -> bool {
    let body = content.remove(media_type).unwrap_or_default();
    if media_type == ANYTHING {
        note("sent as JSON, as any media type will do".to_owned());
    } else if content.keys().any(|other| !is_json(other)) {
        let others: Vec<&str> = content.keys().map(String::as_str).collect();
        note(format!("sent as JSON; {} is left out", others.join(", ")));
    }
    content.clear();
    let schema = body
        .get("schema")
        .filter(|schema| schema.is_object())
        .cloned()
        .unwrap_or_else(|| json!({}));
    let is_empty = body["example"] == json!({}) && is_any(&schema);
    if !is_empty {
        content.insert(JSON.to_owned(), json!({ "schema": schema }));
    }
    !is_empty
}

/// The range that takes any media type, for a body of this kind.
fn any_as(content: &Map<String, Value>, is_kind: fn(&Value) -> bool) -> Option<&str> {
    content
        .get_key_value(ANYTHING)
        .filter(|(_, body)| is_kind(&body["schema"]))
        .map(|(media_type, _)| media_type.as_str())
}

/// Whether a body is made of members or items, or of what a reference leads to: JSON, if any media
/// type will do.
fn is_structured(schema: &Value) -> bool {
    matches!(schema["type"].as_str(), Some("object" | "array"))
        || ["$ref", "properties", "items", "allOf", "anyOf", "oneOf"]
            .iter()
            .any(|keyword| schema.get(*keyword).is_some())
}

/// A form's schema and encoding, which pass urlencoded reads. Without a schema it may hold anything.
fn form(body: Value) -> Value {
    let schema = body
        .get("schema")
        .filter(|schema| schema.as_object().is_some_and(|fields| !fields.is_empty()))
        .cloned()
        .unwrap_or_else(|| json!({"type": "object"}));
    json!({"schema": schema, "encoding": body["encoding"]})
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
