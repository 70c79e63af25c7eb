//! Discriminators as the vendor means them: every alternative has its value in the mapping.

use crate::{pointer, references, schema};
use serde_json::{Map, Value};

/// The keyword.
pub(crate) const DISCRIMINATOR: &str = "discriminator";

/// Whether a schema lists alternatives.
pub(crate) fn has_alternatives(fields: &Map<String, Value>) -> bool {
    ["oneOf", "anyOf"]
        .iter()
        .any(|keyword| fields.get(*keyword).is_some_and(Value::is_array))
}

/// Writes into every mapping what OpenAPI reads out of it: a bare name is a reference, and an alternative
/// that no value leads to has its schema's name as the value. Comes before schemas are renamed.
pub(crate) fn complete(document: &mut Value) {
    let names: Vec<String> = schema::named(document)
        .map(|(name, _)| name.clone())
        .collect();
    schema::walk_all_mut(document, &mut |_, schema| {
        let Some(fields) = schema.as_object_mut() else {
            return;
        };
        if !has_alternatives(fields) || !fields.get(DISCRIMINATOR).is_some_and(Value::is_object) {
            return;
        }
        let references: Vec<String> = ["oneOf", "anyOf"]
            .iter()
            .filter_map(|keyword| fields.get(*keyword)?.as_array())
            .flatten()
            .filter_map(|alternative| alternative["$ref"].as_str().map(str::to_owned))
            .collect();
        let Some(discriminator) = fields.get_mut(DISCRIMINATOR).and_then(Value::as_object_mut)
        else {
            return;
        };
        let mut mapping = match discriminator.remove("mapping") {
            Some(Value::Object(mapping)) => mapping,
            _ => Map::new(),
        };
        for target in mapping.values_mut() {
            if let Some(name) = target.as_str()
                && names.iter().any(|known| known == name)
            {
                *target = references::text_to_schema(name).into();
            }
        }
        for reference in references {
            let is_mapped = mapping
                .values()
                .any(|target| target.as_str() == Some(&reference));
            if !is_mapped && let Some(name) = reference.strip_prefix(references::TO_SCHEMAS) {
                mapping
                    .entry(pointer::unescape(name))
                    .or_insert(reference.into());
            }
        }
        discriminator.insert("mapping".to_owned(), mapping.into());
    });
}
