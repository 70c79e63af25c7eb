//! multipart/form-data (RFC 7578), as bytes, so that a request can be inspected and repeated.

use crate::secrets::{Secret, erase, secrets_in};
use bytes::Bytes;
use std::fmt;

/// The largest file that is treated as a secret text. A key or a passphrase is far shorter, a
/// vendor does not echo anything longer in full, and every response is searched for the text in
/// several forms.
const LONGEST_SECRET_FILE: usize = 64 * 1024;

/// The type of a part that is JSON.
const JSON: &str = "application/json";

/// A file of a form.
#[derive(Clone)]
pub struct FilePart {
    /// The file's name as the vendor sees it.
    pub file_name: String,
    /// Its media type.
    pub content_type: String,
    /// Its content.
    pub bytes: Bytes,
}

impl FilePart {
    /// Creates a file of unspecified type.
    pub fn new(file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            file_name: file_name.into(),
            content_type: "application/octet-stream".to_owned(),
            bytes: bytes.into(),
        }
    }

    /// Sets the media type.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = content_type.into();
        self
    }
}

impl fmt::Debug for FilePart {
    /// Shows name, type and length: the content may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilePart")
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// A form under construction.
#[derive(Default)]
pub struct Form {
    parts: Vec<Part>,
}

struct Part {
    name: String,
    file_name: Option<String>,
    content_type: String,
    bytes: Bytes,
    /// What the bytes were written from, if they are JSON.
    json: Option<erase::Erased>,
}

/// The end of a line and of a part.
const LINE_END: &[u8] = b"\r\n";

impl Part {
    /// Returns everything before the part's content.
    fn head(&self, boundary: &str) -> String {
        let file_name = match &self.file_name {
            Some(file_name) => format!("\"; filename=\"{}", quoted(file_name)),
            None => String::new(),
        };
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}{file_name}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(&self.name),
            self.content_type.replace(['\r', '\n'], " ")
        )
    }
}

impl Form {
    /// Creates a form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text part.
    #[must_use]
    pub fn text(mut self, name: &str, value: String) -> Self {
        self.parts.push(Part {
            name: name.to_owned(),
            file_name: None,
            // Servers differ in what they assume of a part without a type, so every part has one.
            content_type: "text/plain; charset=utf-8".to_owned(),
            bytes: erase::body(value.into_bytes()),
            json: None,
        });
        self
    }

    /// Adds a part that is written as JSON.
    #[must_use]
    pub fn json(mut self, name: &str, value: serde_json::Value) -> Self {
        // A value, unlike a type that writes itself, can always be written.
        let written = erase::json(&value).unwrap_or_default();
        self.parts.push(Part {
            name: name.to_owned(),
            file_name: None,
            content_type: JSON.to_owned(),
            bytes: erase::body(written),
            json: Some(erase::Erased(value)),
        });
        self
    }

    /// Adds a file part.
    #[must_use]
    pub fn file(mut self, name: &str, file: FilePart) -> Self {
        self.parts.push(Part {
            name: name.to_owned(),
            file_name: Some(file.file_name),
            content_type: file.content_type,
            bytes: file.bytes,
            json: None,
        });
        self
    }

    /// Returns the texts of the parts with one of these names, and the secret members of JSON.
    pub(crate) fn secrets(&self, names: &[&str]) -> Vec<Secret> {
        let mut secrets = Vec::new();
        for part in &self.parts {
            let is_short = part.file_name.is_none() || part.bytes.len() <= LONGEST_SECRET_FILE;
            if names.contains(&part.name.as_str())
                && is_short
                && let Ok(text) = std::str::from_utf8(&part.bytes)
            {
                secrets.push(Secret::new(text));
            }
            match &part.json {
                // Reading them from the text would leave copies of those with escapes in the
                // parser's memory.
                Some(value) => secrets.extend(secrets_in(&value.0, names)),
                None if part.content_type == JSON => {
                    let mut file = serde_json::Deserializer::from_slice(&part.bytes);
                    secrets.extend(secrets_in(&mut file, names));
                }
                None => {}
            }
        }
        secrets
    }

