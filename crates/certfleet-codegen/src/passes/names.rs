//! Gives operations the names of provider.toml, and takes the vendor's prefix off schema names.

use crate::{pipeline::Context, problem::Problem, schema};
use serde_json::Value;

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    for (path, method, operation) in schema::operations_mut(document) {
        let call = format!("{} {path}", method.to_uppercase());
        if let Some((name, _)) = context.provider.operation_of(&call)
            && let Some(operation) = operation.as_object_mut()
        {
            operation.insert("operationId".to_owned(), Value::from(name));
        }
    }
    let Some(prefix) = context.provider.schema_prefix.as_deref() else {
        return Vec::new();
    };
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
    Vec::new()
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
