//! One complete response.

use crate::secrets::Needles;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::sync::Arc;

/// A complete response: status, headers and the whole body.
#[derive(Clone)]
pub struct RawResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, bounded by the session's limit.
    pub body: Bytes,
}

impl RawResponse {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl From<http::Response<Bytes>> for RawResponse {
    fn from(response: http::Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        Self {
            status: head.status,
            headers: head.headers,
            body,
        }
    }
}

impl std::fmt::Debug for RawResponse {
    /// Shows the status and the body's length: headers and bodies may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status.as_u16())
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A response that was accepted as a success, and the secrets of its call.
pub(crate) struct Accepted {
    pub(crate) response: RawResponse,
    pub(crate) needles: Arc<Needles>,
}
