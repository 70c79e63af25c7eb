//! Leaves one success in every operation for progenitor. Other success statuses are accepted if they have the
//! same shape; if they have another, the client returns one type for each, or provider.toml chooses.

use crate::{
    context::Context,
    extensions::{OWN_STATUSES, SUCCESSES},
    media_type::{JSON, OCTETS, is_json},
    pointer,
    problem::Problem,
    references, rust_name, schema,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut names = Names {
        taken: schema::named(document)
            .map(|(name, _)| rust_name::pascal(name))
            .collect(),
        new: Map::new(),
    };
    for (path, method, operation) in schema::operations_mut(document) {
        let at = pointer::join(["paths", &path, method, "responses"]);
        let name = schema::operation_id(operation);
        let found = match operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        {
            Some(responses) => keep_one(responses, &name, &at, context, &mut names),
            None => Err(context.problem(at, "there are no responses", "add them in overlay.yaml")),
        };
        problems.extend(found.err().map(|problem| problem.in_operation(name)));
    }
    if !names.new.is_empty()
        && let Some(schemas) = schema::schemas_or_new(document)
    {
        schemas.append(&mut names.new);
    }
    problems
}

/// Schemas that get a name.
struct Names {
    taken: BTreeSet<String>,
    new: Map<String, Value>,
}

impl Names {
    /// The body of a success that progenitor does not see.
    fn body(&mut self, response: &Value, operation: &str, status: &str) -> Value {
        match response["content"].as_object() {
            Some(content) if content.contains_key(JSON) => {
                let schema = &content[JSON]["schema"];
                if schema["$ref"].is_string() {
                    return schema.clone();
                }
                let plain = rust_name::pascal(&format!("{operation}-response-{status}"));
                let name = rust_name::first_free(&plain, |name| self.taken.insert(name.clone()));
                self.new.insert(name.clone(), schema.clone());
                references::to_schema(&name)
            }
            Some(content) if !content.is_empty() => json!({"bytes": true}),
            _ => json!({}),
        }
    }
}

/// Leaves one success among the responses of an operation.
fn keep_one(
    responses: &mut Map<String, Value>,
    name: &str,
    at: &str,
    context: &Context<'_>,
    names: &mut Names,
) -> Result<(), Problem> {
    for response in responses.values_mut() {
        one_media_type(response);
    }
    let kept = choose(responses, name, at, context)?;
    let kept_response = responses.remove(&kept);
    let others = std::mem::take(responses);
    if let Some(mut response) = kept_response {
        let kept_shape = shape(&response);
        let (same, others): (Vec<_>, Vec<_>) = others
            .iter()
            .partition(|(_, other)| shape(other) == kept_shape);
        let others: Map<String, Value> = others
            .into_iter()
            .filter(|_| is_every_success_returned(name, context))
            .map(|(status, other)| (status.clone(), names.body(other, name, status)))
            .collect();
        if let Some(response) = response.as_object_mut() {
            response.entry("description").or_insert_with(|| "".into());
            if !others.is_empty() {
                let same = same.into_iter().map(|(status, _)| status);
                let own: Vec<&String> = [&kept].into_iter().chain(same).collect();
                response.insert(OWN_STATUSES.to_owned(), json!(own));
                response.insert(SUCCESSES.to_owned(), others.into());
            }
        }
        // `2xx`, and whatever else begins with a 2.
        // A redirect is an error to progenitor.
        let is_status = kept.len() == 3 && kept.bytes().all(|byte| byte.is_ascii_digit());
        let status = if is_status && schema::is_success(&kept) {
            kept
        } else {
            "2XX".to_owned()
        };
        responses.insert(status, response);
    }
    Ok(())
}

/// Whether a client returns every documented success, because its maintainer chose none.
fn is_every_success_returned(name: &str, context: &Context<'_>) -> bool {
    let choice = context.provider.operations.get(name);
    context.provider.inferred && choice.is_none_or(|choice| choice.success.is_none())
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
        (None, Some(_)) if context.provider.inferred => Ok(most_telling(responses)),
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
            "no answer is a success of the chosen status",
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
