//! What a request says, and what is wrong with it.

use super::refusal::Refusal;
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
