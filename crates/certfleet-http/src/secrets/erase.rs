//! Bodies whose memory is overwritten after use, because they may hold secrets.

use bytes::Bytes;
use secrecy::zeroize::{Zeroize, Zeroizing};
use serde::Serialize;
use serde_json::Value;
use std::io;

/// Makes a body whose memory is overwritten with its last copy.
pub(crate) fn body(bytes: Vec<u8>) -> Bytes {
    Bytes::from_owner(Zeroizing::new(bytes))
}

/// A JSON value whose texts are overwritten when it is dropped.
pub(crate) struct Erased(pub(crate) Value);

impl Drop for Erased {
    fn drop(&mut self) {
        erase(&mut self.0);
    }
}

/// Overwrites the texts of a value.
fn erase(value: &mut Value) {
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        match value {
            Value::String(text) => text.zeroize(),
            Value::Array(items) => rest.extend(items),
            Value::Object(members) => rest.extend(members.values_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Writes JSON into memory of the right size: memory that grows leaves copies behind.
pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut size = Size(0);
    serde_json::to_writer(&mut size, value)?;
    let mut json = Vec::with_capacity(size.0);
    serde_json::to_writer(&mut json, value)?;
    Ok(json)
}

/// Joins the pieces into one text, in memory of the right size.
pub(crate) fn joined<'a>(pieces: impl Iterator<Item = &'a str> + Clone) -> Zeroizing<String> {
    let mut text = String::with_capacity(pieces.clone().map(str::len).sum());
    text.extend(pieces);
    text.into()
}

/// A writer that counts bytes.
struct Size(usize);

impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_empty_afterwards() {
        let mut form = json!({"a": ["b", {"c": "d"}], "e": 1});
        erase(&mut form);
        assert_eq!(form, json!({"a": ["", {"c": ""}], "e": 1}));
    }

    #[test]
    fn json_does_not_grow() {
        let long = json!({"a": "b".repeat(1_000)});
        let written = json(&long).unwrap();
        assert_eq!(written, serde_json::to_vec(&long).unwrap());
        assert_eq!(written.capacity(), written.len());
    }
}
