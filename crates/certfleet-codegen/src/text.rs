//! Texts of a document as they may stand in code and in comments.

use serde_json::Value;

/// A text without characters that a Rust comment may not hold, or that change how the text around them is
/// read: a carriage return becomes a line break, other control characters a space; format characters, such as
/// those that turn the direction of text, go.
pub(crate) fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|character| !is_format(*character))
        .map(|character| match character {
            '\n' | '\t' => character,
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            other if other.is_control() => ' ',
            other => other,
        })
        .collect()
}

/// A text on one line, as it may stand within a sentence of a comment or of a README.
pub(crate) fn line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character is not shown and means something only for the text around it (Unicode's category Cf).
fn is_format(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Cleans every description, summary and title of a document.
pub(crate) fn clean_all(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text)
                        if matches!(name.as_str(), "description" | "summary" | "title")
                            && clean(text) != *text =>
                    {
                        *text = clean(text);
                    }
                    _ => clean_all(field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean_all),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for (text, cleaned) in [
            ("a\r\nb\rc", "a\nb\nc"),
            ("a\u{1b}[0m\u{0}b", "a [0m b"),
            ("a\u{202e}b\u{2066}c\u{200b}d\u{feff}", "abcd"),
            ("größe\t中文 🙂", "größe\t中文 🙂"),
        ] {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
        assert_eq!(line(" a\n```\r\n\u{2028}b\u{202e} "), "a ``` b");
    }
}
