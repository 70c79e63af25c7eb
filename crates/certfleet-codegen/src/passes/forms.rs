//! Takes out the multipart/form-data bodies, which progenitor cannot express. The emitter adds their
//! parts to progenitor's builders.

use crate::{
    context::Context,
    media_type::MULTIPART,
    multipart::{FormOperation, Part, PartKind},
    parameter, pointer,
    problem::Problem,
    rust_name, schema,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let whole = document.clone();
    let mut problems = Vec::new();
    for (path, method, operation) in schema::operations_mut(document) {
        let Some(form) = operation["requestBody"]["content"][MULTIPART].get("schema") else {
            continue;
        };
        let at = pointer::join(["paths", &path, method, "requestBody"]);
        let operation_id = schema::operation_id(operation);
        let taken = schema::parameters(operation)
            .map(|parameter| rust_name::snake(parameter["name"].as_str().unwrap_or_default()))
            .collect();
        match parts(&whole, form, taken) {
            Ok((parts, left_out)) => {
                for (name, why) in left_out {
                    context.note(
                        &operation_id,
                        &at,
                        format!("the optional part {name} is left out: {why}"),
                    );
                }
                context.form(FormOperation {
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
                    .in_operation(operation_id),
            ),
        }
        if let Some(operation) = operation.as_object_mut() {
            operation.remove("requestBody");
        }
    }
    problems
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
        let (kind, is_list) = kind(document, schema, 0);
        let why = if parameter::is_taken(&ident, false) || !taken.insert(ident) {
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
                kind,
                is_list,
                description: schema["description"].as_str().map(str::to_owned),
            }),
        }
    }
    Ok((parts, left_out))
}

/// How many alternatives and lists deep a part is looked into.
const DEEPEST: usize = 8;

/// What a part is, as OpenAPI sends it by default, and whether there may be several of it: an object is JSON, a
/// list is one part for each item. Of alternatives a file goes before anything, and a text before JSON only if
/// nothing else is.
fn kind(document: &Value, schema: &Value, depth: usize) -> (PartKind, bool) {
    let Some(schema) = schema::follow(document, schema).filter(|_| depth < DEEPEST) else {
        return (PartKind::Json, false);
    };
    match schema["type"].as_str() {
        Some("array") => return (kind(document, &schema["items"], depth + 1).0, true),
        Some("object") => return (PartKind::Json, false),
        Some("string") if matches!(schema["format"].as_str(), Some("binary" | "byte")) => {
            return (PartKind::File, false);
        }
        Some(_) => return (PartKind::Text, false),
        None => {}
    }
    let alternatives: Vec<(PartKind, bool)> = ["oneOf", "anyOf", "allOf"]
        .iter()
        .filter_map(|keyword| schema[keyword].as_array())
        .flatten()
        .map(|alternative| kind(document, alternative, depth + 1))
        .collect();
    let has = |kind: PartKind| alternatives.iter().any(|(one, _)| *one == kind);
    let is_list = alternatives.iter().any(|(_, is_list)| *is_list);
    let kind = if has(PartKind::File) {
        PartKind::File
    } else if has(PartKind::Json) || schema.get("properties").is_some() {
        PartKind::Json
    } else {
        PartKind::Text
    };
    (kind, is_list)
}
