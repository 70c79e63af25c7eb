//! Multipart bodies.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The parts of a `multipart/form-data` body.
#[derive(Debug, Default)]
pub(crate) struct Form {
    parts: Vec<Part>,
    /// Set when the body ends early or is not what its header says.
    pub(crate) broken: bool,
}

#[derive(Debug)]
struct Part {
    name: String,
    is_file: bool,
    content: Bytes,
}

impl Form {
    /// The parts, if the headers announce any.
    pub(crate) async fn read(headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let boundary = multer::parse_boundary(content_type).ok()?;
        let chunk = stream::iter([Ok::<_, Infallible>(body.clone())]);
        let mut multipart = multer::Multipart::new(chunk, boundary);
        let mut form = Self::default();
        loop {
            match multipart.next_field().await {
                Ok(None) => return Some(form),
                Ok(Some(field)) => {
                    let name = field.name().unwrap_or_default().to_owned();
                    let is_file = field.file_name().is_some();
                    match field.bytes().await {
                        Ok(content) => form.parts.push(Part {
                            name,
                            is_file,
                            content,
                        }),
                        Err(_) => form.broken = true,
                    }
                }
                Err(_) => form.broken = true,
            }
            if form.broken {
                return Some(form);
            }
        }
    }

    /// The text of the first part of this name, empty when it is missing or not text.
    pub(crate) fn text(&self, name: &str) -> &str {
        let content = self
            .parts
            .iter()
            .find(|part| part.name == name)
            .map(|part| part.content.as_ref());
        std::str::from_utf8(content.unwrap_or_default())
            .unwrap_or_default()
            .trim()
    }

    /// The content of the first file of this name, empty when it is missing.
    pub(crate) fn file(&self, name: &str) -> &[u8] {
        let file = self
            .parts
            .iter()
            .find(|part| part.name == name && part.is_file);
        file.map(|part| part.content.as_ref()).unwrap_or_default()
    }
}
