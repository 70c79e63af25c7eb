//! One media type for every request body: JSON if the vendor takes it, else a form, else bytes as
//! they are. A JSON object whose example is `{}` becomes no parameter (the client sends `{}`).

use crate::{passes::success::is_json, pipeline::Context, pointer, problem::Problem, schema};
use serde_json::{Map, Value, json};

/// Marks an operation whose body is always `{}`.
pub(crate) const EMPTY_JSON: &str = "x-certfleet-empty-json";

/// Holds the media type of a body that is sent as it is.
pub(crate) const MEDIA_TYPE: &str = "x-certfleet-media-type";

/// A form of files and texts.
pub(crate) const MULTIPART: &str = "multipart/form-data";

/// A form of pairs.
pub(crate) const URLENCODED: &str = "application/x-www-form-urlencoded";

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
        let json = json.or_else(|| any_as(content, is_structured).map(str::to_owned));
        if let Some(media_type) = json {
            let body = content.remove(&media_type).unwrap_or_default();
            if media_type == ANYTHING {
                context.note(&name, &at, "sent as JSON, as any media type will do");
            } else if content.keys().any(|other| !is_json(other)) {
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
            continue;
        }
        if let [(media_type, only)] = content.iter().collect::<Vec<_>>().as_slice()
            && *media_type != MULTIPART
            && is_needless(method, &whole, only)
        {
            context.note(
                &name,
                &at,
                format!("the body of {media_type}, which need not be sent, is not sent"),
            );
            operation.remove("requestBody");
            continue;
        }
        match chosen(content, context.provider.inferred) {
            Ok(media_type) => {
                if content.len() > 1 {
                    context.note(&name, &at, format!("sent as {media_type} only"));
                }
                let sent = content.remove(&media_type).unwrap_or_default();
                content.clear();
                let media_type = match media_type.as_str() {
                    ANYTHING => OCTETS.to_owned(),
                    _ => media_type,
                };
                match essence(&media_type).as_str() {
                    MULTIPART => {
                        content.insert(MULTIPART.to_owned(), sent);
                    }
                    URLENCODED => {
                        content.insert(URLENCODED.to_owned(), form(sent));
                    }
                    _ => {
                        content.insert(
                            OCTETS.to_owned(),
                            json!({"schema": {"type": "string", "format": "binary"}}),
                        );
                        if media_type != OCTETS {
                            operation.insert(MEDIA_TYPE.to_owned(), media_type.into());
                        }
                    }
                }
            }
            Err((what, remedy)) => problems.push(context.problem(at, what, remedy).of(name)),
        }
    }
    problems
}

/// Any media type.
const ANYTHING: &str = "*/*";

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

/// Bytes of no stated type.
const OCTETS: &str = "application/octet-stream";

/// The media type in which a body that is no JSON is sent, or what is wrong and what to do.
pub(crate) fn chosen(
    content: &Map<String, Value>,
    is_inferred: bool,
) -> Result<String, (String, &'static str)> {
    for form in [MULTIPART, URLENCODED] {
        if let Some(media_type) = content
            .keys()
            .find(|media_type| essence(media_type) == form)
        {
            return Ok(media_type.clone());
        }
    }
    let mut plain = content
        .keys()
        .filter(|media_type| is_plain(media_type) || *media_type == ANYTHING);
    match (plain.next(), content.len()) {
        (Some(first), 1) => Ok(first.clone()),
        (Some(first), _) if is_inferred => Ok(first.clone()),
        (_, 0) => Err((
            "the request body has no media type".to_owned(),
            "remove it or add its content in overlay.yaml",
        )),
        (_, 1) => Err((
            format!(
                "a body of {}, which is no one media type",
                content.keys().map(String::as_str).collect::<String>()
            ),
            "name the media type that is meant in overlay.yaml",
        )),
        _ => Err((
            "the request body has several media types and none is JSON".to_owned(),
            "keep one in overlay.yaml",
        )),
    }
}

/// Whether a header can say it: `image/png`, not `image/*`.
fn is_plain(media_type: &str) -> bool {
    media_type.contains('/')
        && !media_type.contains('*')
        && media_type
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// A media type without its parameters, lower case.
fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
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
