//! The addresses of a document: its own, those of its paths and operations, and their variables.

use crate::schema::{self, OperationAt};
use serde_json::Value;
use std::collections::BTreeSet;

/// The first server of a list.
pub(crate) fn first(owner: &Value) -> Option<&Value> {
    owner["servers"].as_array()?.first()
}

/// The server of an operation, if it is not the document's.
pub(crate) fn of_operation<'a>(document: &'a Value, at: &OperationAt<'_>) -> Option<&'a Value> {
    let item = schema::follow(document, &document["paths"][at.path])?;
    let operation = schema::follow(document, &item[at.method]);
    let own = operation.and_then(first).or_else(|| first(item))?;
    (first(document).map(url) != Some(url(own))).then_some(own)
}

/// A server's address with the defaults of its variables, without a slash at the end.
pub(crate) fn url(server: &Value) -> String {
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    for (name, default) in variables(server) {
        url = url.replace(&format!("{{{name}}}"), &default);
    }
    url.trim_end_matches('/').to_owned()
}

/// The variables of a server that its address names, each with its default.
pub(crate) fn variables(server: &Value) -> Vec<(String, String)> {
    let url = server["url"].as_str().unwrap_or_default();
    server["variables"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| url.contains(&format!("{{{name}}}")))
        .map(|(name, variable)| {
            let default = match &variable["default"] {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            (name.clone(), default)
        })
        .collect()
}

/// Whether an address can be used as it is: nothing in it is left open.
pub(crate) fn is_usable(url: &str) -> bool {
    url.starts_with("https://")
        && url.len() > "https://".len()
        && !url.contains(['{', '?', '#', ' '])
}

/// The servers of operations that are not the document's, each once.
pub(crate) fn others(document: &Value, lowered: &Value) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    schema::operations(lowered)
        .filter_map(|at| of_operation(document, &at))
        .filter(|server| seen.insert(url(server)))
        .cloned()
        .collect()
}

/// What a server is called: after the first name of its host, or after its path.
pub(crate) fn name(server: &Value) -> String {
    let url = url(server);
    let address = url.split_once("://").map_or("", |(_, address)| address);
    let host = address.split(['/', ':', '.']).next().unwrap_or_default();
    match host {
        "" => format!("server {url}"),
        host => host.to_owned(),
    }
}
