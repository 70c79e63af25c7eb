//! Gives inline schemas names of their own. progenitor names them after their operation, and two in
//! one operation get the same name, of which it keeps the first.

use crate::{pipeline::Context, pointer, problem::Problem, schema};
use heck::ToUpperCamelCase;
use serde_json::{Value, json};

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let mut named: Vec<(String, Value, String)> = Vec::new();
    for (path, method, operation) in schema::operations_mut(document) {
        let at = pointer::of(["paths", &path, method]);
        let operation_name = operation["operationId"]
            .as_str()
            .unwrap_or_default()
            .to_upper_camel_case();
        if let Some(content) = operation
            .pointer_mut("/requestBody/content/application~1json")
            .and_then(|body| body.get_mut("schema"))
        {
            hoist(
                content,
                format!("{operation_name}Request"),
                format!("{at}/requestBody"),
                &mut named,
            );
        }
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        for (status, response) in responses {
            if let Some(content) = response
                .pointer_mut("/content/application~1json")
                .and_then(|body| body.get_mut("schema"))
            {
                hoist(
                    content,
                    format!("{operation_name}Response"),
                    format!("{at}/responses/{status}"),
                    &mut named,
                );
            }
        }
    }
    let mut problems = insert(document, named, context);

    // Enums inside named schemas: each gets the name of its schema and property.
    let mut named: Vec<(String, Value, String)> = Vec::new();
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
                let name = enum_name(&owner, at);
                named.push((name.clone(), inner.clone(), format!("{root}{at}")));
                let nullable = inner["nullable"] == true;
                *inner = json!({"$ref": format!("#/components/schemas/{name}")});
                if nullable {
                    *inner = json!({"nullable": true, "allOf": [inner.clone()]});
                }
            }
        });
    }
    for (_, schema, _) in &mut named {
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("nullable");
        }
    }
    problems.extend(insert(document, named, context));
    problems
}

fn hoist(schema: &mut Value, name: String, at: String, named: &mut Vec<(String, Value, String)>) {
    let is_scalar_or_any = schema
        .as_object()
        .is_some_and(|fields| fields.is_empty() || super::compose::is_scalar(schema));
    if schema.get("$ref").is_some() || is_scalar_or_any {
        return;
    }
    let inline = schema.take();
    *schema = json!({"$ref": format!("#/components/schemas/{name}")});
    named.push((name, inline, at));
}

/// Adds named schemas. The same name for different things is a problem.
fn insert(
    document: &mut Value,
    named: Vec<(String, Value, String)>,
    context: &Context<'_>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let Some(schemas) = (!named.is_empty())
        .then(|| schema::schemas_or_new(document))
        .flatten()
    else {
        return problems;
    };
    for (name, schema, at) in named {
        match schemas.get(&name) {
            Some(old) if *old != schema => problems.push(context.problem(
                at,
                format!("the inline schema would be named {name}, which another schema is"),
                "give the schema a name under components.schemas in overlay.yaml and refer to it",
            )),
            _ => {
                schemas.insert(name, schema);
            }
        }
    }
    problems
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
    format!("{owner} {}", steps.join(" ")).to_upper_camel_case()
}
