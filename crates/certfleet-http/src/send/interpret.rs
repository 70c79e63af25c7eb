//! What the end of an attempt means: a success that can be read, or which error.

use super::session_state::SessionState;
use crate::{
    api::{Class, Expect, Operation},
    response::{
        Accepted, ByStatus, Effect, Error, ErrorKind, InBandFailure, RawResponse, Reason,
        SendError, Sent, VendorError,
        cut::{CutResponse, ErrorText},
        encoding, json,
    },
    secrets::{Needles, redact},
};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};

/// How many bytes of the limit of a body stand for one JSON value: decoded, a value of two bytes takes hundreds.
const BYTES_PER_VALUE: usize = 256;

/// The number of values that a body may always have.
const FEWEST_VALUES: usize = 10_000;

/// Interprets the end of one attempt.
pub(crate) struct Interpreter<'a> {
    pub(crate) state: &'a SessionState,
    pub(crate) operation: &'static Operation,
    /// The secrets to cut out of everything that is kept.
    pub(crate) needles: Arc<Needles>,
    /// The longest body that was accepted.
    pub(crate) body_limit: usize,
    /// How long an answer was waited for: the time limit of the attempt, or less.
    pub(crate) time: Duration,
}

/// Reads a success: one of [`Interpreter::json`], [`Interpreter::by_status`],
/// [`Interpreter::bytes`] and [`Interpreter::nothing`].
pub(crate) type Read<T> = fn(&Interpreter<'_>, RawResponse) -> Result<(T, Accepted), Error>;

impl Interpreter<'_> {
    /// Returns the error of a request without a complete response. A response that broke off after
    /// the head of a failure is that failure.
    pub(crate) fn incomplete(&self, error: SendError) -> Error {
        let SendError {
            sent,
            reason,
            what,
            head,
            ..
        } = error;
        if let Some(head) = head.as_ref()
            && !self.operation.succeeds_with(head.status)
        {
            return self
                .refused((**head).clone(), Some(&what))
                .with_reason(reason);
        }
        let (kind, detail) = match (sent, reason) {
            (Sent::No, _) => (
                ErrorKind::NotSent,
                format!(
                    "could not reach {}: {what}. Nothing was sent",
                    self.state.base.origin(),
                ),
            ),
            (Sent::Maybe, Reason::TooLarge) => (
                ErrorKind::TooLarge,
                format!(
                    "the answer is longer than the limit of {} bytes",
                    self.body_limit
                ),
            ),
            (Sent::Maybe, Reason::Timeout) => (
                ErrorKind::Deadline,
                format!(
                    "no complete answer within {} seconds",
                    (self.time.as_secs_f64() * 1000.0).round() / 1000.0
                ),
            ),
            (Sent::Maybe, _) => (
                ErrorKind::Interrupted,
                format!("the connection broke before the answer was complete: {what}"),
            ),
        };
        let head = head.map(|head| self.cut(*head));
        self.error(kind, &detail, head).with_reason(reason)
    }

    /// Reads the documented success as JSON.
    pub(crate) fn json<T: DeserializeOwned + InBandFailure>(
        &self,
        response: RawResponse,
    ) -> Result<(T, Accepted), Error> {
        // Redaction may withhold a body whole, which no longer shows how it ended.
        let original = response.body.clone();
        let response = self.success(response, Expect::Json)?;
        let decoded = json::decode::<T>(&response.body);
        self.decoded(original, response, decoded, T::refused)
    }

    /// Reads the documented success as what its status says.
    pub(crate) fn by_status<T: ByStatus>(
        &self,
        response: RawResponse,
    ) -> Result<(T, Accepted), Error> {
        let original = response.body.clone();
        let status = response.status.as_u16();
        let expect = T::expect(status);
        let response = self.success(response, expect)?;
        let decoded = T::read(status, &response.body);
        // A type for each status has no envelope of its own that could say so.
        let says_failed = expect == Expect::Json && self.says_failed(&response);
        self.decoded(original, response, decoded, |_| says_failed)
    }

    /// Returns a decoded success, unless it says that the call failed. `original` is its body before
    /// redaction.
    fn decoded<T>(
        &self,
        original: Bytes,
        response: RawResponse,
        decoded: Result<T, String>,
        says_refused: impl FnOnce(&T) -> bool,
    ) -> Result<(T, Accepted), Error> {
        let refused = match &decoded {
            Ok(value) => says_refused(value),
            // A failure need not have the fields of a success.
            Err(_) => self.says_failed(&response),
        };
        let status = response.status.as_u16();
        let place = match decoded {
            Ok(value) if !refused => return Ok((value, self.accepted(response))),
            Ok(_) => String::new(),
            Err(place) => place,
        };
        let other = (!refused && self.operation.class == Class::Read)
            .then(|| response.clone())
            .filter(|response| json::may_be_read(&response.body))
            .map(|response| self.accepted(response));
        // A vendor may repeat in its message what it was sent.
        let response = self.cut(response);
        if refused {
            let vendor = json::vendor_error(&self.state.api.shapes, &response);
            let detail = format!("answered {status} and says that it failed");
            return Err(self
                .error(ErrorKind::Refused, &detail, Some(response))
                .with_vendor(vendor));
        }
        let cut_short = json::is_cut_short(&original);
        let detail = format!(
            "answered {status}, but its body is not of the documented shape: {place}{}",
            encoding::page_note(&response, &original)
        );
        let error = self
            .error(ErrorKind::Unreadable, &detail, Some(response))
            .with_cut_short(cut_short);
        Err(match other {
            Some(accepted) => error.with_misshapen(accepted),
            None => error,
        })
    }

    fn says_failed(&self, response: &RawResponse) -> bool {
        json::says_failed(self.state.api.shapes.failure, &response.body)
    }

    /// Returns the documented success as bytes.
    pub(crate) fn bytes(&self, response: RawResponse) -> Result<(Bytes, Accepted), Error> {
        let response = self.success(response, Expect::Bytes)?;
        Ok((response.body.clone(), self.accepted(response)))
    }

    /// Accepts the documented success without reading its body.
    pub(crate) fn nothing(&self, response: RawResponse) -> Result<((), Accepted), Error> {
        let response = self.success(response, Expect::Nothing)?;
        Ok(((), self.accepted(response)))
    }

    fn accepted(&self, response: RawResponse) -> Accepted {
        Accepted {
            response,
            needles: Arc::clone(&self.needles),
        }
    }

    /// Lets documented successes through. Everything else is an error that keeps the response.
    fn success(&self, mut response: RawResponse, expect: Expect) -> Result<RawResponse, Error> {
        let status = response.status.as_u16();
        if !self.operation.success.contains(&status) {
            return Err(self.refused(response, None));
        }
        if let Some(refusal) = encoding::refusal(expect, &response) {
            let response = self.cut(response);
            let why = refusal.why(expect, &response);
            let detail = format!("answered {status}, but {why}");
            let error = self.error(ErrorKind::Unreadable, &detail, Some(response));
            return Err(match (refusal.foreign, error.effect()) {
                (true, Effect::Applied) => error.with_effect(Effect::Unknown),
                _ => error,
            });
        }
        let most = (self.body_limit / BYTES_PER_VALUE).max(FEWEST_VALUES);
        if expect == Expect::Json && json::may_exceed(most, &response.body) {
            let response = self.cut(response);
            let detail = format!(
                "answered {status}, but the answer holds more than {most} JSON values, which is more than is read of one with a limit of {} bytes",
                self.body_limit
            );
            return Err(self.error(ErrorKind::TooLarge, &detail, Some(response)));
        }
        // The secret fields are those of the operation's JSON. A file of another success of it is
        // what was asked for, and is not searched.
        if expect != Expect::Bytes {
            response.body = redact::body(self.operation, response.body);
        }
        Ok(response)
    }

    /// Returns the error of a status other than the documented successes. `broken` says why the
    /// body is truncated, if it is.
    fn refused(&self, response: RawResponse, broken: Option<&str>) -> Error {
        let response = self.cut(response);
        let code = response.status();
        let status = code.as_u16();
        if code.is_redirection() {
            let detail = format!(
                "answered {status}, a redirect, which is not followed: check the base URL{}",
                encoding::page_note(&response, response.body())
            );
            return self.error(ErrorKind::Redirect, &detail, Some(response));
        }
        let vendor = json::vendor_error(&self.state.api.shapes, &response);
        let reason = code.canonical_reason().unwrap_or("no known status");
        let mut detail = format!("answered {status} ({reason})");
        let is_documented = self
            .operation
            .statuses
            .iter()
            .any(|documented| *documented == code.as_str());
        if code.is_success() && !is_documented {
            detail.push_str(", which its description does not know");
        }
        if let Some(why) = broken {
            detail.push_str(&format!(", and its body is truncated: {why}"));
        } else if vendor == VendorError::default() && !response.body().is_empty() {
            let media_type = response.media_type();
            detail.push_str(&format!(
                " with {} of {}",
                response.size(),
                media_type.as_deref().unwrap_or("no stated type")
            ));
        }
        detail.push_str(encoding::page_note(&response, response.body()));
        if status == 408 {
            detail.push_str(": it did not get the whole request, which is safe to send again");
        }
        self.error(ErrorKind::Status, &detail, Some(response))
            .with_vendor(vendor)
    }

    fn cut(&self, response: RawResponse) -> CutResponse {
        CutResponse::new(response, self.operation, &self.needles)
    }

    fn error(&self, kind: ErrorKind, detail: &str, response: Option<CutResponse>) -> Error {
        let request_id = response
            .as_ref()
            .and_then(|response| self.request_id(response.raw()))
            .map(|id| ErrorText::cut(&self.needles, &id));
        Error::from_call(
            kind,
            self.state.api.provider,
            self.operation,
            &self.needles,
            detail,
            response,
            &*self.state.clock,
        )
        .with_request_id(request_id)
    }

    /// Returns the vendor's request id.
    pub(crate) fn request_id(&self, response: &RawResponse) -> Option<String> {
        let id = self
            .state
            .api
            .request_id_headers
            .iter()
            .find_map(|name| response.header(name))?;
        Some(self.needles.cut(id))
    }
}
