//! The documentation of a builder's setters.

use crate::{
    extensions::MEDIA_TYPE,
    media_type::{JSON, OCTETS, URLENCODED},
    multipart::Part,
    parameter, rust_name,
    schema::{self, OperationAt},
    text,
};

/// The documentation of the setter of a parameter or of the body.
pub(super) fn setter(at: &OperationAt<'_>, ident: &str) -> String {
    if matches!(ident, "body" | "body_map") {
        return body(at, ident);
    }
    let parameter = schema::parameters(at.operation).find(|parameter| {
        parameter["name"]
            .as_str()
            .is_some_and(|name| rust_name::snake(name) == ident)
    });
    let Some(parameter) = parameter else {
        return format!(" Sets the parameter `{ident}`.");
    };
    format!(
        " Sets the {} parameter `{}`{}",
        parameter["in"].as_str().unwrap_or_default(),
        text::line(parameter::wire_name(parameter)),
        described(
            parameter["required"] == true,
            parameter["description"].as_str()
        )
    )
}

/// The documentation of the setter of a form's part.
pub(super) fn part(part: &Part) -> String {
    format!(
        " Sets the form's part `{}`{}",
        text::line(&part.name),
        described(part.required, part.description.as_deref())
    )
}

/// The end of a sentence, and the vendor's description.
fn described(is_required: bool, description: Option<&str>) -> String {
    let end = if is_required { ", required." } else { "." };
    match description {
        Some(text) => format!("{end} {}", sentence(text)),
        None => end.to_owned(),
    }
}

fn body(at: &OperationAt<'_>, ident: &str) -> String {
    let content = &at.operation["requestBody"]["content"];
    let what = if content.get(URLENCODED).is_some() {
        "form in the body".to_owned()
    } else if content.get(JSON).is_some() {
        "JSON body".to_owned()
    } else {
        let media_type = at.operation[MEDIA_TYPE].as_str().unwrap_or(OCTETS);
        format!("body, `{media_type}`")
    };
    match ident {
        "body_map" => format!(" Changes the {what} that was set so far."),
        _ => format!(" Sets the {what}."),
    }
}

/// A description on one line, ending in a full stop.
fn sentence(text: &str) -> String {
    let text = text::line(text);
    if text.ends_with(['.', '!', '?']) {
        text
    } else {
        format!("{text}.")
    }
}
