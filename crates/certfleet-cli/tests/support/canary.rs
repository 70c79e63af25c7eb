//! Secrets that are made up anew in every run, and the search for them in every form.

use base64::{Engine as _, prelude::BASE64_STANDARD as STANDARD};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// A made-up secret: random parts, joined by characters that every encoding writes differently.
#[derive(Clone)]
pub struct Canary {
    pub value: String,
    needles: Vec<(&'static str, String)>,
}

impl Canary {
    pub fn new() -> Self {
        let parts: Vec<String> = (0..4).map(|_| random()).collect();
        let value = format!(
            "{}/{}\"{}\\{}+=%&<>",
            parts[0], parts[1], parts[2], parts[3]
        );
        let mut needles = Vec::new();
        for part in &parts {
            // As it stands in plain text, JSON, URLs, HTML and form bodies.
            needles.push(("plain", part.clone()));
            needles.push((
                "hex",
                part.bytes().map(|byte| format!("{byte:02x}")).collect(),
            ));
            let bytes: Vec<_> = part.bytes().map(|byte| byte.to_string()).collect();
            needles.push(("list of bytes", bytes.join(", ")));
        }
        for offset in 0..3 {
            needles.push(("base64", inner_base64(&value, offset)));
        }
        Self { value, needles }
    }

    /// In which form it is in a text, if it is.
    pub fn found_in(&self, text: &str) -> Option<&'static str> {
        let found = self
            .needles
            .iter()
            .find(|(_, needle)| text.contains(needle));
        found.map(|(form, _)| *form)
    }
}

/// Sixteen letters and digits.
fn random() -> String {
    let number = RandomState::new().build_hasher().finish();
    (0..16)
        .map(|index| {
            char::from(b"0123456789abcdefghijklmnopqrstuv"[(number >> (index * 4) & 31) as usize])
        })
        .collect()
}

/// What of a text's base64 is the same whatever follows it, where `offset` bytes come before it. It is
/// of random letters and digits only, which all alphabets write alike.
fn inner_base64(text: &str, offset: usize) -> String {
    STANDARD.encode(&text.as_bytes()[(3 - offset) % 3..][..12])
}

/// JSON that a vendor could write of a text: everything but letters and digits as `\u` escapes.
pub fn escaped(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character.to_string()
            } else {
                let units = character.encode_utf16(&mut [0; 2]).to_vec();
                units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
            }
        })
        .collect()
}
