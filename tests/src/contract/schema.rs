//! A schema that values are held against.

use serde_json::{Value, json};
use std::fmt;

/// A schema with everything it refers to, and a validator made of it.
pub struct Schema {
    /// The schema, translated to 2020-12. References point into `components`.
    pub value: Value,
    /// The document's `components`.
    components: Value,
    validator: jsonschema::Validator,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schema({})", self.value)
    }
}

impl Schema {
    /// A schema whose references point into `components`.
    ///
    /// # Panics
    /// It is no schema.
    pub fn new(value: Value, components: &Value) -> Self {
        let root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": components,
            "allOf": [value],
        });
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&root)
            .unwrap_or_else(|error| panic!("{value}: {error}"));
        Self {
            value,
            components: components.clone(),
            validator,
        }
    }

    /// A part of this schema, with the same references.
    pub fn part(&self, value: Value) -> Self {
        Self::new(value, &self.components)
    }

    /// Follows references, and joins `allOf` into one schema.
    ///
    /// # Panics
    /// A reference leads nowhere.
    pub fn resolved(&self, value: &Value) -> Value {
        resolve(value, &self.components)
    }

    /// Whether an instance is valid.
    pub fn is_valid(&self, instance: &Value) -> bool {
        self.validator.is_valid(instance)
    }

    /// What is wrong with an instance: place and reason, without the instance, which may be long
    /// and hold secrets.
    pub fn problems(&self, instance: &Value) -> Vec<String> {
        self.validator
            .iter_errors(instance)
            .map(|error| {
                format!(
                    "at {:?}: {}",
                    error.instance_path().to_string(),
                    error.masked()
                )
            })
            .collect()
    }
}

/// Follows references, and joins `allOf` into one schema: all properties, all that is required.
fn resolve(value: &Value, components: &Value) -> Value {
    if let Some(reference) = value["$ref"].as_str() {
        let pointer = reference
            .strip_prefix("#/components")
            .unwrap_or_else(|| panic!("{reference} leads out of the components"));
        let target = components
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{reference} leads nowhere"));
        return resolve(target, components);
    }
    let Some(all) = value["allOf"].as_array() else {
        return value.clone();
    };
    let mut joined = value.clone();
    joined.as_object_mut().expect("a schema").remove("allOf");
    for part in all {
        join(&mut joined, resolve(part, components));
    }
    joined
}

fn join(into: &mut Value, part: Value) {
    let Value::Object(part) = part else { return };
    for (name, member) in part {
        match (name.as_str(), &mut into[&name]) {
            ("properties", Value::Object(properties)) => {
                properties.extend(member.as_object().cloned().unwrap_or_default());
            }
            ("required", Value::Array(required)) => {
                required.extend(member.as_array().cloned().unwrap_or_default());
            }
            (_, slot @ Value::Null) => *slot = member,
            // Two statements of one keyword that is no collection: the first stands; the validator
            // holds what is generated against both.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_schemas() {
        let components = json!({"schemas": {
            "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
            "B": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {}}, "required": ["b"]}]},
        }});
        let joined = resolve(&json!({"$ref": "#/components/schemas/B"}), &components);
        assert_eq!(joined["required"], json!(["a", "b"]));
        assert_eq!(
            joined["properties"],
            json!({"a": {"type": "string"}, "b": {}})
        );
    }
}
