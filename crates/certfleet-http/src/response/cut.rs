//! What of a call may stand in an error: only what the secrets of the call have been cut out of.
//!
//! Both types can be built in this file alone, so that no text reaches an error past the cutting.

use super::raw_response::RawResponse;
use crate::{
    api::Operation,
    secrets::{Needles, REDACTED, redact},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::de::IgnoredAny;
use std::fmt;

/// How much of a failure's body is kept and parsed, in bytes. Of a longer one the start is kept, as
/// text.
pub(crate) const KEPT: usize = 64 * 1024;

/// How many bytes an escape of JSON writes for one (`\u0061`).
const LONGEST_ESCAPE: usize = 6;

/// A text of an error.
pub(crate) struct ErrorText(String);

impl ErrorText {
    /// Cuts the secrets of a call out of a text about it.
    pub(crate) fn cut(needles: &Needles, text: &str) -> Self {
        Self(needles.cut(text))
    }

    /// Takes a text about something that was not sent.
    pub(super) fn local(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Appends one more sentence, with the secrets of the call cut out: it may repeat what a vendor
    /// said of another call.
    pub(super) fn note(&mut self, needles: &Needles, note: impl fmt::Display) {
        self.0.push_str(". ");
        self.0.push_str(&needles.cut(&note.to_string()));
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A response as an error keeps it: with the secrets cut out of its headers and its body.
pub(crate) struct CutResponse {
    response: RawResponse,
    /// The length of the body before anything was cut out of it.
    length: usize,
}

impl CutResponse {
    /// Cuts the operation's secret fields and the secrets of the call out of a response.
    pub(crate) fn new(response: RawResponse, operation: &Operation, needles: &Needles) -> Self {
        let RawResponse {
            status,
            headers,
            body,
        } = response;
        let length = body.len();
        let body = if length > KEPT {
            start(&body, operation, needles)
        } else {
            whole(body, operation, needles)
        };
        Self {
            response: RawResponse {
                status,
                headers: cut_headers(headers, needles),
                body,
            },
            length,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.response.status
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.response.headers
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response.header(name)
    }

    pub(crate) fn body(&self) -> &Bytes {
        &self.response.body
    }

    pub(crate) fn raw(&self) -> &RawResponse {
        &self.response
    }

    /// Returns the number of bytes of the body as it came, for people.
    pub(crate) fn size(&self) -> String {
        if self.length > KEPT {
            format!("more than {KEPT} bytes")
        } else {
            format!("{} bytes", self.length)
        }
    }

    /// Returns the media type without its parameters, if the response states one.
    pub(crate) fn media_type(&self) -> Option<String> {
        let stated = self.header("content-type")?.split(';').next()?;
        Some(
            stated
                .chars()
                .filter(char::is_ascii_graphic)
                .take(60)
                .collect(),
        )
    }
}

/// Cuts secrets out of a body. JSON is searched for the operation's secret fields, as a success is;
/// text stays, because it explains the failure.
fn whole(body: Bytes, operation: &Operation, needles: &Needles) -> Bytes {
    let is_json = serde_json::from_slice::<IgnoredAny>(&body).is_ok();
    let body = if is_json {
        redact::body(operation, body)
    } else {
        body
    };
    needles.cut_bytes(body)
}

/// Cuts secrets out of the start of a body.
fn start(body: &[u8], operation: &Operation, needles: &Needles) -> Bytes {
    let start = body.get(..KEPT).unwrap_or(body);
    let is_json = matches!(start.trim_ascii_start().first(), Some(b'{' | b'['));
    if is_json && operation.has_response_secrets() {
        // Half a document cannot be searched for secret fields.
        return Bytes::from_static(REDACTED.as_bytes());
    }
    let mut text = needles.cut_start(&String::from_utf8_lossy(start));
    if text == REDACTED {
        return Bytes::from_static(REDACTED.as_bytes());
    }
    // The start of a secret may stand at the end, where the rest of it is missing.
    let escaped = needles.longest().saturating_mul(LONGEST_ESCAPE);
    let end = text.as_bytes();
    let end = end.get(end.len().saturating_sub(escaped)..).unwrap_or(end);
    let unsure = if end.contains(&b'\\') {
        escaped
    } else {
        needles.longest()
    };
    let mut sure = text.len().saturating_sub(unsure);
    while !text.is_char_boundary(sure) {
        sure -= 1;
    }
    text.truncate(sure);
    Bytes::from(text)
}

fn cut_headers(mut headers: HeaderMap, needles: &Needles) -> HeaderMap {
    for value in headers.values_mut() {
        let text = String::from_utf8_lossy(value.as_bytes());
        let cut = needles.cut(&text);
        if cut != text {
            *value =
                HeaderValue::from_str(&cut).unwrap_or_else(|_| HeaderValue::from_static(REDACTED));
        }
    }
    headers
}

impl fmt::Debug for CutResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.response.fmt(f)
    }
}
