//! Makes every parameter one that can be sent: a text, a number, a truth value, or a list of them.
//! Objects in a query become a parameter for each member, as their style says; lists that are one
//! text on the wire become that text. Optional parameters that cannot be sent are left out with a note.

use crate::{
    context::Context,
    extensions::{COOKIE, SLASHES, WIRE_NAME},
    parameter, path_template, pointer,
    problem::Problem,
    rust_name, schema,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Headers that OpenAPI says to ignore as parameters: body and credentials decide them.
const IGNORED: [&str; 3] = ["accept", "authorization", "content-type"];

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let whole = document.clone();
    for (path, method, operation) in schema::operations_mut(document) {
        let at = pointer::join(["paths", &path, method]);
        let name = schema::operation_id(operation);
        let Some(operation) = operation.as_object_mut() else {
            continue;
        };
        let given = match operation.remove("parameters") {
            Some(Value::Array(given)) => given,
            Some(other) => {
                operation.insert("parameters".to_owned(), other);
                continue;
            }
            None if path_template::names(&path).is_empty() => continue,
            None => Vec::new(),
        };
        let mut kept: Vec<Value> = Vec::new();
        for (index, parameter) in given.into_iter().enumerate() {
            let wire = parameter["name"].as_str().unwrap_or_default().to_owned();
            match sendable(&whole, parameter) {
                Sendable::As(parameters) => kept.extend(parameters),
                Sendable::Never => {}
                Sendable::LeftOut(why) => context.note(
                    &name,
                    format!("{at}/parameters/{index}"),
                    format!("the optional parameter {wire} is left out: {why}"),
                ),
            }
        }
        kept.retain(|parameter| {
            let wire = parameter["name"].as_str().unwrap_or_default();
            let has_place = parameter["in"] != "path" || path_template::has_place(&path, wire);
            if !has_place {
                context.note(
                    &name,
                    format!("{at}/parameters"),
                    format!("the path has no place for the parameter {wire}"),
                );
            }
            has_place
        });
        // OpenAPI has one of each name and location; vendors repeat some.
        let mut seen = BTreeSet::new();
        kept.retain(|parameter| {
            seen.insert((
                parameter["in"].to_string(),
                parameter::wire_name(parameter).to_owned(),
            ))
        });
        undeclared(&path, &mut kept);
        slashes(&mut kept, &name, context);
        let has_body = operation.contains_key("requestBody");
        rename_clashes(&name, &at, &mut kept, has_body, context);
        operation.insert("parameters".to_owned(), kept.into());
    }
    Vec::new()
}

/// Marks the path parameters that may hold slashes: those of provider.toml, and those of which the document
/// says so.
fn slashes(parameters: &mut [Value], operation: &str, context: &Context<'_>) {
    let stated = context
        .provider
        .operations
        .get(operation)
        .map(|choice| choice.slashes.as_slice())
        .unwrap_or_default();
    for parameter in parameters {
        let is_stated = parameter["in"] == "path"
            && stated
                .iter()
                .any(|name| *name == parameter::wire_name(parameter));
        if (is_stated || parameter::holds_slashes(parameter))
            && let Some(fields) = parameter.as_object_mut()
        {
            fields.insert(SLASHES.to_owned(), true.into());
        }
    }
}

