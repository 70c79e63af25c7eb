//! The security schemes of a document: how each is given, which are given together, and which cannot be.

use crate::{pointer, schema};
use serde_json::Value;
use std::collections::BTreeSet;

/// Where the credential of a scheme is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binding {
    /// The variant of `certfleet_http::Place`.
    pub(crate) place: &'static str,
    /// The name of the header, the query parameter or the cookie.
    pub(crate) name: String,
    /// The text before the secret.
    pub(crate) prefix: &'static str,
    /// One sentence for its documentation.
    pub(crate) about: &'static str,
}

/// How a scheme is given.
///
/// # Errors
/// Why it cannot be.
pub(crate) fn binding(document: &Value, scheme: &str) -> Result<Binding, String> {
    let definition = &document["components"]["securitySchemes"][scheme];
    let definition = schema::follow(document, definition).unwrap_or(definition);
    let text = |field: &str| definition[field].as_str().unwrap_or_default();
    let lower = |field: &str| text(field).to_ascii_lowercase();
    let header = |prefix, about| Binding {
        place: "Header",
        name: "authorization".to_owned(),
        prefix,
        about,
    };
    match (
        lower("type").as_str(),
        lower("scheme").as_str(),
        lower("in").as_str(),
    ) {
        ("http", "bearer", _) => Ok(header("Bearer ", "A bearer token.")),
        ("oauth2" | "openidconnect", _, _) => Ok(header("Bearer ", "An access token.")),
        ("http", "basic", _) => Ok(header(
            "Basic ",
            "User name and password, as `user:password` in base64.",
        )),
        ("apikey", _, place) if !is_name(text("name")) => Err(format!(
            "its name {:?} cannot be the name of a {place} parameter",
            text("name")
        )),
        ("apikey", _, "header") => Ok(Binding {
            place: "Header",
            name: lower("name"),
            prefix: "",
            about: "A key.",
        }),
        ("apikey", _, "query") => Ok(Binding {
            place: "Query",
            name: text("name").to_owned(),
            prefix: "",
            about: "A key, sent in the query of every address.",
        }),
        ("apikey", _, "cookie") => Ok(Binding {
            place: "Cookie",
            name: text("name").to_owned(),
            prefix: "",
            about: "A key, sent as a cookie.",
        }),
        ("", _, _) => Err("it is not under components.securitySchemes".to_owned()),
        ("mutualtls", _, _) => Err(
            "it is a client certificate: give the session a transport that presents one".to_owned(),
        ),
        ("http", scheme, _) => Err(format!("the HTTP scheme {scheme:?} is not known")),
        (kind, _, _) => Err(format!("the type {kind:?} is not known")),
    }
}

/// Whether a text can name a header, a query parameter or a cookie.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~[]".contains(&byte))
}

/// The schemes that requests need together, of the document and of its operations, each combination once.
pub(crate) fn requirements(document: &Value) -> BTreeSet<Vec<String>> {
    let mut all = vec![&document["security"]];
    all.extend(schema::operations(document).map(|at| &at.operation["security"]));
    all.into_iter()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(Value::as_object)
        .map(|schemes| {
            let mut schemes: Vec<String> = schemes.keys().cloned().collect();
            schemes.sort();
            schemes
        })
        .collect()
}

/// The schemes that cannot be given: the pointer of each, its name and why.
pub(crate) fn ungivable(document: &Value) -> Vec<(String, String, String)> {
    let defined = document["components"]["securitySchemes"].as_object();
    let mut names: BTreeSet<String> = defined
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    names.extend(requirements(document).into_iter().flatten());
    names
        .into_iter()
        .filter_map(|name| {
            let why = binding(document, &name).err()?;
            let at = pointer::join(["components", "securitySchemes", &name]);
            Some((at, name, why))
        })
        .collect()
}
