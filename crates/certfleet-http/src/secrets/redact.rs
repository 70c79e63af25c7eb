//! Cutting the secret fields of an operation out of a response.

use super::{
    members::{DEEPEST, Members},
    secret::REDACTED,
};
use crate::api::Operation;
use bytes::Bytes;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Replaces the operation's secret fields in a JSON body, wherever they are, and leaves every other
/// byte alone. If the operation has such fields, a body that is not JSON, or is nested too deeply,
/// is withheld as a whole.
pub(crate) fn body(operation: &Operation, body: Bytes) -> Bytes {
    let fields = Fields {
        always: operation.response_secrets,
        certificates: operation.response_certificates,
    };
    if !operation.has_response_secrets() || body.is_empty() {
        return body;
    }
    let cut = serde_json::from_slice::<&RawValue>(&body)
        .ok()
        .and_then(|raw| {
            let mut out = String::with_capacity(body.len());
            fields.copy(raw.get(), &mut out, 0).then_some(out)
        });
    match cut {
        Some(text) => Bytes::from(text),
        None => Bytes::from_static(REDACTED.as_bytes()),
    }
}

struct Fields {
    always: &'static [&'static str],
    certificates: &'static [&'static str],
}

impl Fields {
    /// Copies a JSON value with its secrets replaced. Returns `false` if it cannot be searched.
    fn copy(&self, raw: &str, out: &mut String, depth: usize) -> bool {
        if depth > DEEPEST {
            return false;
        }
        match raw.as_bytes().first() {
            Some(b'{') => {
                let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(raw) else {
                    return false;
                };
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    let Ok(quoted) = serde_json::to_string(name) else {
                        return false;
                    };
                    out.push_str(&quoted);
                    out.push(':');
                    if self.is_secret(name, value.get()) {
                        out.push('"');
                        out.push_str(REDACTED);
                        out.push('"');
                    } else if !self.copy(value.get(), out, depth + 1) {
                        return false;
                    }
                }
                out.push('}');
                true
            }
            Some(b'[') => {
                let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(raw) else {
                    return false;
                };
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    if !self.copy(item.get(), out, depth + 1) {
                        return false;
                    }
                }
                out.push(']');
                true
            }
            _ => {
                out.push_str(raw);
                true
            }
        }
    }

    fn is_secret(&self, name: &str, value: &str) -> bool {
        if value == "null" {
            return false;
        }
        if self
            .always
            .iter()
            .any(|field| field.eq_ignore_ascii_case(name))
        {
            return true;
        }
        self.certificates
            .iter()
            .any(|field| field.eq_ignore_ascii_case(name))
            && match serde_json::from_str::<Cow<'_, str>>(value) {
                // An empty text holds no key.
                Ok(text) => !text.trim().is_empty() && !is_public_certificate(&text),
                // An object under the same name is searched itself.
                Err(_) => !value.starts_with(['{', '[']),
            }
    }
}

/// Returns whether a text is a certificate and nothing else: PEM with certificates and no private
/// key, or base64 of a DER structure that begins like a certificate (a sequence in a sequence; a
/// PKCS#12 file begins with a version number).
fn is_public_certificate(text: &str) -> bool {
    if text.contains("PRIVATE KEY") {
        return false;
    }
    if text.contains("BEGIN CERTIFICATE") {
        return true;
    }
    let head: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take(7)
        .collect();
    // "MII" is 30 82, a sequence of more than 255 bytes, whose first element's tag is byte 5 of the
    // DER: the low four bits of sextet 6 and the high four of sextet 7.
    match head.as_slice() {
        [b'M', b'I', b'I', _, _, sixth, seventh] => match (sextet(*sixth), sextet(*seventh)) {
            (Some(high), Some(low)) => ((high & 0x0f) << 4) | (low >> 2) == SEQUENCE,
            _ => false,
        },
        _ => false,
    }
}

/// The DER tag of a sequence.
const SEQUENCE: u8 = 0x30;

fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Class, Expect};

    static OPERATION: Operation = Operation {
        id: "create",
        vendor_id: None,
        method: http::Method::POST,
        path: "/c",
        class: Class::Create,
        expect: Expect::Json,
        success: &[200],
        statuses: &["200"],
        request_secrets: &["passphrase"],
        response_secrets: &["passphrase"],
        response_certificates: &["certificate"],
    };

    #[test]
    fn fields_are_cut_and_nothing_else_changes() {
        for (before, after) in [
            (
                r#"{"a": 1.0, "passphrase":"x", "b":[{"Passphrase":"y"}]}"#,
                r#"{"a":1.0,"passphrase":"[redacted]","b":[{"Passphrase":"[redacted]"}]}"#,
            ),
            (r#"{"passphrase":null}"#, r#"{"passphrase":null}"#),
            (
                r#"[1e400, 18446744073709551616]"#,
                r#"[1e400,18446744073709551616]"#,
            ),
            (
                r#"{"certificate":"-----BEGIN CERTIFICATE-----\nMII"}"#,
                r#"{"certificate":"-----BEGIN CERTIFICATE-----\nMII"}"#,
            ),
            (
                r#"{"certificate":"-----BEGIN PRIVATE KEY-----\nMII"}"#,
                r#"{"certificate":"[redacted]"}"#,
            ),
            // DER of a certificate: 30 82 03 8d 30 82 …; of PKCS#12: 30 82 09 d1 02 01 03 …
            (
                r#"{"certificate":"MIIDjTCCAnWg"}"#,
                r#"{"certificate":"MIIDjTCCAnWg"}"#,
            ),
            (
                r#"{"certificate":"MIIJ0QIBAzCC"}"#,
                r#"{"certificate":"[redacted]"}"#,
            ),
            (r#"{"certificate":" "}"#, r#"{"certificate":" "}"#),
            (r#"{"certificate":{"id":1}}"#, r#"{"certificate":{"id":1}}"#),
            ("not json", REDACTED),
        ] {
            let cut = body(&OPERATION, Bytes::from(before));
            assert_eq!(cut, after, "{before}");
        }
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        assert_eq!(body(&OPERATION, Bytes::from(deep)), REDACTED);
    }

    /// JSON with the names of secret fields here and there.
    fn json() -> impl proptest::strategy::Strategy<Value = serde_json::Value> {
        use proptest::prelude::*;
        let name = prop_oneof![
            "passphrase",
            "PassPhrase",
            "passphrases",
            "[a-c\"\\\\]{0,2}"
        ];
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            "[a-z\"\\\\é\n]{0,6}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                prop::collection::btree_map(name.clone(), inner, 0..4).prop_map(|members| {
                    serde_json::Value::Object(members.into_iter().collect())
                }),
            ]
        })
    }

    /// The same rule on values.
    fn without_secrets(value: serde_json::Value) -> serde_json::Value {
        use serde_json::Value::{Array, Null, Object};
        match value {
            Array(items) => items.into_iter().map(without_secrets).collect(),
            Object(members) => members
                .into_iter()
                .map(|(name, value)| match value {
                    Null => (name, Null),
                    _ if name.to_lowercase() == "passphrase" => (name, REDACTED.into()),
                    value => (name, without_secrets(value)),
                })
                .collect(),
            other => other,
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// Wherever a secret field stands, it is replaced, and nothing else is.
        #[test]
        fn no_secret_field_survives(before in json()) {
            let body = body(&OPERATION, Bytes::from(before.to_string()));
            let after: serde_json::Value = serde_json::from_slice(&body).unwrap();
            proptest::prop_assert_eq!(after, without_secrets(before));
        }

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = body(&OPERATION, Bytes::from(bytes));
        }
    }
}
