//! Patchworks' bodies.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::behaviour::{DateForm, LooseFields, MissingValues, PatchworksBehaviour};
use super::certificate::Certificate;

/// Everything belongs to this user.
const USER: u64 = 17;

/// A certificate.
pub(crate) fn certificate(certificate: &Certificate, behaviour: &PatchworksBehaviour) -> Value {
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| {
        body.insert(key.to_owned(), value);
    };
    put("id", json!(certificate.id));
    put("certificate", json!(certificate.content));
    put("created_at", json!(date(certificate.created_at, behaviour)));
    put("updated_at", json!(date(certificate.updated_at, behaviour)));
    if let Some(connector) = optional(certificate.connector.map(|id| id.to_string()), behaviour) {
        put("connector_id", connector);
    }
    if behaviour.echoes_passphrase
        && let Some(passphrase) = optional(certificate.passphrase.as_ref(), behaviour)
    {
        put("passphrase", passphrase);
    }
    match behaviour.loose_fields {
        LooseFields::Absent => {}
        LooseFields::Null => {
            put("name", Value::Null);
            put("user_id", Value::Null);
        }
        LooseFields::Scalar => {
            put("name", json!(certificate.name));
            put("user_id", json!(USER));
        }
        LooseFields::Object => {
            put("name", json!({ "value": certificate.name }));
            put("user_id", json!({ "value": USER }));
        }
    }
    Value::Object(body)
}

/// What is put for a value that may be missing.
pub(crate) fn optional(
    value: Option<impl Serialize>,
    behaviour: &PatchworksBehaviour,
) -> Option<Value> {
    match value {
        None => (behaviour.missing_values == MissingValues::Null).then_some(Value::Null),
        Some(value) => Some(json!(value)),
    }
}

/// A connector, with what was asked for beside it.
pub(crate) fn connector(id: u64, name: &str, included: Map<String, Value>, start: &str) -> Value {
    let mut body = included;
    body.insert("id".to_owned(), json!(id));
    body.insert("name".to_owned(), json!(name));
    body.insert("created_at".to_owned(), json!(start));
    body.insert("updated_at".to_owned(), json!(start));
    Value::Object(body)
}

/// A date.
pub(crate) fn date(at: DateTime<Utc>, behaviour: &PatchworksBehaviour) -> String {
    match behaviour.dates {
        DateForm::Rfc3339 => at.to_rfc3339_opts(SecondsFormat::Micros, true),
        DateForm::Spaced => at.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}
