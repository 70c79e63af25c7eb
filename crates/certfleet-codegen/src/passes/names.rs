//! Gives operations the names of provider.toml, takes the vendor's prefix off schema names, and
//! makes those apart that would be one name in Rust.

use super::references;
use crate::{pipeline::Context, pointer, problem::Problem, rust_name, schema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Names of types that the generated code or the macro of open enums uses for something else.
const RESERVED: [&str; 4] = ["D", "E", "S", "Text"];

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let calls = context.provider.calls();
    for (path, method, operation) in schema::operations_mut(document) {
        let call = format!("{} {path}", method.to_uppercase());
        if let Some(name) = calls.get(call.as_str())
            && let Some(operation) = operation.as_object_mut()
        {
            operation.insert("operationId".to_owned(), Value::from(*name));
        }
    }
    if let Some(prefix) = context.provider.schema_prefix.as_deref() {
        strip(document, prefix);
    }
    distinguish(document);
    Vec::new()
}

/// Takes a prefix off the names of schemas, where nothing else has the shorter name.
fn strip(document: &mut Value, prefix: &str) {
    if let Some(schemas) = schema::schemas_mut(document) {
        let names: Vec<String> = schemas
            .keys()
            .filter(|name| name.len() > prefix.len() && name.starts_with(prefix))
            .cloned()
            .collect();
        for name in names {
            let short = name.strip_prefix(prefix).unwrap_or(&name).to_owned();
            if !schemas.contains_key(&short)
                && let Some(schema) = schemas.remove(&name)
            {
                schemas.insert(short, schema);
            }
        }
    }
    rename_references(document, &format!("#/components/schemas/{prefix}"));
}

/// Renames schemas whose names are the same in Rust, or none that a reference can lead to.
fn distinguish(document: &mut Value) {
    let Some(schemas) = schema::schemas_mut(document) else {
        return;
    };
    let mut taken: BTreeSet<String> = RESERVED.into_iter().map(str::to_owned).collect();
    let mut names: Vec<String> = schemas.keys().cloned().collect();
    // Who has the plain name keeps it.
    names.sort_by_key(|name| (rust_name::pascal(name) != *name, name.clone()));
    let mut renamed = BTreeMap::new();
    for name in names {
        let plain = rust_name::pascal(&name);
        let is_plain = name
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '.' | '_' | '-'));
        if is_plain && taken.insert(plain.clone()) {
            continue;
        }
        let free = (1_u32..)
            .map(|number| match number {
                1 => plain.clone(),
                _ => format!("{plain}{number}"),
            })
            .find(|free| !taken.contains(free) && !schemas.contains_key(free))
            .unwrap_or(plain);
        taken.insert(free.clone());
        if let Some(schema) = schemas.remove(&name) {
            schemas.insert(free.clone(), schema);
            renamed.insert(
                format!("#{}", pointer::of(["components", "schemas", &name])),
                format!("#/components/schemas/{free}"),
            );
        }
    }
    if !renamed.is_empty() {
        references::rename(document, &renamed);
    }
}

fn rename_references(value: &mut Value, prefix: &str) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref")
                && let Some(rest) = reference.strip_prefix(prefix)
            {
                *reference = format!("#/components/schemas/{rest}");
            }
            for field in fields.values_mut() {
                rename_references(field, prefix);
            }
        }
        Value::Array(items) => {
            for item in items {
                rename_references(item, prefix);
            }
        }
        _ => {}
    }
}
