//! OpenAPI 3.1 to 3.0.3. What 3.0 cannot say is widened, never narrowed: a type accepts at least what
//! the vendor's schema accepts.

use crate::{context::Context, problem::Problem, schema};
use serde_json::{Map, Value, json};

/// Keywords of 3.1 that 3.0 cannot say.
const WITHOUT_COUNTERPART: [&str; 20] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$schema",
    "contains",
    "contentMediaType",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let version = document["openapi"].as_str().unwrap_or_default().to_owned();
    let is_lower = version.starts_with("3.0.");
    if !is_lower && !version.starts_with("3.1.") {
        return vec![context.problem(
            "/openapi",
            format!("version {version:?} is not 3.0 or 3.1"),
            "vendor a document of OpenAPI 3.0 or 3.1",
        )];
    }
    // Vendors write 3.1's schemas into 3.0 documents, too.
    schema::walk_all_mut(document, &mut |_, schema| lower(schema));
    if is_lower {
        return Vec::new();
    }
    if let Some(root) = document.as_object_mut() {
        root.insert("openapi".to_owned(), Value::from("3.0.3"));
        root.remove("jsonSchemaDialect");
        root.remove("webhooks");
    }
    if let Some(info) = document.get_mut("info").and_then(Value::as_object_mut) {
        info.remove("summary");
        if let Some(license) = info.get_mut("license").and_then(Value::as_object_mut) {
            license.remove("identifier");
        }
    }
    Vec::new()
}

/// Lowers one schema whose inner schemas are lowered already.
fn lower(schema: &mut Value) {
    if let Value::Bool(accepts) = schema {
        *schema = if *accepts {
            json!({})
        } else {
            json!({"not": {}})
        };
    }
    let Some(fields) = schema.as_object_mut() else {
        return;
    };
    types(fields);
    null_alternatives(fields);
    equivalents(fields);
    if fields.remove("prefixItems").is_some() {
        // The items of a tuple differ; an array of anything accepts it.
        fields.insert("items".to_owned(), json!({}));
    }
    if fields.remove("patternProperties").is_some() {
        fields.insert("additionalProperties".to_owned(), true.into());
    }
    for keyword in WITHOUT_COUNTERPART {
        fields.remove(keyword);
    }
    // A reference stands alone in 3.0.
    if fields.len() > 1
        && let Some(reference) = fields.get("$ref").cloned()
    {
        fields.retain(|key, _| {
            matches!(
                key.as_str(),
                "description" | "nullable" | "default" | "deprecated"
            )
        });
        if fields.keys().all(|key| key == "description") {
            fields.clear();
            fields.insert("$ref".to_owned(), reference);
        } else {
            fields.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
        }
    }
}

/// Keywords of 3.1 that 3.0 says with others.
fn equivalents(fields: &mut Map<String, Value>) {
    if let Some(constant) = fields.remove("const") {
        if constant.is_null() {
            fields.insert("nullable".to_owned(), true.into());
        } else {
            if !fields.contains_key("type")
                && let Some(name) = type_of(&constant)
            {
                fields.insert("type".to_owned(), name.into());
            }
            fields.insert("enum".to_owned(), json!([constant]));
        }
    }
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if let Some(Value::Number(number)) = fields.get(exclusive).cloned() {
            fields.insert(bound.to_owned(), Value::Number(number));
            fields.insert(exclusive.to_owned(), true.into());
        }
    }
    if let Some(Value::Array(examples)) = fields.remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        fields.entry("example").or_insert(first);
    }
    match fields
        .remove("contentEncoding")
        .as_ref()
        .and_then(Value::as_str)
    {
        Some("base64") => {
            fields.entry("format").or_insert_with(|| "byte".into());
        }
        _ if fields.contains_key("contentMediaType") => {
            fields.entry("format").or_insert_with(|| "binary".into());
        }
        _ => {}
    }
}

