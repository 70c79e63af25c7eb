//! Gives choices and their alternatives names.

use super::{
    overlap::overlap,
    tag::{Tag, alternatives, tag},
};
use crate::{
    discriminator::DISCRIMINATOR, extensions::TITLE, nullable, pointer, references, rust_name,
    schema,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The choices of a document.
#[derive(Debug, Default)]
pub(crate) struct Choices {
    /// By the names of their schemas.
    pub(crate) choices: BTreeMap<String, Choice>,
    /// The schemas that choices lead to, as the vendor demands them: before responses are read tolerantly.
    pub(crate) strict: BTreeMap<String, Value>,
}

/// A named schema with alternatives.
#[derive(Debug)]
pub(crate) struct Choice {
    /// The names of the alternatives in Rust, in their order.
    pub(crate) variants: Vec<String>,
    /// The member that tells them apart.
    pub(crate) tag: Option<Tag>,
}

/// Names every choice and its alternatives. Comes after inline bodies and responses have names. `note` gets
/// the pointer of a choice and what a user has to know of it.
pub(crate) fn name_all(document: &mut Value, note: &dyn Fn(String, String)) -> Choices {
    let mut names = Names::new(document);
    let mut found = Choices::default();
    while let Some(name) = names.open.pop() {
        let at = pointer::to_schema(&name);
        let Some(mut schema) = document.pointer(&at).cloned() else {
            continue;
        };
        let choice = alternatives(&schema)
            .is_some()
            .then(|| names.choice(document, &name, &mut schema));
        if choice.is_none() {
            let is_request = names.requests.contains(&at);
            names.below(&mut schema, &name, is_request);
        }
        let schema_named = schema.clone();
        if let Some(old) = document.pointer_mut(&at) {
            *old = schema;
        }
        if let Some(schemas) = schema::schemas_mut(document) {
            schemas.append(&mut names.new);
        }
        if let Some(choice) = choice {
            if let Some(what) = overlapping(document, &schema_named, &choice) {
                note(at, what);
            }
            found.choices.insert(name, choice);
        }
    }
    let roots = found
        .choices
        .keys()
        .filter_map(|name| document.pointer(&pointer::to_schema(name)));
    let needed = references::reachable(document, roots);
    found.strict = schema::named(document)
        .filter(|(name, _)| {
            found.choices.contains_key(*name) || needed.contains(&pointer::to_schema(name))
        })
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    found
}

/// What a user has to know of two alternatives, if a value may be both.
fn overlapping(document: &Value, schema: &Value, choice: &Choice) -> Option<String> {
    if choice.tag.is_some() {
        return None;
    }
    let (one, other) = overlap(document, alternatives(schema)?)?;
    let variant = |index: usize| choice.variants.get(index).map_or("", String::as_str);
    Some(format!(
        "a value may be both {} and {}: it is read as the one that describes more of it, or else as the first",
        variant(one),
        variant(other)
    ))
}

/// The names that are taken, and the schemas that are still to be looked at.
struct Names {
    /// The named schemas that request bodies lead to.
    requests: BTreeSet<String>,
    taken: BTreeSet<String>,
    open: Vec<String>,
    new: serde_json::Map<String, Value>,
}

impl Names {
    fn new(document: &Value) -> Self {
        let mut open: Vec<String> = schema::named(document)
            .map(|(name, _)| name.clone())
            .collect();
        open.reverse();
        Self {
            requests: nullable::of_requests(document),
            taken: open.iter().map(|name| rust_name::pascal(name)).collect(),
            open,
            new: serde_json::Map::new(),
        }
    }

    /// Moves a schema to a name of its own.
    fn name(&mut self, schema: &mut Value, plain: &str, is_request: bool) {
        let free = rust_name::first_free(&rust_name::pascal(plain), |name| {
            self.taken.insert(name.clone())
        });
        let mut named = std::mem::replace(schema, references::to_schema(&free));
        let is_nullable = named
            .as_object_mut()
            .and_then(|fields| fields.remove("nullable"))
            == Some(Value::Bool(true));
        if is_nullable {
            *schema = json!({"nullable": true, "allOf": [schema.clone()]});
        }
        self.new.insert(free.clone(), named);
        if is_request {
            self.requests.insert(pointer::to_schema(&free));
        }
        self.open.push(free);
    }

    /// Names the alternatives of a choice.
    fn choice(&mut self, document: &Value, owner: &str, schema: &mut Value) -> Choice {
        let tag = tag(document, schema);
        let mut taken: BTreeSet<String> = BTreeSet::from(["Unknown".to_owned()]);
        let mut variants = Vec::new();
        let is_request = self.requests.contains(&pointer::to_schema(owner));
        let owner = rust_name::pascal(owner);
        if let Some(fields) = schema.as_object_mut() {
            fields.remove(DISCRIMINATOR);
            fields.remove("nullable");
        }
        for (index, alternative) in schema["oneOf"]
            .as_array_mut()
            .into_iter()
            .flatten()
            .enumerate()
        {
            let plain = rust_name::pascal(&variant(alternative, tag.as_ref(), index));
            let variant = rust_name::first_free(&plain, |name| taken.insert(name.clone()));
            if let Some(fields) = alternative.as_object_mut() {
                fields.remove(TITLE);
            }
            if !is_plain(alternative) {
                self.name(alternative, &format!("{owner}{variant}"), is_request);
            }
            variants.push(variant);
        }
        Choice { variants, tag }
    }

    /// Names the choices inside a schema, and of requests the objects with members that may be null: the
    /// emitter has to find their types.
    fn below(&mut self, schema: &mut Value, name: &str, is_request: bool) {
        let steps: Vec<String> = schema::children(schema)
            .into_iter()
            .map(|(step, _)| step)
            .collect();
        for step in steps {
            let parts: Vec<&str> = step.split('/').skip(1).collect();
            let inner = match parts.as_slice() {
                ["properties", member] => format!("{name}-{}", pointer::unescape(member)),
                ["items"] => format!("{name}-item"),
                ["additionalProperties"] => format!("{name}-value"),
                _ => name.to_owned(),
            };
            let Some(child) = schema.pointer_mut(&step) else {
                continue;
            };
            let has_nullable = is_request
                && child
                    .as_object()
                    .is_some_and(|fields| !nullable::members(fields).is_empty());
            if alternatives(child).is_some() || has_nullable {
                self.name(child, &inner, is_request);
            } else {
                self.below(child, &inner, is_request);
            }
        }
    }
}

/// Whether an alternative needs no name: a reference, a single value, or a list or a map of such.
fn is_plain(schema: &Value) -> bool {
    let Some(fields) = schema.as_object() else {
        return true;
    };
    if fields.is_empty() || fields.contains_key("$ref") {
        return true;
    }
    match schema["type"].as_str() {
        Some("array") => is_plain(&schema["items"]),
        Some("object") => {
            !fields.contains_key("properties") && is_plain(&schema["additionalProperties"])
        }
        _ => schema::is_scalar(schema),
    }
}

/// What an alternative is called: its title, its schema's name, what its tag says, or what it is.
fn variant(schema: &Value, tag: Option<&Tag>, index: usize) -> String {
    if let Some(title) = schema[TITLE]
        .as_str()
        .filter(|title| !title.trim().is_empty())
    {
        return title.to_owned();
    }
    let name = schema["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix(references::TO_SCHEMAS));
    if let Some(name) = name {
        return pointer::unescape(name);
    }
    if let Some(value) = tag.and_then(|tag| tag.value_of(index)) {
        return value.to_owned();
    }
    let kind = match (schema["type"].as_str(), schema["enum"].as_array()) {
        (Some("string"), Some(values)) => match values.as_slice() {
            [Value::String(only)] => only,
            _ => "keyword",
        },
        (Some("array"), _) => "list",
        (Some(name), _) => name,
        (None, _) if schema.get("properties").is_some() => "object",
        (None, _) => "value",
    };
    kind.to_owned()
}
