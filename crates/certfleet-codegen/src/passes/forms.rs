//! Takes out the operations that progenitor cannot express: those with a multipart/form-data body.
//! xtask generates them itself, in the same builder style.

use super::parameters;
use crate::{pipeline::Context, problem::Problem, rust_name, schema};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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
        let ident = |name: &Value| rust_name::snake(name.as_str().unwrap_or_default());
        let parameters: BTreeSet<String> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| ident(&parameter["name"]))
            .collect();
        match parts(&whole, form, parameters) {
            Ok((parts, left_out)) => {
                for (name, why) in left_out {
                    context.note(
                        &operation_id,
                        &at,
                        format!("the optional part {name} is left out: {why}"),
                    );
                }
                forms.push(FormOperation {
                    operation_id,
                    parts,
                });
            }
            Err(why) => problems.push(
                context
                    .problem(
                        at,
                        why,
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

/// A form's parts, and the optional ones that cannot be sent, each with the reason.
type Parts = (Vec<Part>, Vec<(String, &'static str)>);

/// The parts of a form, or why it cannot be sent. `taken` are the names in Rust that the operation's
/// parameters have.
fn parts(document: &Value, form: &Value, mut taken: BTreeSet<String>) -> Result<Parts, String> {
    let nothing = || "the form is not an object of text and file parts".to_owned();
    let form = schema::follow(document, form).ok_or_else(nothing)?;
    let required = form["required"].as_array().cloned().unwrap_or_default();
    let mut parts = Vec::new();
    let mut left_out = Vec::new();
    for (name, schema) in form["properties"].as_object().ok_or_else(nothing)? {
        let schema = schema::follow(document, schema).ok_or_else(nothing)?;
        let is_required = required.contains(&json!(name));
        let ident = rust_name::snake(name);
        let why = if !matches!(
            schema["type"].as_str(),
            Some("string" | "integer" | "number" | "boolean")
        ) {
            Some("it is no text and no file")
        } else if parameters::is_taken(&ident, false) || !taken.insert(ident) {
            Some("its name in Rust is taken")
        } else {
            None
        };
        match why {
            Some(why) if is_required => return Err(format!("the part {name}: {why}")),
            Some(why) => left_out.push((name.clone(), why)),
            None => parts.push(Part {
                name: name.clone(),
                required: is_required,
                is_file: matches!(schema["format"].as_str(), Some("binary" | "byte")),
                description: schema["description"].as_str().map(str::to_owned),
            }),
        }
    }
    Ok((parts, left_out))
}
