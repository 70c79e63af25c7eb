//! For every generated operation a test, as Rust: every parameter is set, the request is what the
//! lowered document says, and the documented examples are read and written back.

mod answers;
mod builder;
mod call;
mod form;

use builder::Builder;
use call::Operation;
use serde_json::Value;
use std::collections::BTreeMap;

/// The tests of one generated crate. `original` is the document as it was given.
pub(crate) fn tests(
    module: &str,
    original: &Value,
    lowered: &Value,
    files: &BTreeMap<String, String>,
) -> String {
    let builders = syn::parse_file(&files["src/builder.rs"]).expect("Rust");
    let mut text = String::new();
    for (path, item) in lowered["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if let Some(id) = operation["operationId"].as_str() {
                let builder = Builder::new(&builders, id);
                let operation = Operation {
                    module,
                    original,
                    lowered,
                    path,
                    method,
                    operation,
                };
                let answers = answers::answers(original, path, method, operation.operation);
                for (number, answer) in answers.iter().enumerate() {
                    let name = format!("{module}__{id}_{number}");
                    text.push_str(&operation.test(&name, &builder, answer, None));
                }
                let others = answers::others(original, path, method, operation.operation);
                for (number, answer) in others.iter().enumerate() {
                    let name = format!("{module}__{id}_other_{number}");
                    text.push_str(&operation.test(&name, &builder, answer, None));
                }
                // What the document gives as a body is what is sent, and nothing beside it.
                for (number, body) in operation.bodies().iter().enumerate() {
                    if let Some(answer) = answers.first() {
                        let name = format!("{module}__{id}_body_{number}");
                        text.push_str(&operation.test(&name, &builder, answer, Some(body)));
                    }
                }
            }
        }
    }
    text
}
