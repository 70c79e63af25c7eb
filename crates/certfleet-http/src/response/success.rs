//! A success, with everything that came with it.

use super::{call::Call, effect::ErrorKind, error::Error, raw_response::Answer};
use crate::{api::Operation, time::SystemClock};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::ops::Deref;

/// A successful answer: the typed value, and status, headers, request id and body beside it.
/// Dereferences to the value.
#[derive(Debug)]
pub struct Response<T> {
    value: T,
    received: Received,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, received: Received) -> Self {
        Self { value, received }
    }

    /// The typed value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The typed value, and what came with it.
    pub fn into_parts(self) -> (T, Received) {
        (self.value, self.received)
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.received.answer.status
    }

    /// The headers. They may hold cookies: do not log them whole.
    pub fn headers(&self) -> &HeaderMap {
        &self.received.answer.headers
    }

    /// The body as it came, the operation's secret fields replaced by
    /// [`REDACTED`](crate::REDACTED).
    pub fn body(&self) -> &Bytes {
        self.received.body()
    }

    /// The vendor's request id, if the answer had one.
    pub fn request_id(&self) -> Option<&str> {
        self.received.call.request_id.as_deref()
    }

    /// The record of the call.
    pub fn call(&self) -> &Call {
        self.received.call()
    }
}

/// What came with a value that was taken out of its [`Response`].
#[derive(Debug)]
pub struct Received {
    answer: Answer,
    call: Call,
    operation: &'static Operation,
}

impl Received {
    pub(crate) fn new(answer: Answer, call: Call, operation: &'static Operation) -> Self {
        Self {
            answer,
            call,
            operation,
        }
    }

    /// The body as it came, the operation's secret fields replaced by
    /// [`REDACTED`](crate::REDACTED).
    pub fn body(&self) -> &Bytes {
        &self.answer.body
    }

    /// The body as it came, alone.
    pub fn into_body(self) -> Bytes {
        self.answer.body
    }

    /// The record of the call.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The error for an answer that was decoded and still makes no sense: an
    /// [`ErrorKind::Unreadable`] with this answer's status, headers, body and request id. `what`
    /// ends the sentence "answered 200, but".
    pub fn unreadable(&self, what: impl std::fmt::Display) -> Error {
        let detail = format!("answered {}, but {what}", self.answer.status.as_u16());
        Error::of_call(
            ErrorKind::Unreadable,
            self.call.provider,
            self.operation,
            detail,
            Some(self.answer.clone()),
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
