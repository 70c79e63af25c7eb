//! What a request says, and what is wrong with it.

use serde_json::{Map, Value};

use super::behaviour::OpenAiBehaviour;
use super::refusal::Refusal;
use crate::call::{BodyFault, Call};

/// A list's page size, and whether it ascends.
pub(crate) fn page(call: &Call, behaviour: &OpenAiBehaviour) -> Result<(usize, bool), Refusal> {
    refuse_query(call, behaviour, &["limit", "after", "order"])?;
    let limit = match call.query("limit").map(str::parse::<usize>) {
        None => 20,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => {
            let text = "Invalid 'limit': expected an integer from 1 to 100.";
            return Err(Refusal::invalid(text)
                .param("limit")
                .code("integer_out_of_range"));
        }
    };
    let ascending = match call.query("order") {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(other) => {
            let text = format!("Invalid value: '{other}'. Supported values are: 'asc' and 'desc'.");
            return Err(Refusal::invalid(text).param("order").code("invalid_value"));
        }
    };
    Ok((limit, ascending))
}

/// Whether the content is asked for.
pub(crate) fn includes_content(call: &Call, behaviour: &OpenAiBehaviour) -> Result<bool, Refusal> {
    refuse_query(call, behaviour, &["include[]"])?;
    let included: Vec<_> = call
        .query
        .iter()
        .filter(|(name, _)| name == "include[]")
        .collect();
    if let Some((_, other)) = included.iter().find(|(_, value)| value != "content") {
        let text = format!("Invalid value: '{other}'. Supported values are: 'content'.");
        return Err(Refusal::invalid(text)
            .param("include[]")
            .code("invalid_value"));
    }
    Ok(!included.is_empty())
}

/// The name and the PEM of an upload.
pub(crate) fn upload(
    call: &Call,
    behaviour: &OpenAiBehaviour,
) -> Result<(Option<String>, String), Refusal> {
    refuse_query(call, behaviour, &[])?;
    let field = if behaviour.upload_field_is_content {
        "content"
    } else {
        "certificate"
    };
    let body = body(call, behaviour, &["name", field])?;
    let name = text(&body, "name")?;
    let pem = text(&body, field)?.ok_or_else(|| missing(field))?;
    Ok((name, pem))
}

/// The name that a modification gives.
pub(crate) fn new_name(
    call: &Call,
    behaviour: &OpenAiBehaviour,
) -> Result<Option<String>, Refusal> {
    refuse_query(call, behaviour, &[])?;
    text(&body(call, behaviour, &["name"])?, "name")
}

/// The certificates to activate or deactivate.
pub(crate) fn certificate_ids(
    call: &Call,
    behaviour: &OpenAiBehaviour,
) -> Result<Vec<String>, Refusal> {
    refuse_query(call, behaviour, &[])?;
    let body = body(call, behaviour, &["certificate_ids"])?;
    let ids: Option<Vec<String>> = match body.get("certificate_ids") {
        None => return Err(missing("certificate_ids")),
        Some(Value::Array(ids)) => ids
            .iter()
            .map(|id| id.as_str().map(str::to_owned))
            .collect(),
        Some(_) => None,
    };
    ids.ok_or_else(|| {
        let text = "Invalid type for 'certificate_ids': expected an array of strings.";
        Refusal::invalid(text)
            .param("certificate_ids")
            .code("invalid_type")
    })
}

fn body(
    call: &Call,
    behaviour: &OpenAiBehaviour,
    known: &[&str],
) -> Result<Map<String, Value>, Refusal> {
    if !call.says_json() {
        let given = call.header("content-type").unwrap_or_default();
        let text = format!(
            "Unsupported content type: '{given}'. This API method only accepts 'application/json' requests."
        );
        return Err(Refusal::invalid(text).code("unsupported_content_type"));
    }
    let body = call.object().map_err(|fault| match fault {
        BodyFault::Empty | BodyFault::NotJson => {
            Refusal::invalid("We could not parse the JSON body of your request.")
        }
        BodyFault::NotAnObject => {
            Refusal::invalid("Invalid type for the request body: expected an object.")
        }
    })?;
    match body.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) if behaviour.refuses_unknown_parameters => {
            Err(Refusal::invalid(format!("Unknown parameter: '{key}'."))
                .param(key)
                .code("unknown_parameter"))
        }
        _ => Ok(body),
    }
}

fn refuse_query(call: &Call, behaviour: &OpenAiBehaviour, known: &[&str]) -> Result<(), Refusal> {
    match call
        .query
        .iter()
        .find(|(name, _)| !known.contains(&name.as_str()))
    {
        Some((name, _)) if behaviour.refuses_unknown_parameters => {
            Err(Refusal::invalid(format!("Unknown parameter: '{name}'."))
                .param(name)
                .code("unknown_parameter"))
        }
        _ => Ok(()),
    }
}

fn text(body: &Map<String, Value>, field: &str) -> Result<Option<String>, Refusal> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => {
            let text = format!("Invalid type for '{field}': expected a string.");
            Err(Refusal::invalid(text).param(field).code("invalid_type"))
        }
    }
}

fn missing(field: &str) -> Refusal {
    let text = format!("Missing required parameter: '{field}'.");
    Refusal::invalid(text)
        .param(field)
        .code("missing_required_parameter")
}
