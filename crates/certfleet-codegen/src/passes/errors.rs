//! Removes the failures of every operation. progenitor can type one failure at most and loses status and
//! body of the others; without any, every failure reaches the decoder of certfleet-http. The schemas of
//! failures stay, as types for callers.

use crate::{context::Context, pointer, problem::Problem, schema};
use serde_json::{Value, json};

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    for (path, method, operation) in schema::operations_mut(document) {
        let name = schema::operation_id(operation);
        if context.provider.inferred
            && let Some(operation) = operation.as_object_mut()
            && !operation.get("responses").is_some_and(Value::is_object)
        {
            // 3.1 allows it.
            operation.insert("responses".to_owned(), json!({}));
        }
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        let has_success = responses.keys().any(|status| schema::is_success(status));
        let redirects = responses.keys().any(|status| schema::is_redirect(status));
        if !has_success
            && !redirects
            && let Some(response) = responses.remove("default")
        {
            // The only documented answer is the success.
            responses.insert("2XX".to_owned(), response);
        }
        let has_default = responses.contains_key("2XX");
        if context.provider.inferred && !redirects && !has_success && !has_default {
            context.note(
                &name,
                pointer::join(["paths", &path, method, "responses"]),
                "no success is documented: any is accepted, and its body kept as it comes",
            );
            responses.insert(
                "2XX".to_owned(),
                json!({"description": "", "content": {"*/*": {}}}),
            );
        }
        // Where no other success is documented, a redirect is what the vendor means to answer.
        responses.retain(|status, _| {
            schema::is_success(status) || (!has_success && schema::is_redirect(status))
        });
    }
    Vec::new()
}
