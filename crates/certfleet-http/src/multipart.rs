//! multipart/form-data (RFC 7578), as bytes, so that a request can be looked at and repeated.

use bytes::{BufMut, Bytes, BytesMut};
use std::fmt;

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
    /// A file of unspecified type.
    pub fn new(file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            file_name: file_name.into(),
            content_type: "application/octet-stream".to_owned(),
            bytes: bytes.into(),
        }
    }

    /// The same file with a media type.
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
}

impl Form {
    /// A form without parts.
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
            bytes: value.into(),
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
        });
        self
    }

    /// The text parts with one of these names.
    pub(crate) fn texts_of<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        self.parts
            .iter()
            .filter(|part| part.file_name.is_none() && names.contains(&part.name.as_str()))
            .filter_map(|part| std::str::from_utf8(&part.bytes).ok())
    }

    /// The content type and the body.
    pub(crate) fn encode(&self) -> (String, Bytes) {
        let boundary = self.boundary();
        let mut body = BytesMut::new();
        for part in &self.parts {
            body.put_slice(format!("--{boundary}\r\n").as_bytes());
            body.put_slice(b"Content-Disposition: form-data; name=\"");
            body.put_slice(quoted(&part.name).as_bytes());
            if let Some(file_name) = &part.file_name {
                body.put_slice(b"\"; filename=\"");
                body.put_slice(quoted(file_name).as_bytes());
            }
            body.put_slice(b"\"\r\nContent-Type: ");
            body.put_slice(part.content_type.replace(['\r', '\n'], " ").as_bytes());
            body.put_slice(b"\r\n\r\n");
            body.put_slice(&part.bytes);
            body.put_slice(b"\r\n");
        }
        body.put_slice(format!("--{boundary}--\r\n").as_bytes());
        (
            format!("multipart/form-data; boundary={boundary}"),
            body.freeze(),
        )
    }

    /// The first boundary of a fixed row that stands in no part, so that equal forms give equal
    /// bytes.
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

/// A name inside quotation marks, escaped as browsers do (WHATWG HTML, multipart/form-data).
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
}
