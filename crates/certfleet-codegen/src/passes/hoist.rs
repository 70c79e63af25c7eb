//! Gives inline schemas names of their own. progenitor names them after their operation, and two in
//! one operation get the same name, of which it keeps the first.

use crate::{pipeline::Context, pointer, problem::Problem, rust_name, schema};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) fn run(document: &mut Value, _: &Context<'_>) -> Vec<Problem> {
    let mut named = document["components"]["schemas"]
        .as_object()
        .map(|schemas| schemas.clone().into_iter().collect())
        .unwrap_or_default();
    for (_, _, operation) in schema::operations_mut(document) {
        let operation_name = operation["operationId"]
            .as_str()
            .map(rust_name::pascal)
            .unwrap_or_default();
        if let Some(content) = operation
            .pointer_mut("/requestBody/content/application~1json")
            .and_then(|body| body.get_mut("schema"))
        {
            hoist(content, format!("{operation_name}Request"), &mut named);
        }
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        for response in responses.values_mut() {
            if let Some(content) = response
                .pointer_mut("/content/application~1json")
                .and_then(|body| body.get_mut("schema"))
            {
                hoist(content, format!("{operation_name}Response"), &mut named);
            }
        }
    }
    insert(document, &named);

    // Enums inside named schemas: each gets the name of its schema and property.
    let owners: Vec<String> = document["components"]["schemas"]
        .as_object()
        .map(|schemas| schemas.keys().cloned().collect())
        .unwrap_or_default();
    for owner in owners {
        let root = pointer::of(["components", "schemas", &owner]);
        let Some(schema) = document.pointer_mut(&root) else {
            continue;
        };
        schema::walk_mut(schema, "", &mut |at, inner| {
            if !at.is_empty() && is_string_enum(inner) {
                let nullable = inner["nullable"] == true;
                let mut values = inner.clone();
                if let Some(values) = values.as_object_mut() {
                    values.remove("nullable");
                }
                let name = add(&mut named, enum_name(&owner, at), values);
                *inner = json!({"$ref": format!("#/components/schemas/{name}")});
                if nullable {
                    *inner = json!({"nullable": true, "allOf": [inner.clone()]});
                }
            }
        });
    }
    insert(document, &named);
    Vec::new()
}

fn hoist(schema: &mut Value, name: String, named: &mut BTreeMap<String, Value>) {
    let is_scalar_or_any = schema
        .as_object()
        .is_some_and(|fields| fields.is_empty() || super::compose::is_scalar(schema));
    if schema.get("$ref").is_some() || is_scalar_or_any {
        return;
    }
    let name = add(named, name, schema.take());
    *schema = json!({"$ref": format!("#/components/schemas/{name}")});
}

/// Adds a named schema. Where the name is another schema's, it gets a number.
fn add(named: &mut BTreeMap<String, Value>, name: String, schema: Value) -> String {
    let free = (1_u32..)
        .map(|number| match number {
            1 => name.clone(),
            _ => format!("{name}{number}"),
        })
        .find(|free| named.get(free).is_none_or(|old| *old == schema))
        .unwrap_or(name);
    named.insert(free.clone(), schema);
    free
}

/// Adds what is named and not there yet.
fn insert(document: &mut Value, named: &BTreeMap<String, Value>) {
    if named.is_empty() {
        return;
    }
    let Some(schemas) = schema::schemas_or_new(document) else {
        return;
    };
    for (name, schema) in named {
        if !schemas.contains_key(name) {
            schemas.insert(name.clone(), schema.clone());
        }
    }
}

pub(crate) fn is_string_enum(schema: &Value) -> bool {
    schema["type"] == "string"
        && schema["enum"]
            .as_array()
            .is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_string))
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
