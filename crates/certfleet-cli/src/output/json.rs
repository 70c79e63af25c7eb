//! JSON that is exact and still cannot steer a terminal.

use crate::{
    exit::{Failure, Result},
    terminal,
};
use serde::Serialize;
use serde_json::Value;
use std::{borrow::Cow, io::Write};

/// One indented document.
pub(crate) fn document(out: &mut impl Write, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::failed)?;
    Ok(writeln!(out, "{}", escaped(&text))?)
}

/// One line.
pub(crate) fn line(out: &mut impl Write, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(value).map_err(Failure::failed)?;
    Ok(writeln!(out, "{}", escaped(&text))?)
}

/// The same JSON with direction marks and other steering characters as `\u` escapes. Beyond ASCII
/// they stand in strings only; those of ASCII are escaped there already.
pub(crate) fn escaped(json: &str) -> Cow<'_, str> {
    let is_raw = |character: char| character >= '\u{7f}' && terminal::is_steering(character);
    if !json.contains(is_raw) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_raw(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    Cow::Owned(text)
}

/// The word that a value has in JSON, so that all forms of output use the same.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        Ok(Value::Object(map)) => map
            .into_iter()
            .next()
            .map_or(String::new(), |(word, inner)| {
                inner
                    .as_str()
                    .map_or(word.clone(), |inner| format!("{word}: {inner}"))
            }),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_without_steering_characters() {
        let value = "a\u{1b}[1m \u{9b}31m \u{202e}x\u{e0041} \u{7f} Ö\n";
        let mut out = Vec::new();
        line(&mut out, &[value]).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.trim_end().contains(terminal::is_steering), "{text:?}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&text).unwrap(), [value]);
    }
}
