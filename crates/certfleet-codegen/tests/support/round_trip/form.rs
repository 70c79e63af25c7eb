//! The pairs that a form of pairs sends.

use serde_json::{Value, json};

/// A form of pairs.
pub(super) const URLENCODED: &str = "application/x-www-form-urlencoded";

/// What a form sends, by the document's styles: written for the tests, apart from what is tested.
pub(super) fn pairs(value: &Value, styles: &Value) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    for (name, value) in value.as_object().expect("a form") {
        let separated = |separator: &str| match value {
            Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(separator),
            Value::Object(members) => members
                .iter()
                .flat_map(|(name, value)| [name.clone(), plain(value)])
                .collect::<Vec<_>>()
                .join(separator),
            other => plain(other),
        };
        let is_empty = matches!(value, Value::Null)
            || *value == Value::Array(Vec::new())
            || *value == json!({});
        match styles[name].as_str() {
            // Optional and empty is absent.
            _ if is_empty => {}
            None => flat(name, value, &mut sent),
            Some("members") => {
                for (name, value) in value.as_object().expect("members") {
                    flat(name, value, &mut sent);
                }
            }
            Some("commas") => sent.push((name.clone(), separated(","))),
            Some("spaces") => sent.push((name.clone(), separated(" "))),
            Some("pipes") => sent.push((name.clone(), separated("|"))),
            Some("brackets") => bracketed(name, value, &mut sent),
            Some("json") => sent.push((name.clone(), value.to_string())),
            Some(other) => panic!("a style {other}"),
        }
    }
    sent
}

fn flat(name: &str, value: &Value, sent: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => sent.extend(items.iter().map(|item| (name.to_owned(), plain(item)))),
        other => sent.push((name.to_owned(), plain(other))),
    }
}

fn bracketed(name: &str, value: &Value, sent: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                bracketed(&format!("{name}[{index}]"), item, sent);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                bracketed(&format!("{name}[{member}]"), value, sent);
            }
        }
        other => sent.push((name.to_owned(), plain(other))),
    }
}

/// The pairs of a form's text.
pub(super) fn pairs_from_text(text: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, tail)) = rest.split_first() {
            rest = tail;
            match first {
                b'+' => bytes.push(b' '),
                b'%' => {
                    let digits = std::str::from_utf8(&tail[..2]).expect("two digits");
                    bytes.push(u8::from_str_radix(digits, 16).expect("a byte"));
                    rest = &tail[2..];
                }
                other => bytes.push(*other),
            }
        }
        String::from_utf8(bytes).expect("a text")
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').expect("a pair"))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

/// A value as it stands in an address or a header.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
