//! What a request says, and what is wrong with it.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::settings::Change;
use crate::call::{BodyFault, Call};

/// The days that a new certificate is valid for.
pub(crate) fn validity(call: &Call) -> Result<i64, Refusal> {
    let body = match call.object() {
        Ok(body) => body,
        Err(BodyFault::Empty) => return Ok(1825),
        Err(_) => return Err(malformed()),
    };
    match body.get("validity_period_days") {
        None => Ok(1825),
        Some(days) => match days.as_i64() {
            Some(days @ 1..=10950) => Ok(days),
            _ => Err(Refusal::bad(
                2025,
                "validity_period_days must be an integer from 1 to 10950",
            )),
        },
    }
}

/// The blocks of the settings that are to be changed; one that is null is left.
pub(crate) fn settings(call: &Call) -> Result<Change, Refusal> {
    let invalid = |what: &str| Refusal::bad(2001, format!("Invalid settings: {what}"));
    let body = call.object().map_err(|_| malformed())?;
    let mut blocks = match body.get("settings") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(blocks)) => blocks.clone(),
        Some(_) => return Err(invalid("settings must be an object")),
    };
    blocks.retain(|_, block| !block.is_null());
    let certificate = match blocks.remove("certificate") {
        None => None,
        Some(block) => match block.get("id") {
            Some(Value::String(id)) => Some(id.clone()),
            _ => return Err(invalid("certificate needs an id")),
        },
    };
    let is_scalar = |name: &str| name == "max_ttl_secs";
    match blocks
        .iter()
        .find(|(name, block)| !block.is_object() && !is_scalar(name))
    {
        Some((name, _)) => Err(invalid(&format!("{name} must be an object"))),
        None => Ok(Change {
            blocks,
            certificate,
        }),
    }
}

/// The body may be missing, empty or `{}`.
pub(crate) fn refuse_content(call: &Call) -> Result<(), Refusal> {
    match call.object() {
        Err(BodyFault::Empty) => Ok(()),
        Ok(object) if object.is_empty() => Ok(()),
        Ok(_) => Err(Refusal::bad(6009, "Request body must be empty")),
        Err(_) => Err(malformed()),
    }
}

fn malformed() -> Refusal {
    Refusal::bad(6007, "Malformed JSON in request body")
}
