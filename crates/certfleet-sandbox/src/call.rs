//! One request, read whole.

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use serde_json::{Map, Value};

use crate::form::Form;

/// The largest body any vendor takes: Patchworks' documented 8 MB.
pub(crate) const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// A request for one vendor.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// As on the vendor's own host, percent-encoded as sent.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The parts of a multipart body, when it is one.
    pub(crate) form: Option<Form>,
}

/// What is wrong with a JSON body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// There is none.
    Empty,
    /// It is not JSON.
    NotJson,
    /// It is JSON, but no object.
    NotAnObject,
}

impl Call {
    /// Reads a request; `path` is that on the vendor's host.
    pub(crate) async fn read(request: Request<Bytes>, path: String) -> Self {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let form = Form::read(&parts.headers, &body).await;
        Self {
            method: parts.method,
            path,
            query,
            headers: parts.headers,
            body,
            form,
        }
    }

    /// A header's text, when it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The token of `Authorization: Bearer <token>`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim())
    }

    /// The first query parameter of this name.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the body is declared as JSON.
    pub(crate) fn says_json(&self) -> bool {
        self.header("content-type").is_some_and(|value| {
            let media_type = value.split(';').next().unwrap_or_default().trim();
            media_type.eq_ignore_ascii_case("application/json")
        })
    }

    /// The body as a JSON object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, BodyFault> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Err(BodyFault::Empty);
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(BodyFault::NotAnObject),
            Err(_) => Err(BodyFault::NotJson),
        }
    }

    /// Whether the body is larger than any vendor takes.
    pub(crate) fn too_large(&self) -> bool {
        self.body.len() > LARGEST_BODY
    }
}
