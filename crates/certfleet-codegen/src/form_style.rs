//! How the members of a form of pairs are sent, as the `encoding` of the body has it.

use crate::{extensions::FORM, media_type::is_json, schema};
use serde_json::Value;

/// The styles of an operation's form. In camel case they are those of `certfleet_http::FieldStyle`.
pub(crate) fn styles(operation: &Value) -> impl Iterator<Item = (&String, &str)> {
    operation[FORM]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, style)| Some((name, style.as_str()?)))
}

/// The kind of value of a member.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Scalar,
    List,
    Object,
    /// Unknown, or one of several: decided when it is sent.
    Open,
}

/// How a member is sent, if not as a pair for each value; or why it cannot be.
pub(crate) fn style(
    document: &Value,
    member: &Value,
    encoding: &Value,
) -> Result<Option<&'static str>, &'static str> {
    let kind = kind(document, member);
    let stated = encoding["style"].as_str();
    let explode = encoding["explode"].as_bool();
    let is_json = encoding["contentType"].as_str().is_some_and(is_json);
    if is_json && stated.is_none() && explode.is_none() {
        return Ok(Some("json"));
    }
    let style = match (stated.unwrap_or("form"), kind) {
        ("form" | "spaceDelimited" | "pipeDelimited" | "deepObject", Kind::Scalar) => None,
        ("deepObject", _) => Some("brackets"),
        ("form", Kind::Object) if explode.is_none() && stated.is_none() => {
            // Its members as pairs in one version of the specification, JSON in the next.
            return Err("it is an object, and nothing says how the form holds it");
        }
        ("form", Kind::Object) if explode != Some(false) => Some("members"),
        ("form", _) if explode == Some(false) => Some("commas"),
        ("form", _) => None,
        ("spaceDelimited" | "pipeDelimited", Kind::Object) => {
            return Err("it is an object in a style for lists");
        }
        ("spaceDelimited" | "pipeDelimited", _) if explode == Some(true) => None,
        ("spaceDelimited", _) => Some("spaces"),
        ("pipeDelimited", _) => Some("pipes"),
        _ => return Err("its style is not one that OpenAPI has for forms"),
    };
    let is_flat = match style {
        Some("brackets") => true,
        // A member of the object may be a list of its own.
        Some("members") => inner(document, member)
            .into_iter()
            .all(|inner| is_scalar(document, inner) || is_list_of_scalars(document, inner)),
        _ => inner(document, member)
            .into_iter()
            .all(|inner| is_scalar(document, inner)),
    };
    if is_flat {
        Ok(style)
    } else {
        Err("it holds objects or lists, which its style does not say how to send")
    }
}

/// The schemas directly inside an object or a list.
fn inner<'a>(document: &'a Value, member: &'a Value) -> Vec<&'a Value> {
    let Some(plain) = plain(document, member) else {
        return Vec::new();
    };
    plain["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, property)| property)
        .chain(plain.get("additionalProperties"))
        .chain(plain.get("items"))
        .collect()
}

/// Whether a member is one value, as far as its schema says.
fn is_scalar(document: &Value, member: &Value) -> bool {
    matches!(kind(document, member), Kind::Scalar | Kind::Open)
}

fn is_list_of_scalars(document: &Value, member: &Value) -> bool {
    matches!(kind(document, member), Kind::List)
        && inner(document, member)
            .into_iter()
            .all(|item| is_scalar(document, item))
}

/// A member without references and without an `allOf` that only adds null.
pub(crate) fn plain<'a>(document: &'a Value, member: &'a Value) -> Option<&'a Value> {
    let plain = schema::follow(document, member)?;
    match plain["allOf"].as_array().map(Vec::as_slice) {
        Some([only]) => schema::follow(document, only),
        _ => Some(plain),
    }
}

/// The kind of a member.
pub(crate) fn kind(document: &Value, member: &Value) -> Kind {
    let Some(plain) = plain(document, member) else {
        return Kind::Open;
    };
    match plain["type"].as_str() {
        Some("string" | "integer" | "number" | "boolean") => Kind::Scalar,
        Some("array") => Kind::List,
        Some("object") => Kind::Object,
        _ if plain["properties"].is_object() => Kind::Object,
        _ => Kind::Open,
    }
}

/// The parts of an encoding that change nothing, as reasons. Headers are ignored without one: OpenAPI has
/// them for multipart bodies only.
pub(crate) fn unread(kind: Kind, encoding: &Value) -> Vec<&'static str> {
    let mut unread = Vec::new();
    if encoding["allowReserved"] == true {
        unread.push("with allowReserved too every reserved character is sent encoded");
    }
    if let Some(media_type) = encoding["contentType"].as_str() {
        if ["style", "explode"]
            .iter()
            .any(|key| encoding.get(key).is_some())
        {
            unread.push("it has a style, beside which its contentType does not count");
        } else if !is_json(media_type)
            && media_type != "text/plain"
            && !matches!(kind, Kind::Scalar)
        {
            unread.push("no value is written as its contentType but a text");
        }
    }
    unread
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeSet;

    /// Whatever a member is in one alternative or the next: its encoding gives it one style or none.
    #[test]
    fn alternatives_agree_on_styles() {
        let kinds = [
            json!({"type": "string"}),
            json!({"type": "array", "items": {"type": "string"}}),
            json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            json!({}),
        ];
        let mut found = BTreeSet::new();
        for stated in [
            "form",
            "spaceDelimited",
            "pipeDelimited",
            "deepObject",
            "matrix",
            "",
        ] {
            for explode in [None, Some(true), Some(false)] {
                for media_type in [None, Some("application/json"), Some("text/csv")] {
                    let mut encoding = json!({});
                    if !stated.is_empty() {
                        encoding["style"] = stated.into();
                    }
                    if let Some(explode) = explode {
                        encoding["explode"] = explode.into();
                    }
                    if let Some(media_type) = media_type {
                        encoding["contentType"] = media_type.into();
                    }
                    let styles: BTreeSet<&str> = kinds
                        .iter()
                        .filter_map(|kind| style(&Value::Null, kind, &encoding).ok().flatten())
                        .collect();
                    assert!(styles.len() <= 1, "{encoding}: {styles:?}");
                    found.extend(styles);
                }
            }
        }
        assert_eq!(found.len(), 6, "{found:?}");
    }
}