    /// Returns the content type and the body.
    pub(crate) fn encode(&self) -> (String, Bytes) {
        let boundary = self.boundary();
        let heads: Vec<String> = self.parts.iter().map(|part| part.head(&boundary)).collect();
        let end = format!("--{boundary}--\r\n");
        let parts = || heads.iter().zip(&self.parts);
        // Memory that grows leaves copies behind.
        let size = parts().fold(end.len(), |size, (head, part)| {
            size.saturating_add(head.len() + part.bytes.len() + LINE_END.len())
        });
        let mut body = Vec::with_capacity(size);
        for (head, part) in parts() {
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(&part.bytes);
            body.extend_from_slice(LINE_END);
        }
        body.extend_from_slice(end.as_bytes());
        (
            format!("multipart/form-data; boundary={boundary}"),
            erase::body(body),
        )
    }

    /// Returns the first boundary of a fixed sequence that no part contains, so that equal forms
    /// give equal bytes.
    fn boundary(&self) -> String {
        (0_u32..)
            .map(|number| format!("certfleet-form-{number:08x}"))
            .find(|candidate| {
                self.parts.iter().all(|part| {
                    !part
                        .bytes
                        .windows(candidate.len())
                        .any(|window| window == candidate.as_bytes())
                })
            })
            .unwrap_or_default()
    }
}

/// Escapes a name within quotation marks as browsers do (WHATWG HTML, multipart/form-data).
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_form() {
        let (content_type, body) = Form::new()
            .text("name", "a\"b".to_owned())
            .file("file", FilePart::new("x\"\r\n.pem", "PEM"))
            .encode();
        assert_eq!(
            content_type,
            "multipart/form-data; boundary=certfleet-form-00000000"
        );
        assert_eq!(
            String::from_utf8(body.to_vec()).unwrap(),
            "--certfleet-form-00000000\r\n\
             Content-Disposition: form-data; name=\"name\"\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\na\"b\r\n\
             --certfleet-form-00000000\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"x%22%0D%0A.pem\"\r\n\
             Content-Type: application/octet-stream\r\n\r\nPEM\r\n\
             --certfleet-form-00000000--\r\n"
        );
    }

    #[test]
    fn the_boundary_stands_in_no_part() {
        let (content_type, _) = Form::new()
            .text("a", "--certfleet-form-00000000".to_owned())
            .encode();
        assert!(content_type.ends_with("certfleet-form-00000001"));
    }

    #[test]
    fn secret_parts_are_texts_and_short_files() {
        let long = "a".repeat(LONGEST_SECRET_FILE + 1);
        let form = Form::new()
            .text("key", "text".to_owned())
            .file("key", FilePart::new("f", "file"))
            .file("key", FilePart::new("f", &b"\xff"[..]))
            .file("key", FilePart::new("f", long))
            .file("other", FilePart::new("f", "public"));
        let exposed = |form: &Form| -> Vec<String> {
            let secrets = form.secrets(&["key"]);
            secrets
                .iter()
                .map(|secret| secret.expose().to_owned())
                .collect()
        };
        assert_eq!(exposed(&form), ["text", "file"]);
        let file = FilePart::new("f", r#"{"key":["in \"file\""]}"#).content_type(JSON);
        let form = Form::new()
            .json(
                "meta",
                serde_json::json!({"key": "in \"part\"", "other": "public"}),
            )
            .file("meta", file);
        assert_eq!(exposed(&form), ["in \"part\"", "in \"file\""]);
    }

    #[test]
    fn a_part_of_json_keeps_the_value_that_is_searched() {
        let value = serde_json::json!({"key": "a\"é".repeat(1_000), "n": [1, null, true]});
        let form = Form::new().json("meta", value.clone());
        let part = form.parts.first().unwrap();
        assert_eq!(part.bytes, value.to_string());
        assert_eq!(part.json.as_ref().unwrap().0, value);
    }
}
