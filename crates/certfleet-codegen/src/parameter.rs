//! What a parameter is: how it is sent, why it cannot be, and what it is called.

use crate::{extensions::WIRE_NAME, schema};
use serde_json::{Value, json};

/// The style of a parameter, and whether a list is sent as several pairs.
pub(crate) fn style(parameter: &Value) -> (&str, bool) {
    let style = parameter["style"]
        .as_str()
        .unwrap_or(match parameter["in"].as_str() {
            Some("path" | "header") => "simple",
            _ => "form",
        });
    let explode = parameter["explode"]
        .as_bool()
        .unwrap_or(style == "form" || style == "deepObject");
    (style, explode)
}

/// Why a parameter cannot be sent.
pub(crate) fn unsendable(document: &Value, parameter: &Value) -> Option<&'static str> {
    let location = parameter["in"].as_str().unwrap_or_default();
    let schema = &parameter["schema"];
    let (style, explode) = style(parameter);
    let has_members = members(document, schema).is_some();
    let is_object = has_members || is_free_object(document, schema);
    match location {
        _ if is_object && location != "query" => Some("it is an object"),
        "query" if style == "deepObject" && !is_object => {
            Some("its style is deepObject, but it is not an object")
        }
        _ if is_object && style != "deepObject" && !(style == "form" && explode) => {
            Some("it is an object in one text")
        }
        _ if is_object && !has_members => {
            Some("it is an object without members that are plain values")
        }
        "path" if style != "simple" => Some("its style is not simple"),
        _ => None,
    }
}

/// Why an operation with this parameter cannot be generated: it must be sent, and cannot be.
pub(crate) fn refusal(document: &Value, parameter: &Value) -> Option<&'static str> {
    let is_demanded = parameter["required"] == true || parameter["in"] == "path";
    unsendable(document, parameter).filter(|_| is_demanded)
}

/// The members of an object whose members can all stand in a query, each with its schema and
/// whether it is required.
pub(crate) fn members(document: &Value, schema: &Value) -> Option<Vec<(String, Value, bool)>> {
    let schema = schema::follow(document, schema)?;
    let properties = schema["properties"].as_object()?;
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    properties
        .iter()
        .map(|(name, property)| {
            let plain = schema::follow(document, property)?;
            let items = schema::follow(document, &plain["items"]);
            let is_list =
                plain["type"] == "array" && items.is_some_and(|items| is_scalar(document, items));
            (is_list || is_scalar(document, plain)).then(|| {
                (
                    name.clone(),
                    property.clone(),
                    required.contains(&json!(name)),
                )
            })
        })
        .collect()
}

/// Whether a schema is an object, whatever its members are.
fn is_free_object(document: &Value, schema: &Value) -> bool {
    schema::follow(document, schema).is_some_and(|schema| {
        schema["type"] == "object"
            || schema["properties"].is_object()
            || schema["allOf"]
                .as_array()
                .is_some_and(|parts| parts.iter().any(|part| is_free_object(document, part)))
    })
}

/// Whether a value is one text on the wire.
pub(crate) fn is_scalar(document: &Value, schema: &Value) -> bool {
    schema::follow(document, schema).is_some_and(schema::has_scalar_type)
}

/// The name on the wire of a parameter of a lowered document.
pub(crate) fn wire_name(parameter: &Value) -> &str {
    parameter[WIRE_NAME]
        .as_str()
        .or(parameter["name"].as_str())
        .unwrap_or_default()
}

/// Whether a path parameter's description says that it may hold slashes.
pub(crate) fn holds_slashes(parameter: &Value) -> bool {
    const WORDS: [&str; 7] = [
        "url-encoded",
        "url encoded",
        "urlencoded",
        "percent-encoded",
        "uri-encoded",
        "%2f",
        "contain slashes",
    ];
    let schema = parameter["schema"]["description"].as_str();
    let described = parameter["description"].as_str().or(schema);
    let described = described.unwrap_or_default().to_lowercase();
    parameter["in"] == "path" && WORDS.iter().any(|word| described.contains(word))
}

/// Whether a builder has a method of this name already: its own methods, and those of the body.
pub(crate) fn is_taken(ident: &str, has_body: bool) -> bool {
    matches!(ident, "new" | "send") || (has_body && matches!(ident, "body" | "body_map"))
}
