//! A success, with everything that came with it.

use crate::{Answer, Call};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::ops::Deref;

/// A successful answer: the typed value, and status, headers, request id and body beside it.
/// Dereferences to the value.
#[derive(Debug)]
pub struct Response<T> {
    value: T,
    answer: Answer,
    call: Call,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, answer: Answer, call: Call) -> Self {
        Self {
            value,
            answer,
            call,
        }
    }

    /// The typed value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The typed value, and the body it was read from, the operation's secret fields replaced by
    /// [`REDACTED`](crate::REDACTED).
    pub fn into_parts(self) -> (T, Bytes) {
        (self.value, self.answer.body)
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// The headers. They may hold cookies: do not log them whole.
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// The body as it came, the operation's secret fields replaced by
    /// [`REDACTED`](crate::REDACTED).
    pub fn body(&self) -> &Bytes {
        &self.answer.body
    }

    /// The vendor's request id, if the answer had one.
    pub fn request_id(&self) -> Option<&str> {
        self.call.request_id.as_deref()
    }

    /// The record of the call.
    pub fn call(&self) -> &Call {
        &self.call
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Whether a decoded success says that the call failed. Generated for every success type from the
/// vendor's envelope.
pub trait Verdict {
    /// `true` if the vendor answered 2xx and yet refused.
    fn refused(&self) -> bool;
}

/// Values without an envelope cannot say so.
macro_rules! never_refused {
    ($($name:ty),*) => {
        $(impl Verdict for $name {
            fn refused(&self) -> bool {
                false
            }
        })*
    };
}

never_refused!(bool, f64, i64, String, serde_json::Value);

impl<T> Verdict for Vec<T> {
    fn refused(&self) -> bool {
        false
    }
}

impl<T> Verdict for std::collections::BTreeMap<String, T> {
    fn refused(&self) -> bool {
        false
    }
}
