//! Gives inline schemas names of their own where progenitor would give two the same name: it would keep the
//! first and read the second as if it were the first.

use crate::{context::Context, pointer, problem::Problem, references, rust_name, schema};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(crate) fn run(document: &mut Value, _: &Context<'_>) -> Vec<Problem> {
    let owners: Vec<String> = schema::named(document)
        .map(|(name, _)| name.clone())
        .collect();
    let mut taken: BTreeSet<String> = owners.iter().map(|name| rust_name::pascal(name)).collect();
    let mut named = Vec::new();
    for owner in &owners {
        if let Some(schema) = document.pointer_mut(&pointer::to_schema(owner)) {
            let name = rust_name::pascal(owner);
            below(schema, &name, &mut taken, &mut named);
        }
    }
    for (_, _, operation) in schema::operations_mut(document) {
        let operation_name = schema::operation_id(operation);
        for parameter in operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let name = rust_name::pascal(&format!(
                "{operation_name}-{}",
                parameter["name"].as_str().unwrap_or_default()
            ));
            if let Some(schema) = parameter.get_mut("schema") {
                name_inline(schema, name.clone(), &mut taken, &mut named);
            }
        }
    }
    if !named.is_empty()
        && let Some(schemas) = schema::schemas_or_new(document)
    {
        schemas.extend(named);
    }
    Vec::new()
}

/// Looks at the schemas directly below one whose type is called `name`.
fn below(
    schema: &mut Value,
    name: &str,
    taken: &mut BTreeSet<String>,
    named: &mut Vec<(String, Value)>,
) {
    let steps: Vec<String> = schema::children(schema)
        .into_iter()
        .map(|(step, _)| step)
        .collect();
    for step in steps {
        let parts: Vec<&str> = step.split('/').skip(1).collect();
        let inner = match parts.as_slice() {
            ["properties", property] => {
                rust_name::pascal(&format!("{name}_{}", pointer::unescape(property)))
            }
            ["items"] => format!("{name}Item"),
            ["additionalProperties"] => rust_name::pascal(&format!("{name}_value")),
            ["allOf", _] => name.to_owned(),
            [keyword @ ("anyOf" | "oneOf"), index] => {
                let kind = if *keyword == "anyOf" {
                    "subtype"
                } else {
                    "variant"
                };
                rust_name::pascal(&format!("{name}_{kind}_{index}"))
            }
            _ => continue,
        };
        if let Some(child) = schema.pointer_mut(&step) {
            name_inline(child, inner, taken, named);
        }
    }
}

/// Names an inline schema whose type would have the name of another.
fn name_inline(
    schema: &mut Value,
    name: String,
    taken: &mut BTreeSet<String>,
    named: &mut Vec<(String, Value)>,
) {
    if schema.get("$ref").is_some() {
        return;
    }
    // A title would be the name, and parts of an allOf bring theirs.
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("title");
    }
    if !gets_a_type(schema) {
        return below(schema, &name, taken, named);
    }
    let free = rust_name::first_free(&name, |free| taken.insert(free.clone()));
    below(schema, &free, taken, named);
    if free == name {
        return;
    }
    let is_nullable = schema["nullable"] == true;
    let mut inline = schema.take();
    if let Some(fields) = inline.as_object_mut() {
        fields.remove("nullable");
        fields.remove("default");
    }
    let reference = references::to_schema(&free);
    *schema = if is_nullable {
        json!({"nullable": true, "allOf": [reference]})
    } else {
        reference
    };
    named.push((free, inline));
}

/// Whether progenitor makes a type of an inline schema: of structures, of named values and of
/// constrained texts.
fn gets_a_type(schema: &Value) -> bool {
    let has = |keyword: &str| schema.get(keyword).is_some();
    let is_text = schema["type"] == "string";
    ["properties", "enum", "oneOf", "anyOf"]
        .into_iter()
        .any(has)
        || (has("allOf") && schema["nullable"] != true)
        || (is_text && ["pattern", "minLength", "maxLength"].into_iter().any(has))
}
