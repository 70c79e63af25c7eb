//! Members of requests that may be left out, and that may be null: a client sends neither, one or the other.

use crate::{pointer, references, schema};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The members by the names of their schemas.
pub(crate) type NullableMembers = BTreeMap<String, BTreeSet<String>>;

/// The pointers of the named schemas that request bodies lead to.
pub(crate) fn of_requests(document: &Value) -> BTreeSet<String> {
    let bodies = schema::operations(document).map(|at| &at.operation["requestBody"]);
    references::reachable(document, bodies)
}

/// The members of a schema that may be left out and may be null.
pub(crate) fn members(fields: &Map<String, Value>) -> BTreeSet<String> {
    let required = fields
        .get("required")
        .map(schema::texts)
        .unwrap_or_default();
    fields
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(name, member)| member["nullable"] == true && !required.contains(*name))
        .map(|(name, _)| name.clone())
        .collect()
}

/// Those of all named schemas that request bodies lead to.
pub(crate) fn all(document: &Value) -> NullableMembers {
    let requests = of_requests(document);
    schema::named(document)
        .filter(|(name, _)| requests.contains(&pointer::to_schema(name)))
        .filter_map(|(name, schema)| Some((name.clone(), members(schema.as_object()?))))
        .filter(|(_, members)| !members.is_empty())
        .collect()
}
