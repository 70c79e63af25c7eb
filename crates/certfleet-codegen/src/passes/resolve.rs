//! Inlines parameters, bodies, responses and headers where they are used, and the parameters of a path into
//! its operations.

use crate::{context::Context, pointer, problem::Problem, schema};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let mut inliner = Inliner {
        document: &document.clone(),
        context,
        problems: Vec::new(),
    };
    let inherited = take_inherited(document);
    for (path, method, operation) in schema::operations_mut(document) {
        if let Some(operation) = operation.as_object_mut() {
            inliner.operation(operation, &pointer::join(["paths", &path, method]));
            if let Some(above) = inherited.get(&path) {
                inliner.inherit(operation, above, &pointer::join(["paths", &path]));
            }
        }
    }
    let problems = inliner.problems;
    if problems.is_empty()
        && let Some(components) = document
            .get_mut("components")
            .and_then(Value::as_object_mut)
    {
        components.retain(|section, _| section == "schemas");
    }
    problems
}

/// Takes the parameters out of the path items, by path.
fn take_inherited(document: &mut Value) -> BTreeMap<String, Vec<Value>> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    paths
        .into_iter()
        .flatten()
        .filter_map(
            |(path, item)| match item.as_object_mut()?.remove("parameters") {
                Some(Value::Array(parameters)) if !parameters.is_empty() => {
                    Some((path.clone(), parameters))
                }
                _ => None,
            },
        )
        .collect()
}

/// Replaces references by what they lead to.
struct Inliner<'a> {
    /// The document as it was.
    document: &'a Value,
    context: &'a Context<'a>,
    problems: Vec<Problem>,
}

impl Inliner<'_> {
    fn inline(&mut self, value: &mut Value, at: String) {
        if value.get("$ref").is_some() {
            match schema::follow(self.document, value) {
                Some(target) => *value = target.clone(),
                None => self.problems.push(self.context.problem(
                    at,
                    format!("the reference {} leads nowhere", value["$ref"]),
                    "add the component, or correct the reference in overlay.yaml",
                )),
            }
        }
    }

    /// Inlines the operation's own parameters, body and responses.
    fn operation(&mut self, operation: &mut Map<String, Value>, at: &str) {
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for (index, parameter) in parameters.into_iter().flatten().enumerate() {
            self.inline(parameter, format!("{at}/parameters/{index}"));
        }
        if let Some(body) = operation.get_mut("requestBody") {
            self.inline(body, format!("{at}/requestBody"));
        }
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            self.inline(response, format!("{at}/responses/{status}"));
            if let Some(response) = response.as_object_mut() {
                // progenitor reads no headers; the tables are made from the effective document.
                response.remove("headers");
                response.remove("links");
            }
        }
    }

    /// Adds the parameters of the path item that the operation does not state itself.
    fn inherit(&mut self, operation: &mut Map<String, Value>, above: &[Value], item: &str) {
        let own = operation
            .entry("parameters")
            .or_insert_with(|| Value::Array(Vec::new()));
        for (index, parameter) in above.iter().enumerate() {
            let mut parameter = parameter.clone();
            self.inline(&mut parameter, format!("{item}/parameters/{index}"));
            if let Some(own) = own.as_array_mut()
                && !own
                    .iter()
                    .any(|own| own["name"] == parameter["name"] && own["in"] == parameter["in"])
            {
                own.push(parameter);
            }
        }
    }
}
