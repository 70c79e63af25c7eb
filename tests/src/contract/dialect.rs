//! OpenAPI 3.0's schema dialect, translated once to JSON Schema 2020-12, which OpenAPI 3.1 uses.

use serde_json::{Map, Value, json};

/// Translates every schema of an OpenAPI document in place. A 3.1 document is left as it is.
pub fn translate(document: &mut Value) {
    let version = document["openapi"].as_str().unwrap_or_default();
    if version.starts_with("3.0") {
        outside(document);
    }
}

/// Looks for schemas where a document keeps them: below `schema`, and in `components.schemas`.
fn outside(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "schema" => schema(member),
                    "schemas" => each(member, schema),
                    // Literal values, not descriptions.
                    "example" | "examples" => {}
                    _ => outside(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(outside),
        _ => {}
    }
}

fn each(members: &mut Value, change: impl Fn(&mut Value)) {
    match members {
        Value::Object(members) => members.values_mut().for_each(change),
        Value::Array(items) => items.iter_mut().for_each(change),
        _ => {}
    }
}

/// Translates one schema, subschemas first.
pub fn schema(value: &mut Value) {
    let Value::Object(members) = value else {
        return;
    };
    if let Some(reference) = members.get("$ref").cloned() {
        // 3.0 ignores whatever stands beside a reference; 2020-12 would apply it.
        *members = Map::from_iter([("$ref".to_owned(), reference)]);
        return;
    }
    for (name, member) in members.iter_mut() {
        match name.as_str() {
            "properties" | "allOf" | "anyOf" | "oneOf" => each(member, schema),
            "items" | "not" | "additionalProperties" => schema(member),
            _ => {}
        }
    }
    for (flag, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        match members.get(flag) {
            Some(Value::Bool(true)) => {
                if let Some(limit) = members.remove(bound) {
                    members.insert(flag.to_owned(), limit);
                } else {
                    members.remove(flag);
                }
            }
            Some(Value::Bool(false)) => {
                members.remove(flag);
            }
            _ => {}
        }
    }
    if let Some(example) = members.remove("example") {
        members.insert("examples".to_owned(), json!([example]));
    }
    if members.remove("nullable") == Some(Value::Bool(true)) {
        nullable(members);
    }
}

/// 3.0.3 lets `nullable` act only beside `type`; 3.0.0, which half of our documents are, says it
/// allows null for the schema, and so it is read everywhere here: an `allOf` with one reference is
/// the only way to say "this, or null" in 3.0.
fn nullable(members: &mut Map<String, Value>) {
    if let Some(kind) = members.get_mut("type") {
        *kind = json!([kind.clone(), "null"]);
        // An enum has to name null itself to allow it; nothing is added.
    } else if ["allOf", "anyOf", "oneOf", "enum"]
        .iter()
        .any(|name| members.contains_key(*name))
    {
        let stated = Value::Object(std::mem::take(members));
        members.insert("anyOf".to_owned(), json!([stated, { "type": "null" }]));
    }
    // Without either, every value is allowed already, null among them.
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (old, new) in [
            (json!({"type": "string"}), json!({"type": "string"})),
            (
                json!({"type": "string", "nullable": true}),
                json!({"type": ["string", "null"]}),
            ),
            (
                json!({"type": "string", "nullable": false}),
                json!({"type": "string"}),
            ),
            (
                json!({"type": "string", "enum": ["a"], "nullable": true}),
                json!({"type": ["string", "null"], "enum": ["a"]}),
            ),
            (
                json!({"nullable": true, "description": "d"}),
                json!({"description": "d"}),
            ),
            (
                json!({"nullable": true, "allOf": [{"$ref": "#/x"}]}),
                json!({"anyOf": [{"allOf": [{"$ref": "#/x"}]}, {"type": "null"}]}),
            ),
            (
                json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true}),
                json!({"type": "integer", "exclusiveMinimum": 1}),
            ),
            (
                json!({"type": "integer", "maximum": 9, "exclusiveMaximum": false}),
                json!({"type": "integer", "maximum": 9}),
            ),
            (json!({"exclusiveMaximum": true}), json!({})),
            (
                json!({"$ref": "#/x", "nullable": true, "example": 1}),
                json!({"$ref": "#/x"}),
            ),
            (
                json!({"example": {"nullable": true}}),
                json!({"examples": [{"nullable": true}]}),
            ),
            // Properties may be named like keywords.
            (
                json!({"properties": {"nullable": {"nullable": true, "type": "integer"}, "example": {"type": "string"}}}),
                json!({"properties": {"nullable": {"type": ["integer", "null"]}, "example": {"type": "string"}}}),
            ),
            (
                json!({"type": "array", "items": {"oneOf": [{"not": {"type": "string", "nullable": true}}]}}),
                json!({"type": "array", "items": {"oneOf": [{"not": {"type": ["string", "null"]}}]}}),
            ),
            (
                json!({"additionalProperties": {"type": "array", "nullable": true}}),
                json!({"additionalProperties": {"type": ["array", "null"]}}),
            ),
            (
                json!({"additionalProperties": true}),
                json!({"additionalProperties": true}),
            ),
        ] {
            let mut translated = old.clone();
            schema(&mut translated);
            assert_eq!(translated, new, "{old}");
            let mut again = translated.clone();
            schema(&mut again);
            // An example list would be wrapped by no second pass.
            assert_eq!(again, translated, "{old} twice");
        }
    }

    #[test]
    fn only_schemas_of_3_0_change() {
        let document = |version: &str| {
            json!({
                "openapi": version,
                "paths": {"/a": {"get": {"parameters": [{"example": 1, "schema": {"type": "string", "nullable": true}}],
                    "responses": {"200": {"content": {"application/json": {
                        "example": {"schema": {"nullable": true}},
                        "schema": {"type": "integer", "nullable": true}}}}}}}},
                "components": {"schemas": {"schema": {"type": "number", "nullable": true}}},
            })
        };
        let mut new = document("3.1.0");
        translate(&mut new);
        assert_eq!(new, document("3.1.0"));
        let mut old = document("3.0.3");
        translate(&mut old);
        let operation = &old["paths"]["/a"]["get"];
        assert_eq!(
            operation["parameters"][0]["schema"],
            json!({"type": ["string", "null"]})
        );
        let media = &operation["responses"]["200"]["content"]["application/json"];
        assert_eq!(media["schema"], json!({"type": ["integer", "null"]}));
        assert_eq!(media["example"], json!({"schema": {"nullable": true}}));
        assert_eq!(
            old["components"]["schemas"]["schema"],
            json!({"type": ["number", "null"]})
        );
    }

    /// The translation means what it should to a validator.
    #[test]
    fn meaning() {
        for (old, accepted, refused) in [
            (
                json!({"type": "string", "nullable": true}),
                json!(null),
                json!(1),
            ),
            (
                json!({"minimum": 1, "exclusiveMinimum": true}),
                json!(2),
                json!(1),
            ),
            (
                json!({"nullable": true, "allOf": [{"type": "object"}]}),
                json!(null),
                json!("x"),
            ),
        ] {
            let mut translated = old;
            schema(&mut translated);
            let validator = jsonschema::draft202012::new(&translated).unwrap();
            assert!(validator.is_valid(&accepted), "{translated}");
            assert!(!validator.is_valid(&refused), "{translated}");
        }
    }
}
