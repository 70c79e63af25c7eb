//! A success, with everything that came with it.

use super::{call::Call, effect::ErrorKind, error::Error, raw_response::RawResponse};
use crate::{api::Operation, time::SystemClock};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::ops::Deref;

/// A successful response: the typed value, and status, headers, request id and body beside it.
/// Dereferences to the value.
#[derive(Debug)]
pub struct Response<T> {
    value: T,
    parts: ResponseParts,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, parts: ResponseParts) -> Self {
        Self { value, parts }
    }

    /// The typed value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The typed value, and what came with it.
    pub fn into_parts(self) -> (T, ResponseParts) {
        (self.value, self.parts)
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.parts.response.status
    }

    /// The headers. They may hold cookies: do not log them whole.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.response.headers
    }

    /// The body as it came, the operation's secret fields replaced by
    /// [`REDACTED`](crate::REDACTED).
    pub fn body(&self) -> &Bytes {
        self.parts.body()
    }

    /// The vendor's request id, if the response had one.
    pub fn request_id(&self) -> Option<&str> {
        self.parts.call.request_id.as_deref()
    }

    /// The record of the call.
    pub fn call(&self) -> &Call {
        self.parts.call()
    }
}

/// What came with a value that was taken out of its [`Response`].
#[derive(Debug)]
pub struct ResponseParts {
    response: RawResponse,
    call: Call,
    operation: &'static Operation,
}

impl ResponseParts {
    pub(crate) fn new(response: RawResponse, call: Call, operation: &'static Operation) -> Self {
        Self {
            response,
            call,
            operation,
        }
    }

    /// The body as it came, the operation's secret fields replaced by
    /// [`REDACTED`](crate::REDACTED).
    pub fn body(&self) -> &Bytes {
        &self.response.body
    }

    /// The body as it came, alone.
    pub fn into_body(self) -> Bytes {
        self.response.body
    }

    /// The record of the call.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The error for a response that was decoded and still makes no sense: an
    /// [`ErrorKind::Unreadable`] with this response's status, headers, body and request id. `what`
    /// ends the sentence "answered 200, but".
    pub fn unreadable(&self, what: impl std::fmt::Display) -> Error {
        let detail = format!("answered {}, but {what}", self.response.status.as_u16());
        Error::from_call(
            ErrorKind::Unreadable,
            self.call.provider,
            self.operation,
            detail,
            Some(self.response.clone()),
            &SystemClock,
        )
        .with_request_id(self.call.request_id.clone())
        .with_attempts(self.call.attempts)
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