/// How a parameter is sent.
enum Sendable {
    /// As these parameters.
    As(Vec<Value>),
    /// OpenAPI says to ignore it.
    Never,
    /// It cannot be sent and is optional; the reason.
    LeftOut(&'static str),
}

fn sendable(document: &Value, mut parameter: Value) -> Sendable {
    let location = parameter["in"].as_str().unwrap_or_default().to_owned();
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    let is_required = parameter["required"] == true;
    if location == "header" && IGNORED.contains(&name.to_ascii_lowercase().as_str()) {
        return Sendable::Never;
    }
    if location == "path"
        && let Some(fields) = parameter.as_object_mut()
    {
        // A path without it is another path.
        fields.insert("required".to_owned(), true.into());
    }
    if parameter.get("content").is_some() && parameter.get("schema").is_none() {
        // Its value is a text of that media type.
        as_text(&mut parameter, "as JSON text");
    }
    object_alternative(document, &mut parameter);
    let Some(schema) = parameter.get("schema") else {
        return Sendable::As(vec![parameter]);
    };
    let (style, explode) = parameter::style(&parameter);
    let members = parameter::members(document, schema);
    let is_list = schema::follow(document, schema).is_some_and(|schema| schema["type"] == "array");
    if let Some(why) = parameter::unsendable(document, &parameter) {
        return if is_required || location == "path" {
            // lint reports it, with a remedy.
            Sendable::As(vec![parameter])
        } else {
            Sendable::LeftOut(why)
        };
    }
    if let Some(members) = members {
        let deep = style == "deepObject";
        return Sendable::As(
            members
                .into_iter()
                .map(|(member, schema, required)| {
                    json!({
                        "name": if deep { format!("{name}[{member}]") } else { member },
                        "in": "query",
                        "required": is_required && required,
                        "schema": schema,
                    })
                })
                .collect(),
        );
    }
    if is_list {
        match (location.as_str(), style, explode) {
            ("query", "form", true) => {}
            (_, "spaceDelimited", false) => as_text(&mut parameter, "values separated by spaces"),
            (_, "pipeDelimited", false) => as_text(&mut parameter, "values separated by |"),
            ("query", _, true) => {}
            _ => as_text(&mut parameter, "values separated by commas"),
        }
    } else if location != "query" && !parameter::is_scalar(document, schema) {
        as_text(&mut parameter, "as text");
    }
    if let Some(fields) = parameter.as_object_mut() {
        if location == "cookie" {
            // progenitor knows no cookies: the emitter sends it as one.
            fields.insert("in".to_owned(), "header".into());
            fields.insert(COOKIE.to_owned(), true.into());
        }
        for key in [
            "style",
            "explode",
            "allowReserved",
            "allowEmptyValue",
            "content",
            "examples",
        ] {
            fields.remove(key);
        }
    }
    Sendable::As(vec![parameter])
}

/// Leaves of the alternatives of a deepObject parameter the object, which alone can be sent in that style.
fn object_alternative(document: &Value, parameter: &mut Value) {
    if parameter["style"] != "deepObject" {
        return;
    }
    let object = parameter.get("schema").and_then(|schema| {
        let schema = schema::follow(document, schema)?;
        ["anyOf", "oneOf"]
            .iter()
            .filter_map(|keyword| schema[keyword].as_array())
            .flatten()
            .find(|alternative| parameter::members(document, alternative).is_some())
            .cloned()
    });
    if let Some(object) = object {
        parameter["schema"] = object;
    }
}

/// Makes a parameter the text that stands on the wire.
fn as_text(parameter: &mut Value, how: &str) {
    let description = match parameter["description"].as_str() {
        Some(text) => format!("{} ({how})", text.trim().trim_end_matches('.')),
        None => how.to_owned(),
    };
    if let Some(fields) = parameter.as_object_mut() {
        fields.remove("content");
        fields.insert("schema".to_owned(), json!({"type": "string"}));
        fields.insert("description".to_owned(), description.into());
    }
}

/// Declares the parameters of the path that the document does not: whatever they are, they are texts.
fn undeclared(path: &str, parameters: &mut Vec<Value>) {
    let names = path_template::names(path);
    let mut declared: BTreeSet<String> = parameters
        .iter()
        .filter(|parameter| parameter["in"] == "path")
        .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
        .collect();
    for name in names {
        if declared.insert(name.clone()) {
            parameters.push(
                json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}),
            );
        }
    }
}

/// Renames parameters whose name in Rust is taken: `token` in the query beside `token` in the path becomes
/// `token-query`, and keeps its name on the wire. Path parameters keep their names, which are in the path.
fn rename_clashes(
    operation: &str,
    at: &str,
    parameters: &mut [Value],
    has_body: bool,
    context: &Context<'_>,
) {
    let ident =
        |parameter: &Value| rust_name::snake(parameter["name"].as_str().unwrap_or_default());
    let mut taken: BTreeSet<String> = parameters
        .iter()
        .filter(|parameter| parameter["in"] == "path")
        .map(ident)
        .collect();
    // Required parameters get the plain name first.
    let (first, last): (Vec<&mut Value>, Vec<&mut Value>) = parameters
        .iter_mut()
        .filter(|parameter| parameter["in"] != "path")
        .partition(|parameter| parameter["required"] == true);
    for parameter in first.into_iter().chain(last) {
        let plain = ident(parameter);
        if !parameter::is_taken(&plain, has_body) && taken.insert(plain) {
            continue;
        }
        let wire = parameter["name"].as_str().unwrap_or_default().to_owned();
        let location = parameter["in"].as_str().unwrap_or_default().to_owned();
        let free = rust_name::first_free_after(&format!("{wire}-{location}"), "-", |free| {
            taken.insert(rust_name::snake(free))
        });
        if let Some(fields) = parameter.as_object_mut() {
            context.note(
                operation,
                format!("{at}/parameters"),
                format!(
                    "the {location} parameter {wire} is called {} in Rust, where its own name is taken",
                    rust_name::snake(&free)
                ),
            );
            fields.insert("name".to_owned(), free.into());
            fields
                .entry(WIRE_NAME)
                .or_insert_with(|| wire.as_str().into());
        }
    }
}
