//! A request: which operation it is, and what it carries.

use super::{body::body, credentials::security, typed::typed, wire::Wire};
use crate::contract::{Arguments, Document, Location, Operation, Parameter};
use certfleet_http::HeaderMap;
use serde_json::Value;

/// Headers of HTTP itself, which no document declares.
const PLAIN_HEADERS: [&str; 5] = [
    "accept",
    "content-length",
    "content-type",
    "host",
    "user-agent",
];

/// Which operation a request is, and what it carries.
///
/// # Errors
/// Everything in which it is not what the document allows.
pub fn request<'a>(
    document: &'a Document,
    wire: &Wire<'_>,
) -> Result<(&'a Operation, Arguments), Vec<String>> {
    let Some((operation, path)) = document.find(wire.method, wire.path) else {
        return Err(vec![format!(
            "{} {} is no operation of {}",
            wire.method, wire.path, document.provider
        )]);
    };
    let mut problems = Vec::new();
    let mut arguments = Arguments::default();
    let query: Vec<(String, String)> =
        form_urlencoded::parse(wire.query.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();

    for parameter in &operation.parameters {
        let values: Vec<String> = match parameter.location {
            Location::Path => named(&path, &parameter.name),
            Location::Query => named(&query, &parameter.name),
            Location::Header => wire
                .headers
                .get_all(&parameter.name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect(),
        };
        match read(parameter, values) {
            Ok(None) if parameter.required => {
                problems.push(format!("{} is required and not sent", parameter.name))
            }
            Ok(None) => {}
            Ok(Some(value)) => {
                for problem in parameter.schema.problems(&value) {
                    problems.push(format!("{} {problem}", parameter.name));
                }
                arguments.parameters.insert(parameter.name.clone(), value);
            }
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(undeclared(operation, &query, wire.headers));
    problems.extend(security(operation, wire.headers));
    problems.extend(accept(operation, wire.headers));
    match body(operation.body.as_ref(), wire) {
        Ok(body) => arguments.body = body,
        Err(found) => problems.extend(found),
    }
    if problems.is_empty() {
        Ok((operation, arguments))
    } else {
        Err(problems
            .into_iter()
            .map(|problem| format!("{}: {problem}", operation.key()))
            .collect())
    }
}

/// The query parameters and headers that the document does not declare.
fn undeclared(
    operation: &Operation,
    query: &[(String, String)],
    headers: &HeaderMap,
) -> Vec<String> {
    let mut problems = Vec::new();
    let declared = |location, name: &str| {
        operation.parameters.iter().any(|parameter| {
            parameter.location == location && parameter.name.eq_ignore_ascii_case(name)
        })
    };
    for (name, _) in query {
        if !declared(Location::Query, name) {
            problems.push(format!("the query parameter {name} is not declared"));
        }
    }
    let authenticates = |name: &str| {
        operation
            .security
            .iter()
            .flatten()
            .any(|one| one.header == name)
    };
    for name in headers.keys().map(|name| name.as_str()) {
        if !PLAIN_HEADERS.contains(&name)
            && !authenticates(name)
            && !declared(Location::Header, name)
        {
            problems.push(format!("the header {name} is not declared"));
        }
    }
    problems
}

fn named(pairs: &[(String, String)], name: &str) -> Vec<String> {
    pairs
        .iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.clone())
        .collect()
}

/// A parameter's value, typed by its schema.
fn read(parameter: &Parameter, values: Vec<String>) -> Result<Option<Value>, String> {
    let schema = parameter.schema.resolved(&parameter.schema.value);
    if schema["type"] == "array" {
        let items = &schema["items"];
        // `style: form, explode: true`, the default of queries: one pair for each item.
        let items: Vec<Value> = values.into_iter().map(|text| typed(items, text)).collect();
        return Ok((!items.is_empty()).then_some(Value::Array(items)));
    }
    let mut values = values.into_iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(text), None) => Ok(Some(typed(&schema, text))),
        (Some(_), Some(_)) => Err(format!("{} is sent more than once", parameter.name)),
    }
}

/// The client has to take what the operation answers.
fn accept(operation: &Operation, headers: &HeaderMap) -> Option<String> {
    let accept = headers
        .get("accept")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = operation.success().media_type.as_deref()?;
    let taken = accept
        .split(',')
        .map(|one| one.split(';').next().unwrap_or_default().trim());
    let takes = taken
        .into_iter()
        .any(|one| one == media_type || one == "*/*");
    (!takes).then(|| format!("accepts {accept:?}, not {media_type}"))
}
