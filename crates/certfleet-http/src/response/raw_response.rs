//! One answer, whole.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// A complete answer: status, headers and the whole body, whatever they are.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, bounded by the session's limit.
    pub body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl std::fmt::Debug for Answer {
    /// Shows the status and the body's length: headers and bodies may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status.as_u16())
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
