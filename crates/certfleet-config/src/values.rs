//! The values of a table, read and checked by its keys.

use crate::{Error, Key, KeyKind, Result, SecretRef, identifier};
use certfleet_http::BaseUrl;
use std::collections::BTreeMap;
use toml::de::DeValue;

/// A value that was checked.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Texts(Vec<String>),
    Secret(SecretRef),
    Number(usize),
}

/// The values of a table, by their keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(BTreeMap<&'static str, Value>);

impl Values {
    pub(crate) fn insert(&mut self, key: &Key, value: Value) {
        self.0.insert(key.name, value);
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn texts(&self, key: &str) -> &[String] {
        match self.get(key) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    pub(crate) fn number(&self, key: &str) -> Option<usize> {
        match self.get(key) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The references to secrets, each with its key.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&'static str, &SecretRef)> {
        self.0.iter().filter_map(|(key, value)| match value {
            Value::Secret(reference) => Some((*key, reference)),
            _ => None,
        })
    }
}

/// Reads the value of a key.
pub(crate) fn read(key: &Key, value: &DeValue<'_>) -> Result<Value> {
    match (key.kind, value) {
        (KeyKind::Identifiers | KeyKind::Hosts, DeValue::Array(items)) => {
            let text = |item: &toml::Spanned<DeValue<'_>>| {
                let text = item.get_ref().as_str().ok_or_else(|| wrong_type(key))?;
                if key.kind == KeyKind::Identifiers {
                    identifier(key, text)?;
                }
                Ok(text.to_owned())
            };
            Ok(Value::Texts(items.iter().map(text).collect::<Result<_>>()?))
        }
        (KeyKind::Identifiers | KeyKind::Hosts, _) => Err(wrong_type(key)),
        (KeyKind::Number, DeValue::Integer(number)) => {
            usize::from_str_radix(number.as_str(), number.radix())
                .map(Value::Number)
                .map_err(|_| wrong_type(key))
        }
        (KeyKind::Number, _) => Err(wrong_type(key)),
        (_, DeValue::String(text)) => of_text(key, text),
        _ => Err(wrong_type(key)),
    }
}

/// Reads a text as the value of a key.
pub(crate) fn of_text(key: &Key, text: &str) -> Result<Value> {
    match key.kind {
        KeyKind::Secret => return SecretRef::parse(text).map(Value::Secret),
        KeyKind::MailAddress | KeyKind::TextOrSecret => {
            if let Ok(reference) = SecretRef::parse(text) {
                return Ok(Value::Secret(reference));
            }
            if key.kind == KeyKind::MailAddress && !text.contains('@') {
                return Err(Error::new(format!("{} is not a mail address", key.name))
                    .advise("write the one the key belongs to"));
            }
        }
        KeyKind::Name => identifier::check(text)
            .map_err(|what| Error::new(format!("name {what}")).advise("write another"))?,
        KeyKind::Identifier => identifier(key, text)?,
        KeyKind::Identifiers => {
            let all: Vec<_> = text
                .split([',', ' '])
                .filter(|one| !one.is_empty())
                .collect();
            all.iter().try_for_each(|one| identifier(key, one))?;
            return Ok(Value::Texts(all.into_iter().map(str::to_owned).collect()));
        }
        KeyKind::Number => {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|_| digits);
            return number.map(Value::Number).ok_or_else(|| wrong_type(key));
        }
        KeyKind::Address => {
            BaseUrl::parse(text).map_err(|error| Error::new(error.detail()))?;
        }
        _ => {}
    }
    Ok(Value::Text(text.to_owned()))
}

fn identifier(key: &Key, text: &str) -> Result<()> {
    identifier::check(text).map_err(|what| {
        Error::new(format!("{} {text:?} {what}", key.name)).advise("write the id the vendor shows")
    })
}

/// Says which type a key's value has. The value is not repeated: it may be a secret.
fn wrong_type(key: &Key) -> Error {
    let (what, advice) = match key.kind {
        KeyKind::Secret => return SecretRef::missing(),
        KeyKind::Identifiers | KeyKind::Hosts => {
            ("a list of texts", "write it as in [\"a\", \"b\"]")
        }
        KeyKind::Number => ("a whole number", "write one without quotes"),
        _ => ("a text", "write it in quotes"),
    };
    Error::new(format!("{} is not {what}", key.name)).advise(advice)
}
