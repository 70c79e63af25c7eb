//! A success, with everything that came with it.

use super::{
    call::Call,
    cut::{CutResponse, ErrorText},
    effect::ErrorKind,
    error::Error,
    raw_response::{Accepted, RawResponse},
};
use crate::{api::Operation, secrets::Needles, time::SystemClock};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::{fmt, ops::Deref, sync::Arc};

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

    /// Returns the typed value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the typed value and the rest of the response.
    pub fn into_parts(self) -> (T, ResponseParts) {
        (self.value, self.parts)
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.parts.response.status
    }

    /// Returns the headers. They may hold cookies: do not log them as a whole.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.response.headers
    }

    /// Returns the body as received. Unless it is a file, the operation's secret fields are replaced
    /// by [`REDACTED`](crate::REDACTED).
    pub fn body(&self) -> &Bytes {
        self.parts.body()
    }

    /// Returns the vendor's request id, if the response had one.
    pub fn request_id(&self) -> Option<&str> {
        self.parts.call.request_id.as_deref()
    }

    /// Returns the record of the call.
    pub fn call(&self) -> &Call {
        self.parts.call()
    }
}

/// The rest of a [`Response`] whose value was taken out.
pub struct ResponseParts {
    response: RawResponse,
    /// For an error that is made of the response later.
    needles: Arc<Needles>,
    call: Call,
    operation: &'static Operation,
}

impl ResponseParts {
    pub(crate) fn new(accepted: Accepted, call: Call, operation: &'static Operation) -> Self {
        Self {
            response: accepted.response,
            needles: accepted.needles,
            call,
            operation,
        }
    }

    /// Returns the success that an error is about, where its body can be read another way
    /// ([`Error::misshapen`]).
    ///
    /// # Errors
    /// The same error, where it is another one.
    pub fn from_misshapen(mut error: Error) -> Result<Self, Error> {
        match (error.take_misshapen(), error.operation()) {
            (Some((accepted, call)), Some(operation)) => Ok(Self::new(accepted, call, operation)),
            _ => Err(error),
        }
    }

    /// Returns the body as received. Unless it is a file, the operation's secret fields are replaced
    /// by [`REDACTED`](crate::REDACTED).
    pub fn body(&self) -> &Bytes {
        &self.response.body
    }

    /// Returns the body alone.
    pub fn into_body(self) -> Bytes {
        self.response.body
    }

    /// Returns the record of the call.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Creates the error of a response that was decoded and does not make sense: an
    /// [`ErrorKind::Unreadable`] with this response's status, headers, body and request id. `what`
    /// ends the sentence "answered 200, but".
    pub fn unreadable(&self, what: impl std::fmt::Display) -> Error {
        let detail = format!("answered {}, but {what}", self.response.status.as_u16());
        let id = self.call.request_id.as_deref();
        Error::from_call(
            ErrorKind::Unreadable,
            self.call.provider,
            self.operation,
            &self.needles,
            &detail,
            Some(CutResponse::new(
                self.response.clone(),
                self.operation,
                &self.needles,
            )),
            &SystemClock,
        )
        .with_request_id(id.map(|id| ErrorText::cut(&self.needles, id)))
        .with_attempts(self.call.attempts)
    }
}

impl fmt::Debug for ResponseParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseParts")
            .field("response", &self.response)
            .field("call", &self.call)
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
