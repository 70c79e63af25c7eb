//! Gives operations the names of provider.toml, takes the vendor's prefix off schema names, and
//! renames schemas that would share a name in Rust.

use crate::{context::Context, problem::Problem, references, rust_name, schema};
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

/// Takes a prefix off the names of schemas, unless another schema has the shorter name.
fn strip(document: &mut Value, prefix: &str) {
    let Some(schemas) = schema::schemas_mut(document) else {
        return;
    };
    let names: Vec<String> = schemas.keys().cloned().collect();
    let mut renamed = BTreeMap::new();
    for name in names {
        if let Some(short) = name.strip_prefix(prefix)
            && !short.is_empty()
            && !schemas.contains_key(short)
            && let Some(schema) = schemas.remove(&name)
        {
            schemas.insert(short.to_owned(), schema);
            renamed.insert(
                references::text_to_schema(&name),
                references::text_to_schema(short),
            );
        }
    }
    references::rename(document, &renamed);
}

/// Renames schemas whose names are the same in Rust, or that a reference cannot name.
fn distinguish(document: &mut Value) {
    let Some(schemas) = schema::schemas_mut(document) else {
        return;
    };
    let mut taken: BTreeSet<String> = RESERVED.into_iter().map(str::to_owned).collect();
    let mut names: Vec<String> = schemas.keys().cloned().collect();
    // A schema that has the plain name keeps it.
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
        let free = rust_name::first_free(&plain, |free| {
            !taken.contains(free) && !schemas.contains_key(free)
        });
        taken.insert(free.clone());
        if let Some(schema) = schemas.remove(&name) {
            schemas.insert(free.clone(), schema);
            renamed.insert(
                references::text_to_schema(&name),
                references::text_to_schema(&free),
            );
        }
    }
    references::rename(document, &renamed);
}
