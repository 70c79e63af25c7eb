//! Takes the failures out of every operation. progenitor can type one failure at most and loses
//! status and body of the others; without any, every failure reaches the one decoder of
//! certfleet-http. The failures' schemas stay, as types for callers.

use crate::{pipeline::Context, problem::Problem, schema};
use serde_json::Value;

pub(crate) fn run(document: &mut Value, _: &Context<'_>) -> Vec<Problem> {
    for (_, _, operation) in schema::operations_mut(document) {
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        let has_success = responses.keys().any(|status| schema::is_success(status));
        if !has_success && let Some(response) = responses.remove("default") {
            // The only documented answer is the success.
            responses.insert("2XX".to_owned(), response);
        }
        responses.retain(|status, _| schema::is_success(status));
    }
    Vec::new()
}
