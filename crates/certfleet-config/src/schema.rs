//! The JSON Schema of a configuration, made of the keys that the parser obeys.

use crate::{Key, KeyKind, key::PROXY, providers::ALL, proxy::ProxySetting, settings::Provider};
use serde_json::{Map, Value, json};

/// Returns the JSON Schema (draft 7, which editors' TOML plugins read) of a configuration with every provider that
/// is built in. Write it to a file, and begin the configuration with `#:schema ./FILE`.
///
/// ```
/// let schema = certfleet_config::schema();
/// assert_eq!(schema["properties"]["account"]["type"], "array");
/// ```
pub fn schema() -> Value {
    let accounts: Vec<_> = ALL.iter().map(account).collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "certfleet's configuration",
        "type": "object",
        "additionalProperties": false,
        "required": ["account"],
        "properties": {
            "account": {
                "description": "The accounts. Two of one provider need different names.",
                "type": "array",
                "minItems": 1,
                "items": { "oneOf": accounts },
            },
            "proxy": with_about(value(&PROXY), "the proxy of every account without one of its own: an address, \"environment\", \"none\", or a table with url"),
            "journal": {
                "description": "where changes are recorded: the path of a file, or the address of a store that a team shares",
                "type": "string",
                "minLength": 1,
            },
            "pass_env": {
                "description": "the environment variables that commands get besides those that every program needs",
                "type": "array",
                "items": { "type": "string", "pattern": "^[^=$]+$" },
            },
        },
    })
}

/// An account of one provider.
fn account(provider: &Provider) -> Value {
    let name = provider.kind.as_str();
    let mut schema = table(provider.all_keys(), name);
    schema.insert("title".to_owned(), json!(name));
    let all = provider.one_of;
    if !all.is_empty() {
        let choice = |keys: &&[&str]| {
            let others = all.iter().filter(|other| other != &keys).copied().flatten();
            let others: Vec<_> = others.map(|key| json!({ "required": [key] })).collect();
            json!({ "required": keys, "not": { "anyOf": others } })
        };
        schema.insert("oneOf".to_owned(), all.iter().map(choice).collect());
    }
    Value::Object(schema)
}

/// A table of these keys, and of no others. Where one names the provider, it is this one.
fn table(keys: impl Iterator<Item = &'static Key>, provider: &str) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in keys {
        let value = match key.kind {
            KeyKind::Provider => json!({ "const": provider }),
            _ => value(key),
        };
        properties.insert(key.name.to_owned(), with_about(value, key.about));
        if key.required {
            required.push(key.name);
        }
    }
    [
        ("type", json!("object")),
        ("additionalProperties", json!(false)),
        ("required", json!(required)),
        ("properties", Value::Object(properties)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn with_about(mut schema: Value, about: &str) -> Value {
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".to_owned(), json!(about));
    }
    schema
}

/// The value of a key.
fn value(key: &Key) -> Value {
    let texts =
        |least: u8| json!({ "type": "array", "items": { "type": "string", "minLength": least } });
    match key.kind {
        KeyKind::Name | KeyKind::Identifier => {
            json!({ "type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[^/\\\\]+$" })
        }
        KeyKind::Identifiers => texts(1),
        KeyKind::Hosts => texts(0),
        KeyKind::Secret => json!({
            "type": "string",
            "pattern": "^(env:[^=$]+|file:.+|cmd:.+)$",
            "examples": ["env:NAME", "file:PATH", "cmd:COMMAND"],
        }),
        KeyKind::MailAddress => {
            json!({ "type": "string", "pattern": "@|^(env:[^=$]+|file:.+|cmd:.+)$" })
        }
        KeyKind::Address => json!({ "type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://" }),
        KeyKind::ProxyAddress => json!({ "type": "string", "pattern": "://" }),
        KeyKind::Number => json!({ "type": "integer", "minimum": 0 }),
        KeyKind::Provider | KeyKind::TextOrSecret | KeyKind::Path => json!({ "type": "string" }),
        KeyKind::Proxy => {
            json!({ "anyOf": [{ "type": "string" }, table(ProxySetting::KEYS.iter(), "")] })
        }
    }
}
