//! Leaves one success in every operation: its type is what the client returns. The other success
//! statuses are still accepted where they have the same shape; where they have another,
//! provider.toml has to choose.

use crate::{pipeline::Context, pointer, problem::Problem, schema};
use serde_json::{Map, Value};

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, method, operation) in schema::operations_mut(document) {
        let at = pointer::of(["paths", &path, method, "responses"]);
        let name = operation["operationId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            problems.push(
                context
                    .problem(&at, "there are no responses", "add them in overlay.yaml")
                    .of(name),
            );
            continue;
        };
        for response in responses.values_mut() {
            one_media_type(response);
        }
        let chosen = context
            .provider
            .operations
            .get(&name)
            .and_then(|choice| choice.success.clone());
        let mut shapes: Vec<Value> = responses.values().map(shape).collect();
        shapes.dedup();
        let kept = match (chosen, responses.keys().next()) {
            (Some(chosen), _) if responses.contains_key(&chosen) => chosen,
            (None, Some(first)) if shapes.len() == 1 => first.clone(),
            (None, Some(_)) if context.provider.inferred => {
                let best = most_telling(responses);
                context.note(
                    &name,
                    &at,
                    format!("{best} is what the client returns; the other successes of another shape are errors that keep status and body"),
                );
                best
            }
            (None, Some(_)) => {
                let statuses: Vec<_> = responses.keys().cloned().collect();
                problems.push(
                    context
                        .problem(
                            &at,
                            format!(
                                "the successes {} have different shapes, and a client returns one type",
                                statuses.join(", ")
                            ),
                            format!(
                                "choose one: `success = \"{}\"` under [operations.{name}] in {}",
                                statuses.first().map_or("200", String::as_str),
                                context.configuration
                            ),
                        )
                        .of(&name),
                );
                continue;
            }
            (_, _) => {
                problems.push(
                    context
                        .problem(
                            &at,
                            "no answer is a success of the chosen status; redirects are not followed",
                            "choose another status, or add the success in overlay.yaml",
                        )
                        .of(&name),
                );
                continue;
            }
        };
        let kept_response = responses.remove(&kept);
        responses.clear();
        if let Some(mut response) = kept_response {
            if let Some(response) = response.as_object_mut() {
                response.entry("description").or_insert_with(|| "".into());
            }
            // `2xx`, and whatever else begins with a 2.
            let status = if kept.len() == 3 && kept.bytes().all(|byte| byte.is_ascii_digit()) {
                kept
            } else {
                "2XX".to_owned()
            };
            responses.insert(status, response);
        }
    }
    problems
}

/// The lowest status with a JSON body, or with any body, or at all.
fn most_telling(responses: &Map<String, Value>) -> String {
    let weight = |response: &Value| match response["content"].as_object() {
        Some(content) if content.keys().any(|media_type| is_json(media_type)) => 0,
        Some(content) if !content.is_empty() => 1,
        _ => 2,
    };
    responses
        .iter()
        .min_by_key(|(status, response)| (weight(response), (*status).clone()))
        .map(|(status, _)| status.clone())
        .unwrap_or_default()
}

/// What is typed of a response.
fn shape(response: &Value) -> Value {
    response.get("content").cloned().unwrap_or(Value::Null)
}

/// Leaves one media type: JSON under its plain name, else bytes.
fn one_media_type(response: &mut Value) {
    let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else {
        return;
    };
    let json = content
        .keys()
        .find(|media_type| is_json(media_type))
        .cloned();
    match json {
        Some(media_type) => {
            let Some(mut body) = content.remove(&media_type) else {
                return;
            };
            if let Some(body) = body.as_object_mut() {
                // Without a schema it may be anything.
                if !body.get("schema").is_some_and(Value::is_object) {
                    body.insert("schema".to_owned(), serde_json::json!({}));
                }
                body.retain(|key, _| key == "schema");
            }
            content.clear();
            content.insert("application/json".to_owned(), body);
        }
        None if !content.is_empty() => {
            content.clear();
            content.insert(
                "application/octet-stream".to_owned(),
                serde_json::json!({"schema": {"type": "string", "format": "binary"}}),
            );
        }
        None => {}
    }
}

/// `application/json`, `application/problem+json; charset=utf-8`, …
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}