/// `type: [string, "null"]`, `type: [string, integer]`, `type: "null"`.
fn types(fields: &mut Map<String, Value>) {
    let mut names: Vec<String> = match fields.get("type") {
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        Some(Value::String(name)) if name == "null" => vec![name.clone()],
        _ => return,
    };
    fields.remove("type");
    let before = names.len();
    names.retain(|name| name != "null");
    if names.len() < before {
        fields.insert("nullable".to_owned(), true.into());
        if let Some(Value::Array(values)) = fields.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
    }
    match names.as_slice() {
        [] => {}
        [name] => {
            fields.insert("type".to_owned(), name.as_str().into());
        }
        several => {
            // Every keyword of a schema speaks of one type only, so each alternative may have all.
            let shared: Map<String, Value> = fields
                .iter()
                .filter(|(key, _)| {
                    !matches!(
                        key.as_str(),
                        "description" | "title" | "nullable" | "default"
                    )
                })
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            fields.retain(|key, _| {
                matches!(
                    key.as_str(),
                    "description" | "title" | "nullable" | "default"
                )
            });
            let alternatives: Vec<Value> = several
                .iter()
                .map(|name| {
                    let mut alternative = shared.clone();
                    alternative.insert("type".to_owned(), name.as_str().into());
                    Value::Object(alternative)
                })
                .collect();
            fields.insert("anyOf".to_owned(), alternatives.into());
        }
    }
}

/// `anyOf: [X, {type: "null"}]`. The null alternative was lowered to `{nullable: true}` before.
fn null_alternatives(fields: &mut Map<String, Value>) {
    for keyword in ["anyOf", "oneOf"] {
        let Some(Value::Array(alternatives)) = fields.get_mut(keyword) else {
            continue;
        };
        let before = alternatives.len();
        alternatives.retain(|alternative| *alternative != json!({"nullable": true}));
        if alternatives.len() == before {
            continue;
        }
        let only = (alternatives.len() == 1).then(|| alternatives.remove(0));
        if let Some(only) = only {
            fields.remove(keyword);
            match only {
                Value::Object(only) if !only.contains_key("$ref") => {
                    for (key, value) in only {
                        fields.entry(key).or_insert(value);
                    }
                }
                reference => {
                    fields.insert("allOf".to_owned(), json!([reference]));
                }
            }
        } else if alternatives.is_empty() {
            fields.remove(keyword);
        }
        fields.insert("nullable".to_owned(), true.into());
    }
}

fn type_of(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::Null => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas() {
        for (before, after) in [
            (
                json!({"type": ["string", "null"]}),
                json!({"type": "string", "nullable": true}),
            ),
            (
                json!({"type": ["string", "null"], "enum": ["a", null]}),
                json!({"type": "string", "nullable": true, "enum": ["a"]}),
            ),
            (
                json!({"type": ["string", "integer"], "description": "d"}),
                json!({"description": "d", "anyOf": [{"type": "string"}, {"type": "integer"}]}),
            ),
            (
                json!({"anyOf": [{"type": "string"}, {"type": "null"}], "description": "d"}),
                json!({"type": "string", "nullable": true, "description": "d"}),
            ),
            (
                json!({"anyOf": [{"$ref": "#/components/schemas/X"}, {"type": "null"}]}),
                json!({"allOf": [{"$ref": "#/components/schemas/X"}], "nullable": true}),
            ),
            (
                json!({"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}),
                json!({"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}),
            ),
            (
                json!({"const": "a"}),
                json!({"type": "string", "enum": ["a"]}),
            ),
            (
                json!({"type": "integer", "exclusiveMinimum": 3}),
                json!({"type": "integer", "minimum": 3, "exclusiveMinimum": true}),
            ),
            (
                json!({"type": "string", "examples": ["a", "b"]}),
                json!({"type": "string", "example": "a"}),
            ),
            (
                json!({"type": "string", "contentEncoding": "base64"}),
                json!({"type": "string", "format": "byte"}),
            ),
            (
                json!({"type": "array", "prefixItems": [{"type": "string"}]}),
                json!({"type": "array", "items": {}}),
            ),
            (
                json!({"$ref": "#/components/schemas/X", "description": "d"}),
                json!({"$ref": "#/components/schemas/X"}),
            ),
            (
                json!({"type": "object", "properties": {"a": {"type": ["null", "boolean"]}}}),
                json!({"type": "object", "properties": {"a": {"type": "boolean", "nullable": true}}}),
            ),
        ] {
            let mut schema = before.clone();
            schema::walk_mut(&mut schema, "", &mut |_, schema| lower(schema));
            assert_eq!(schema, after, "{before}");
            schema::walk_mut(&mut schema, "", &mut |_, schema| lower(schema));
            assert_eq!(schema, after, "not idempotent: {before}");
        }
    }
}
