//! Takes out the operations that progenitor cannot express: those with a multipart/form-data body.
//! xtask generates them itself, in the same builder style.

use crate::{pipeline::Context, problem::Problem, schema};
use serde_json::{Value, json};

/// An operation with a multipart body. Its path and query parameters and its answer stay with
/// progenitor, as the same operation without a body.
#[derive(Debug, Clone)]
pub struct FormOperation {
    /// The operation.
    pub operation_id: String,
    /// The parts of its form.
    pub parts: Vec<Part>,
}

/// One part of the form.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name on the wire.
    pub name: String,
    /// Whether the form is refused without it.
    pub required: bool,
    /// Whether it is a file; a text otherwise.
    pub is_file: bool,
    /// What the vendor says of it.
    pub description: Option<String>,
}

/// Takes the multipart bodies out of the document.
pub(crate) fn take(
    document: &mut Value,
    context: &Context<'_>,
) -> Result<Vec<FormOperation>, Vec<Problem>> {
    let whole = document.clone();
    let mut forms = Vec::new();
    let mut problems = Vec::new();
    for (path, method, operation) in schema::operations_mut(document) {
        let Some(form) = operation.pointer("/requestBody/content/multipart~1form-data/schema")
        else {
            continue;
        };
        let at = crate::pointer::of(["paths", &path, method, "requestBody"]);
        let operation_id = operation["operationId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        match parts(&whole, form) {
            Some(parts) => forms.push(FormOperation { operation_id, parts }),
            None => problems.push(
                context
                    .problem(
                        at,
                        "the form is not an object of text and file parts",
                        "describe each part as a string, or a string of format binary, in overlay.yaml",
                    )
                    .of(operation_id),
            ),
        }
        if let Some(operation) = operation.as_object_mut() {
            operation.remove("requestBody");
        }
    }
    if problems.is_empty() {
        Ok(forms)
    } else {
        Err(problems)
    }
}

fn parts(document: &Value, form: &Value) -> Option<Vec<Part>> {
    let form = schema::follow(document, form)?;
    let required = form["required"].as_array().cloned().unwrap_or_default();
    form["properties"]
        .as_object()?
        .iter()
        .map(|(name, schema)| {
            let schema = schema::follow(document, schema)?;
            (schema["type"] == "string").then(|| Part {
                name: name.clone(),
                required: required.contains(&json!(name)),
                is_file: matches!(schema["format"].as_str(), Some("binary" | "byte")),
                description: schema["description"].as_str().map(str::to_owned),
            })
        })
        .collect()
}
