//! Gives inline schemas names of their own. progenitor names them after their operation: two in one
//! operation get the same name, and it keeps the first only.

use crate::{
    choice,
    context::Context,
    media_type::{JSON, URLENCODED},
    nullable, pointer,
    problem::Problem,
    references, rust_name, schema,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Named schemas by their names in Rust.
type Named = BTreeMap<String, (String, Value)>;

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let mut named = already_named(document);
    for (_, _, operation) in schema::operations_mut(document) {
        let name = rust_name::pascal(&schema::operation_id(operation));
        body(operation, &name, &mut named);
        responses(operation, &name, &mut named);
    }
    insert(document, &named);
    let choices = choice::name_all(document, &|at, what| context.note("", at, what));
    context.choices(choices);
    context.nullable(nullable::all(document));
    let mut named = already_named(document);
    enums(document, &mut named);
    insert(document, &named);
    Vec::new()
}

fn already_named(document: &Value) -> Named {
    schema::named(document)
        .map(|(name, schema)| (rust_name::pascal(name), (name.clone(), schema.clone())))
        .collect()
}

fn body(operation: &mut Value, operation_name: &str, named: &mut Named) {
    for media_type in [JSON, URLENCODED] {
        if let Some(content) = operation
            .pointer_mut(&pointer::join(["requestBody", "content", media_type]))
            .and_then(|body| body.get_mut("schema"))
        {
            hoist(content, format!("{operation_name}Request"), named);
        }
    }
}

fn responses(operation: &mut Value, operation_name: &str, named: &mut Named) {
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    for response in responses.into_iter().flat_map(|all| all.values_mut()) {
        if let Some(content) = response
            .pointer_mut(&pointer::join(["content", JSON]))
            .and_then(|body| body.get_mut("schema"))
        {
            if content["nullable"] == true {
                // The value or null is not a type of its own.
                *content = json!({});
            }
            let name = format!("{operation_name}Response");
            if has_own_type(content) {
                let name = add(named, name, content.take());
                *content = references::to_schema(&name);
            } else {
                hoist(content, name, named);
            }
        }
    }
}

/// Enums inside named schemas: each gets the name of its schema and property.
fn enums(document: &mut Value, named: &mut Named) {
    let owners: Vec<String> = schema::named(document)
        .map(|(name, _)| name.clone())
        .collect();
    for owner in owners {
        let Some(schema) = document.pointer_mut(&pointer::to_schema(&owner)) else {
            continue;
        };
        schema::walk_mut(schema, "", &mut |at, inner| {
            if !at.is_empty() && schema::is_string_enum(inner) {
                let nullable = inner["nullable"] == true;
                let mut values = inner.clone();
                if let Some(values) = values.as_object_mut() {
                    values.remove("nullable");
                }
                let name = add(named, enum_name(&owner, at), values);
                *inner = references::to_schema(&name);
                if nullable {
                    *inner = json!({"nullable": true, "allOf": [inner.clone()]});
                }
            }
        });
    }
}

fn hoist(schema: &mut Value, name: String, named: &mut Named) {
    let is_scalar_or_any = schema
        .as_object()
        .is_some_and(|fields| fields.is_empty() || schema::is_scalar(schema));
    if schema.get("$ref").is_some() || is_scalar_or_any {
        return;
    }
    let name = add(named, name, schema.take());
    *schema = references::to_schema(&name);
}

/// Whether a response that is one value is read into a type of another crate: a whole number, a date.
/// With a name it is a type of the client.
fn has_own_type(schema: &Value) -> bool {
    schema["type"] == "integer" || (schema["type"] == "string" && schema.get("format").is_some())
}

/// Adds a named schema. Where the name is another schema's, it gets a number.
fn add(named: &mut Named, name: String, schema: Value) -> String {
    for number in 1_u32.. {
        let free = match number {
            1 => name.clone(),
            _ => format!("{name}{number}"),
        };
        match named.get(&free) {
            Some((old, same)) if *same == schema => return old.clone(),
            Some(_) => {}
            None => {
                named.insert(free.clone(), (free.clone(), schema));
                return free;
            }
        }
    }
    name
}

/// Adds what is named and not there yet.
fn insert(document: &mut Value, named: &Named) {
    if named.is_empty() {
        return;
    }
    let Some(schemas) = schema::schemas_or_new(document) else {
        return;
    };
    for (name, schema) in named.values() {
        if !schemas.contains_key(name) {
            schemas.insert(name.clone(), schema.clone());
        }
    }
}

/// `Certificate` and `/properties/object` give `CertificateObject`.
fn enum_name(owner: &str, at: &str) -> String {
    let steps: Vec<&str> = at
        .split('/')
        .filter(|step| {
            !matches!(
                *step,
                "" | "properties" | "items" | "allOf" | "anyOf" | "oneOf"
            )
        })
        .collect();
    rust_name::pascal(&format!("{owner} {}", steps.join(" ")))
}
