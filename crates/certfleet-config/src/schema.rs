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
    let mut schema = table(provider.all_keys());
    let name = provider.kind.as_str();
    schema["title"] = json!(name);
    schema["properties"]["provider"] = json!({ "const": name, "description": "the provider" });
    if !provider.one_of.is_empty() {
        let all = provider.one_of;
        let choice = |keys: &&[&str]| {
            let others = all.iter().filter(|other| other != &keys).copied().flatten();
            let others: Vec<_> = others.map(|key| json!({ "required": [key] })).collect();
            json!({ "required": keys, "not": { "anyOf": others } })
        };
        schema["oneOf"] = all.iter().map(choice).collect();
    }
    schema
}

/// A table of these keys, and of no others.
fn table(keys: impl Iterator<Item = &'static Key>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in keys {
        properties.insert(key.name.to_owned(), with_about(value(key), key.about));
        if key.required {
            required.push(key.name);
        }
    }
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    })
}

fn with_about(mut schema: Value, about: &str) -> Value {
    schema["description"] = json!(about);
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
            json!({ "anyOf": [{ "type": "string" }, table(ProxySetting::KEYS.iter())] })
        }
    }
}
