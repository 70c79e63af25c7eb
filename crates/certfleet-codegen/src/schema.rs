//! Finding operations, parameters and schemas in OpenAPI documents, and walking through schemas.

use crate::pointer;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The HTTP methods of a path item, in the order in which operations are shown.
pub const METHODS: [&str; 8] = [
    "get", "post", "put", "patch", "delete", "head", "options", "trace",
];

/// One operation of a document.
pub struct OperationAt<'a> {
    /// The path template.
    pub path: &'a str,
    /// The method, lower case.
    pub method: &'static str,
    /// The operation.
    pub operation: &'a Value,
    /// The path item that holds it.
    pub item: &'a Value,
}

impl OperationAt<'_> {
    /// The pointer of the operation.
    pub fn pointer(&self) -> String {
        pointer::join(["paths", self.path, self.method])
    }

    /// The call as people write it: `GET /certificates`.
    pub fn call(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Its operationId, or its call where it has none.
    pub fn name(&self) -> String {
        match self.operation["operationId"].as_str() {
            Some(id) => id.to_owned(),
            None => self.call(),
        }
    }
}

/// Every operation of a document.
pub fn operations(document: &Value) -> impl Iterator<Item = OperationAt<'_>> {
    document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            METHODS.into_iter().filter_map(move |method| {
                item.get(method).map(|operation| OperationAt {
                    path,
                    method,
                    operation,
                    item,
                })
            })
        })
}

/// Every operation of a document, to be changed.
pub fn operations_mut(
    document: &mut Value,
) -> impl Iterator<Item = (String, &'static str, &mut Value)> {
    document
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            item.as_object_mut()
                .into_iter()
                .flatten()
                .filter_map(move |(key, operation)| {
                    let method = METHODS.into_iter().find(|method| method == key)?;
                    Some((path.clone(), method, operation))
                })
        })
}

/// The operationId of an operation; empty where it has none.
pub fn operation_id(operation: &Value) -> String {
    operation["operationId"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The parameters of an operation or a path item.
pub fn parameters(owner: &Value) -> impl Iterator<Item = &Value> {
    owner["parameters"].as_array().into_iter().flatten()
}

/// The named schemas.
pub fn named(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
}

/// The named schemas, to be changed.
pub fn schemas_mut(document: &mut Value) -> Option<&mut Map<String, Value>> {
    document
        .get_mut("components")?
        .get_mut("schemas")?
        .as_object_mut()
}

/// The named schemas, made if there are none.
pub fn schemas_or_new(document: &mut Value) -> Option<&mut Map<String, Value>> {
    document
        .as_object_mut()?
        .entry("components")
        .or_insert_with(|| Value::Object(Map::new()))
        .as_object_mut()?
        .entry("schemas")
        .or_insert_with(|| Value::Object(Map::new()))
        .as_object_mut()
}

/// What a local reference leads to.
pub fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(pointer::from_reference(reference)?)
}

/// How many references in a row are followed. Vendors have two or three.
pub(crate) const LONGEST: usize = 32;

/// Follows references until there is none. A cycle of references leads nowhere, and neither does a
/// longer row than vendors write.
pub fn follow<'a>(document: &'a Value, value: &'a Value) -> Option<&'a Value> {
    let mut value = value;
    for _ in 0..=LONGEST {
        let Some(reference) = value["$ref"].as_str() else {
            return Some(value);
        };
        value = resolve(document, reference)?;
    }
    None
}

/// The schemas directly below a schema, with the step that leads to each.
pub fn children(schema: &Value) -> Vec<(String, &Value)> {
    let Some(fields) = schema.as_object() else {
        return Vec::new();
    };
    let mut children = Vec::new();
    for (keyword, value) in fields {
        match (keyword.as_str(), value) {
            (keyword, Value::Object(named)) if holds_named_schemas(keyword) => {
                for (name, schema) in named {
                    children.push((pointer::child(&pointer::child("", keyword), name), schema));
                }
            }
            (keyword, Value::Array(items)) if holds_listed_schemas(keyword) => {
                for (index, schema) in items.iter().enumerate() {
                    children.push((format!("/{keyword}/{index}"), schema));
                }
            }
            (keyword, Value::Object(_)) if holds_schema(keyword) => {
                children.push((format!("/{keyword}"), value));
            }
            _ => {}
        }
    }
    children
}

/// Whether a keyword of a schema holds schemas by their names.
pub(crate) fn holds_named_schemas(keyword: &str) -> bool {
    matches!(
        keyword,
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
    )
}

/// Whether a keyword of a schema holds a list of schemas.
pub(crate) fn holds_listed_schemas(keyword: &str) -> bool {
    matches!(keyword, "allOf" | "anyOf" | "oneOf" | "prefixItems")
}

/// Whether a keyword of a schema holds one schema.
pub(crate) fn holds_schema(keyword: &str) -> bool {
    matches!(
        keyword,
        "items"
            | "additionalProperties"
            | "not"
            | "propertyNames"
            | "contains"
            | "if"
            | "then"
            | "else"
            | "unevaluatedProperties"
            | "unevaluatedItems"
    )
}

/// Changes a schema and every schema below it, the innermost first. `change` gets the pointer of
/// each.
pub fn walk_mut(schema: &mut Value, at: &str, change: &mut dyn FnMut(&str, &mut Value)) {
    let steps: Vec<String> = children(schema).into_iter().map(|(step, _)| step).collect();
    for step in steps {
        if let Some(child) = schema.pointer_mut(&step) {
            walk_mut(child, &format!("{at}{step}"), change);
        }
    }
    change(at, schema);
}

/// Visits a schema and every schema below it.
pub fn walk(schema: &Value, at: &str, visit: &mut dyn FnMut(&str, &Value)) {
    visit(at, schema);
    for (step, child) in children(schema) {
        walk(child, &format!("{at}{step}"), visit);
    }
}

/// The pointers of every outermost schema of a document: the named ones, and those that stand in
/// parameters, headers, bodies and responses.
pub fn roots(document: &Value) -> Vec<String> {
    let mut roots = Vec::new();
    roots.extend(named(document).map(|(name, _)| pointer::to_schema(name)));
    for section in ["parameters", "responses", "requestBodies", "headers"] {
        find(
            &document["components"][section],
            &pointer::join(["components", section]),
            &mut roots,
        );
    }
    find(&document["paths"], "/paths", &mut roots);
    roots
}

/// Finds `schema` members outside schemas and examples.
fn find(value: &Value, at: &str, roots: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let here = pointer::child(at, name);
                match name.as_str() {
                    "schema" if field.is_object() => roots.push(here),
                    "example" | "examples" | "enum" | "default" => {}
                    _ => find(field, &here, roots),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find(item, &format!("{at}/{index}"), roots);
            }
        }
        _ => {}
    }
}

