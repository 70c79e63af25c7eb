//! Leaves one success in every operation: its type is what the client returns. Other success statuses
//! are still accepted if they have the same shape; if they have another, provider.toml has to choose.

use crate::{
    context::Context,
    media_type::{JSON, OCTETS, is_json},
    pointer,
    problem::Problem,
    schema,
};
use serde_json::{Map, Value, json};

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, method, operation) in schema::operations_mut(document) {
        let at = pointer::join(["paths", &path, method, "responses"]);
        let name = schema::operation_id(operation);
        let found = match operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        {
            Some(responses) => keep_one(responses, &name, &at, context),
            None => Err(context.problem(at, "there are no responses", "add them in overlay.yaml")),
        };
        problems.extend(found.err().map(|problem| problem.in_operation(name)));
    }
    problems
}

/// Leaves one success among the responses of an operation.
fn keep_one(
    responses: &mut Map<String, Value>,
    name: &str,
    at: &str,
    context: &Context<'_>,
) -> Result<(), Problem> {
    for response in responses.values_mut() {
        one_media_type(response);
    }
    let kept = choose(responses, name, at, context)?;
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
    Ok(())
}

/// The status that the client returns.
fn choose(
    responses: &Map<String, Value>,
    name: &str,
    at: &str,
    context: &Context<'_>,
) -> Result<String, Problem> {
    let chosen = context
        .provider
        .operations
        .get(name)
        .and_then(|choice| choice.success.clone());
    let mut shapes: Vec<Value> = responses.values().map(shape).collect();
    shapes.dedup();
    match (chosen, responses.keys().next()) {
        (Some(chosen), _) if responses.contains_key(&chosen) => Ok(chosen),
        (None, Some(first)) if shapes.len() == 1 => Ok(first.clone()),
        (None, Some(_)) if context.provider.inferred => {
            let best = most_telling(responses);
            context.note(
                name,
                at,
                format!("{best} is what the client returns; the other successes of another shape are errors that keep status and body"),
            );
            Ok(best)
        }
        (None, Some(first)) => {
            let statuses: Vec<_> = responses.keys().cloned().collect();
            Err(context.problem(
                at,
                format!(
                    "the successes {} have different shapes, and a client returns one type",
                    statuses.join(", ")
                ),
                format!(
                    "choose one: `success = \"{first}\"` under [operations.{name}] in {}",
                    context.configuration
                ),
            ))
        }
        _ => Err(context.problem(
            at,
            "no answer is a success of the chosen status; redirects are not followed",
            "choose another status, or add the success in overlay.yaml",
        )),
    }
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

/// The part of a response that has a type.
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
                    body.insert("schema".to_owned(), json!({}));
                }
                body.retain(|key, _| key == "schema");
            }
            content.clear();
            content.insert(JSON.to_owned(), body);
        }
        None if !content.is_empty() => {
            content.clear();
            content.insert(
                OCTETS.to_owned(),
                json!({"schema": {"type": "string", "format": "binary"}}),
            );
        }
        None => {}
    }
}
