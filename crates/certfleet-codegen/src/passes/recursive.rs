//! Names a composition inside a schema that leads back to that schema. Later passes replace compositions by
//! the members of their parts, again and again: without a name in between, a schema that contains itself
//! would be unfolded without end, by typify too.

use crate::{
    composition::Recursion, context::Context, pointer, problem::Problem, references, rust_name,
    schema,
};
use serde_json::Value;
use std::collections::BTreeSet;

pub(crate) fn run(document: &mut Value, _: &Context<'_>) -> Vec<Problem> {
    let recursion = Recursion::new(document);
    let owners: Vec<String> = recursion.names().map(str::to_owned).collect();
    let mut sites: Vec<(String, String)> = Vec::new();
    for owner in &owners {
        let at = pointer::to_schema(owner);
        let Some(whole) = document.pointer(&at) else {
            continue;
        };
        schema::walk(whole, "", &mut |below, inner| {
            if !is_part(below) && is_unfolded(inner) && recursion.leads_back(owner, inner) {
                sites.push((owner.clone(), below.to_owned()));
            }
        });
    }
    // The innermost first: what is named moves, with what is in it.
    sites.sort_by_key(|(owner, below)| {
        (std::cmp::Reverse(below.len()), owner.clone(), below.clone())
    });
    let mut taken: BTreeSet<String> = schema::named(document)
        .map(|(name, _)| rust_name::pascal(name))
        .collect();
    for (owner, below) in sites {
        let at = format!("{}{below}", pointer::to_schema(&owner));
        let name = free_name(&owner, &below, &mut taken);
        let Some(inner) = document.pointer_mut(&at) else {
            continue;
        };
        let inner = std::mem::replace(inner, references::to_schema(&name));
        if let Some(schemas) = schema::schemas_mut(document) {
            schemas.insert(name, inner);
        }
    }
    Vec::new()
}

/// Whether a pointer is that of the schema itself, or of a part of its composition, which is unfolded with
/// the whole.
fn is_part(below: &str) -> bool {
    let steps: Vec<&str> = below.split('/').skip(1).collect();
    match steps.as_slice() {
        [] => true,
        // A member may have any name.
        [.., "properties", _] => false,
        [.., keyword, _] => matches!(*keyword, "allOf" | "anyOf" | "oneOf"),
        [_] => false,
    }
}

/// Whether a composition will be replaced by the members of its parts.
fn is_unfolded(schema: &Value) -> bool {
    ["allOf", "anyOf", "oneOf"].iter().any(|keyword| {
        schema[keyword]
            .as_array()
            .is_some_and(|parts| parts.len() > 1 || schema.get("properties").is_some())
    })
}

/// `Thing` and `/properties/inner/items` give `ThingInnerItem`, as typify would call it.
fn free_name(owner: &str, below: &str, taken: &mut BTreeSet<String>) -> String {
    let steps: Vec<String> = below
        .split('/')
        .filter(|step| !matches!(*step, "" | "properties" | "allOf" | "anyOf" | "oneOf"))
        .map(|step| match step {
            "items" => "item".to_owned(),
            "additionalProperties" => "value".to_owned(),
            other => pointer::unescape(other),
        })
        .collect();
    let plain = rust_name::pascal(&format!("{owner}_{}", steps.join("_")));
    rust_name::first_free(&plain, |name| taken.insert(name.clone()))
}
