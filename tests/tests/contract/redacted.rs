//! What is kept of an answer: an opinion of its own on what a secret is.

use certfleet_http::Operation;
use serde_json::Value;

/// An answer's JSON without its secrets.
pub(crate) fn redacted(operation: &Operation, value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let is =
                    |fields: &[&str]| fields.iter().any(|field| field.eq_ignore_ascii_case(name));
                let cut = match value {
                    Value::Null => false,
                    _ if is(operation.response_secrets) => true,
                    Value::Object(_) | Value::Array(_) => false,
                    Value::String(text) => {
                        is(operation.response_certificates) && !text.is_empty() && !is_public(text)
                    }
                    _ => is(operation.response_certificates),
                };
                (
                    name.clone(),
                    if cut {
                        "[redacted]".into()
                    } else {
                        redacted(operation, value)
                    },
                )
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items
            .iter()
            .map(|item| redacted(operation, item))
            .collect::<Vec<_>>()
            .into(),
        other => other.clone(),
    }
}

/// Of the texts that these tests send, PEM certificates alone are public.
fn is_public(text: &str) -> bool {
    text.contains("-----BEGIN CERTIFICATE-----") && !text.contains("PRIVATE KEY")
}
