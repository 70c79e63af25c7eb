//! Puts parameters, bodies, responses and headers where they are used, and a path's parameters into
//! its operations.

use crate::{context::Context, pointer, problem::Problem, schema};
use serde_json::Value;

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let whole = document.clone();
    let mut problems = Vec::new();
    let mut inherited = Vec::new();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths {
            if let Some(item) = item.as_object_mut()
                && let Some(Value::Array(parameters)) = item.remove("parameters")
            {
                inherited.push((path.clone(), parameters));
            }
        }
    }
    for (path, method, operation) in schema::operations_mut(document) {
        let at = pointer::join(["paths", &path, method]);
        let Some(operation) = operation.as_object_mut() else {
            continue;
        };
        let mut inline = |value: &mut Value, at: String| {
            if value.get("$ref").is_some() {
                match schema::follow(&whole, value) {
                    Some(target) => *value = target.clone(),
                    None => problems.push(context.problem(
                        at,
                        format!("the reference {} leads nowhere", value["$ref"]),
                        "add the component, or correct the reference in overlay.yaml",
                    )),
                }
            }
        };
        if let Some(parameters) = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
        {
            for (index, parameter) in parameters.iter_mut().enumerate() {
                inline(parameter, format!("{at}/parameters/{index}"));
            }
        }
        if let Some(body) = operation.get_mut("requestBody") {
            inline(body, format!("{at}/requestBody"));
        }
        if let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        {
            for (status, response) in responses {
                inline(response, format!("{at}/responses/{status}"));
                if let Some(response) = response.as_object_mut() {
                    // progenitor reads no headers; the tables are made from the effective document.
                    response.remove("headers");
                    response.remove("links");
                }
            }
        }
        let above = inherited
            .iter()
            .find(|(inherited, _)| *inherited == path)
            .map(|(_, parameters)| parameters.clone())
            .unwrap_or_default();
        if above.is_empty() {
            continue;
        }
        let own = operation
            .entry("parameters")
            .or_insert_with(|| Value::Array(Vec::new()));
        for (index, mut parameter) in above.into_iter().enumerate() {
            inline(
                &mut parameter,
                pointer::join(["paths", &path, "parameters", &index.to_string()]),
            );
            if let Some(own) = own.as_array_mut()
                && !own
                    .iter()
                    .any(|own| own["name"] == parameter["name"] && own["in"] == parameter["in"])
            {
                own.push(parameter);
            }
        }
    }
    if problems.is_empty()
        && let Some(components) = document
            .get_mut("components")
            .and_then(Value::as_object_mut)
    {
        components.retain(|section, _| section == "schemas");
    }
    problems
}
