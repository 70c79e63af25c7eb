//! What a request says, and what is wrong with it.

use http::StatusCode;
use serde_json::{Map, Value};

use super::certificate::New;
use super::refusal::Refusal;
use super::state;
use crate::call::Call;
use crate::moment::Moment;

/// What the connectors' list can carry beside them.
const INCLUDES: [&str; 3] = ["certificate", "certificateExists", "certificate_count"];
const LONGEST_PASSPHRASE: usize = 1000;
/// Page size when none is asked for.
const PER_PAGE: usize = 15;

/// The certificate to create.
pub(crate) fn new_certificate(call: &Call, moment: Moment) -> Result<New, Refusal> {
    // What is not declared or not readable as JSON is a request without fields, as in the vendor's framework.
    let body = if call.says_json() {
        call.object().unwrap_or_default()
    } else {
        Map::new()
    };
    let mut faults = Vec::new();
    let mut fault = |field: &str, text: &str| faults.push((field.to_owned(), text.to_owned()));
    let mut new = New {
        name: None,
        connector: None,
        content: String::new(),
        passphrase: None,
        created_at: moment.now,
    };

    match body.get("certificate") {
        Some(Value::String(content)) if !content.trim().is_empty() => {
            new.content.clone_from(content)
        }
        None | Some(Value::Null | Value::String(_)) => {
            fault("certificate", "The certificate field is required.")
        }
        Some(_) => fault("certificate", "The certificate field must be a string."),
    }
    match body.get("connector_id") {
        None | Some(Value::Null) => {}
        Some(Value::String(id)) => match state::connector(id) {
            Some(id) => new.connector = Some(id),
            None => fault("connector_id", "The selected connector id is invalid."),
        },
        Some(_) => fault("connector_id", "The connector id field must be a string."),
    }
    match body.get("passphrase") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) if text.chars().count() <= LONGEST_PASSPHRASE => {
            new.passphrase = Some(text.clone())
        }
        Some(Value::String(_)) => fault(
            "passphrase",
            "The passphrase field must not be greater than 1000 characters.",
        ),
        Some(_) => fault("passphrase", "The passphrase field must be a string."),
    }
    if !faults.is_empty() {
        return Err(Refusal::fields(faults));
    }
    Ok(new)
}

/// What is asked for beside the connectors.
pub(crate) fn includes(call: &Call) -> Result<Vec<&str>, Refusal> {
    let includes: Vec<&str> = call
        .query("include")
        .unwrap_or_default()
        .split(',')
        .filter(|include| !include.is_empty())
        .collect();
    if let Some(other) = includes.iter().find(|include| !INCLUDES.contains(include)) {
        let text = format!(
            "Requested include(s) `{other}` are not allowed. Allowed include(s) are `{}`.",
            INCLUDES.join(", "),
        );
        return Err(Refusal::new(StatusCode::BAD_REQUEST, text));
    }
    Ok(includes)
}

/// The number of a list's page, and its size.
pub(crate) fn page(call: &Call) -> Result<(usize, usize), Refusal> {
    Ok((
        number(call, "page", 1, usize::MAX)?.unwrap_or(1),
        number(call, "per_page", 1, 100)?.unwrap_or(PER_PAGE),
    ))
}

fn number(call: &Call, name: &str, least: usize, most: usize) -> Result<Option<usize>, Refusal> {
    let Some(text) = call.query(name) else {
        return Ok(None);
    };
    let readable = name.replace('_', " ");
    match text.parse::<usize>() {
        Ok(number) if number < least => Err(Refusal::field(
            name,
            &format!("The {readable} field must be at least {least}."),
        )),
        Ok(number) if number > most => Err(Refusal::field(
            name,
            &format!("The {readable} field must not be greater than {most}."),
        )),
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(Refusal::field(
            name,
            &format!("The {readable} field must be an integer."),
        )),
    }
}
