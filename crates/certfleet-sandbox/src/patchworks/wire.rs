//! Patchworks' bodies.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::behaviour::{DateForm, LooseFields, MissingValues, PatchworksBehaviour, Refusals};
use super::state::Certificate;
use crate::reply::Reply;

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

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    message: String,
    errors: Option<BTreeMap<String, Vec<String>>>,
    retry_after: Option<i64>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: None,
            retry_after: None,
        }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn too_many(seconds: i64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Attempts.")
        }
    }

    /// One field is not right.
    pub(crate) fn field(field: &str, message: &str) -> Self {
        Self::fields(vec![(field.to_owned(), message.to_owned())])
    }

    /// These fields are not right.
    pub(crate) fn fields(faults: Vec<(String, String)>) -> Self {
        let mut message = faults
            .first()
            .map(|(_, text)| text.clone())
            .unwrap_or_default();
        match faults.len() {
            0 | 1 => {}
            2 => message.push_str(" (and 1 more error)"),
            more => message.push_str(&format!(" (and {} more errors)", more - 1)),
        }
        let mut errors = BTreeMap::<String, Vec<String>>::new();
        for (field, text) in faults {
            errors.entry(field).or_default().push(text);
        }
        Self {
            errors: Some(errors),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
        }
    }

    /// The answer.
    pub(crate) fn reply(&self, behaviour: &PatchworksBehaviour, accepts_json: bool) -> Reply {
        let reply = if behaviour.html_without_accept && !accepts_json {
            let title = self.status.canonical_reason().unwrap_or("Error");
            let page = format!(
                "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{title}</body></html>\n"
            );
            Reply::with(self.status, "text/html; charset=UTF-8", page)
        } else if self.errors.is_none() && behaviour.refusals == Refusals::Empty {
            Reply::empty(self.status)
        } else {
            let mut body = json!({ "message": self.message });
            if let (Some(errors), Some(body)) = (&self.errors, body.as_object_mut()) {
                body.insert("errors".to_owned(), json!(errors));
            }
            Reply::json(self.status, &body)
        };
        match self.retry_after {
            Some(seconds) => reply.header("retry-after", seconds.to_string()),
            None => reply,
        }
    }
}