/// Changes every schema of a document, the innermost first.
pub fn walk_all_mut(document: &mut Value, change: &mut dyn FnMut(&str, &mut Value)) {
    for root in roots(document) {
        if let Some(schema) = document.pointer_mut(&root) {
            walk_mut(schema, &root, change);
        }
    }
}

/// Visits every schema of a document.
pub fn walk_all(document: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    for root in roots(document) {
        if let Some(schema) = document.pointer(&root) {
            walk(schema, &root, visit);
        }
    }
}

/// Whether a status is a success: `200`, `2XX`.
pub fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// Whether a status is a redirect: `303`, `3XX`. `304` says that nothing changed.
pub(crate) fn is_redirect(status: &str) -> bool {
    status.starts_with('3') && status != "304"
}

/// Whether a schema is a type without structure and without named values.
pub(crate) fn is_scalar(schema: &Value) -> bool {
    has_scalar_type(schema)
        && ["enum", "allOf", "anyOf", "oneOf", "not"]
            .iter()
            .all(|keyword| schema.get(keyword).is_none())
}

/// Whether a schema is made of members, items, alternatives or parts.
pub(crate) fn has_structure(schema: &Value) -> bool {
    ["properties", "items", "allOf", "anyOf", "oneOf"]
        .iter()
        .any(|keyword| schema.get(*keyword).is_some())
}

/// Whether a schema has the type of a single value.
pub(crate) fn has_scalar_type(schema: &Value) -> bool {
    matches!(
        schema["type"].as_str(),
        Some("string" | "integer" | "number" | "boolean")
    )
}

/// Whether a schema is a list of named texts.
pub(crate) fn is_string_enum(schema: &Value) -> bool {
    schema["type"] == "string"
        && schema["enum"]
            .as_array()
            .is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_string))
}

/// The texts of a list, such as those of `required`.
pub(crate) fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}
