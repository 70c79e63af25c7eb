//! Gives inline schemas names of their own where progenitor would give two the same name: it keeps
//! the first and reads the second as if it were the first.

use crate::{pipeline::Context, pointer, problem::Problem, rust_name, schema};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(crate) fn run(document: &mut Value, _: &Context<'_>) -> Vec<Problem> {
    let mut taken: BTreeSet<String> = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| rust_name::pascal(name))
        .collect();
    let mut named = Vec::new();
    let owners: Vec<String> = document["components"]["schemas"]
        .as_object()
        .map(|schemas| schemas.keys().cloned().collect())
        .unwrap_or_default();
    for owner in &owners {
        let root = pointer::of(["components", "schemas", owner]);
        if let Some(schema) = document.pointer_mut(&root) {
            let name = rust_name::pascal(owner);
            below(schema, &name, &mut taken, &mut named);
        }
    }
    for (_, _, operation) in schema::operations_mut(document) {
        let operation_name = operation["operationId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
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
                one(schema, name.clone(), &mut taken, &mut named);
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
                let property = property.replace("~1", "/").replace("~0", "~");
                rust_name::pascal(&format!("{name}_{property}"))
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
            one(child, inner, taken, named);
        }
    }
}

/// Names one inline schema, if its type would have a name that another has.
fn one(
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
    if taken.insert(name.clone()) {
        return below(schema, &name, taken, named);
    }
    let free = (2_u32..)
        .map(|number| format!("{name}{number}"))
        .find(|free| taken.insert(free.clone()))
        .unwrap_or(name);
    below(schema, &free, taken, named);
    let is_nullable = schema["nullable"] == true;
    let mut inline = schema.take();
    if let Some(fields) = inline.as_object_mut() {
        fields.remove("nullable");
        fields.remove("default");
    }
    let reference = json!({"$ref": format!("#/components/schemas/{free}")});
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
