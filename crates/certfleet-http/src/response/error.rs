//! The one error, and what is known of the vendor's state.

use super::{
    call::Call,
    cut::{CutResponse, ErrorText},
    effect::{Effect, ErrorKind, effect},
    printable::printable,
    raw_response::Accepted,
    retry_after,
    send_error::Reason,
};
use crate::{api::Operation, secrets::Needles, time::Clock};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::{fmt, sync::Arc, time::Duration};

/// The vendor's own words about a failure, secrets cut out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VendorError {
    /// The vendor's code.
    pub code: Option<String>,
    /// The vendor's message.
    pub message: Option<String>,
}

/// A failed call. Its `Display` and `Debug` hold no header, no body and no secret.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    effect: Effect,
    operation: Option<&'static Operation>,
    provider: Option<&'static str>,
    detail: ErrorText,
    /// The secrets of a call that was tried, to cut them out of what is added later.
    needles: Option<Arc<Needles>>,
    vendor: VendorError,
    response: Option<CutResponse>,
    request_id: Option<ErrorText>,
    retry_after: Option<Duration>,
    reason: Option<Reason>,
    attempts: u32,
    cut_short: bool,
    /// The success that is not of the documented shape, and, once it has ended, its call.
    misshapen: Option<(Accepted, Option<Call>)>,
}

impl Error {
    /// Creates the error of something that cannot be set up. For implementations of this crate's
    /// traits. `detail` says what to do and must not hold a secret.
    pub fn config(detail: impl Into<String>) -> Self {
        Self::local(ErrorKind::Config, None, ErrorText::local(detail))
    }

    /// Creates the error of a parameter that cannot be sent. Called by generated code.
    #[doc(hidden)]
    pub fn invalid_request(
        operation: &'static Operation,
        parameter: &str,
        detail: impl fmt::Display,
    ) -> Self {
        Self::local(
            ErrorKind::InvalidRequest,
            Some(operation),
            ErrorText::local(format!("{parameter} {detail}. Nothing was sent")),
        )
    }

    fn local(kind: ErrorKind, operation: Option<&'static Operation>, detail: ErrorText) -> Self {
        Self(Box::new(Inner {
            kind,
            effect: Effect::None,
            operation,
            provider: None,
            detail,
            needles: None,
            vendor: VendorError::default(),
            response: None,
            request_id: None,
            retry_after: None,
            reason: None,
            attempts: 0,
            cut_short: false,
            misshapen: None,
        }))
    }

    /// Creates the error of a call that was tried.
    pub(crate) fn from_call(
        kind: ErrorKind,
        provider: &'static str,
        operation: &'static Operation,
        needles: &Arc<Needles>,
        detail: &str,
        response: Option<CutResponse>,
        clock: &dyn Clock,
    ) -> Self {
        let detail = ErrorText::cut(needles, detail);
        let mut error = Self::local(kind, Some(operation), detail);
        error.0.needles = Some(Arc::clone(needles));
        error.0.provider = Some(provider);
        error.0.effect = effect(kind, operation, response.as_ref().map(CutResponse::status));
        error.0.retry_after = response
            .as_ref()
            .and_then(|response| retry_after::read(response.raw(), clock));
        error.0.response = response;
        error
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<ErrorText>) -> Self {
        self.0.request_id = request_id;
        self
    }

    pub(crate) fn with_vendor(mut self, vendor: VendorError) -> Self {
        self.0.vendor = vendor;
        self
    }

    pub(crate) fn with_effect(mut self, effect: Effect) -> Self {
        self.0.effect = effect;
        self
    }

    pub(crate) fn with_reason(mut self, reason: Reason) -> Self {
        self.0.reason = Some(reason);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Marks a response that looks complete although its JSON ends in the middle.
    pub(crate) fn with_cut_short(mut self, cut_short: bool) -> Self {
        self.0.cut_short = cut_short;
        self
    }

    /// Keeps a success that can be read another way than the documented one.
    pub(crate) fn with_misshapen(mut self, accepted: Accepted) -> Self {
        self.0.misshapen = Some((accepted, None));
        self
    }

    /// Adds the record of the call that ended with this error.
    pub(crate) fn ended(mut self, ended: Call) -> Self {
        if let Some((_, call)) = &mut self.0.misshapen {
            *call = Some(ended);
        }
        self
    }

    /// Takes out the success that is not of the documented shape, with its call.
    pub(super) fn take_misshapen(&mut self) -> Option<(Accepted, Call)> {
        let (accepted, call) = self.0.misshapen.take()?;
        Some((accepted, call?))
    }

    pub(crate) fn is_cut_short(&self) -> bool {
        self.0.cut_short
    }

    /// Appends one more sentence to the detail.
    pub(crate) fn with_note(mut self, note: impl fmt::Display) -> Self {
        let none = Needles::default();
        let needles = self.0.needles.as_deref().unwrap_or(&none);
        self.0.detail.note(needles, note);
        self
    }

    /// Returns the secrets of the call, if it was tried.
    pub(crate) fn needles(&self) -> Option<&Arc<Needles>> {
        self.0.needles.as_ref()
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns what is known of the vendor's state. For a read it is always [`Effect::None`].
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// Returns the operation, unless the session could not be set up.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// Returns the response's status, if a response arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.response.as_ref().map(CutResponse::status)
    }

    /// Returns the response's headers with known secrets cut out, if a response arrived. They may
    /// hold cookies: do not log them as a whole.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.response.as_ref().map(CutResponse::headers)
    }

    /// Returns the response's body with known secrets cut out, if a response arrived; of a body
    /// longer than 64 KiB its start. It is still the vendor's text: do not log it unread.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.response.as_ref().map(CutResponse::body)
    }

    /// Returns the body of a success of a read that is a whole JSON object, does not say that it failed, and
    /// is not of the documented shape: for a caller that can do with less. It is the vendor's data, with the
    /// operation's secret fields replaced, and not a text for an error or a log.
    /// [`ResponseParts::from_misshapen`](crate::ResponseParts::from_misshapen) returns the whole response.
    pub fn misshapen(&self) -> Option<&Bytes> {
        let (accepted, _) = self.0.misshapen.as_ref()?;
        Some(&accepted.response.body)
    }

    /// Returns the vendor's request id, if the response had one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_ref().map(ErrorText::as_str)
    }

    /// Returns the vendor's code and message, as far as the response has them.
    pub fn vendor(&self) -> &VendorError {
        &self.0.vendor
    }

    /// Returns how long the vendor asks to wait (`Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns why no complete response arrived, if none did.
    pub fn reason(&self) -> Option<Reason> {
        self.0.reason
    }

    /// Returns the number of attempts: 0 if the request could not be built.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns what happened, without provider and operation.
    pub fn detail(&self) -> &str {
        self.0.detail.as_str()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(provider) = inner.provider {
            write!(f, "{provider}: ")?;
        }
        if let Some(operation) = inner.operation {
            write!(f, "{}: ", operation.id)?;
        }
        f.write_str(inner.detail.as_str())?;
        if let Some(message) = &inner.vendor.message {
            write!(f, ": {}", printable(message))?;
        }
        if let Some(code) = &inner.vendor.code {
            write!(f, " (code {})", printable(code))?;
        }
        if let Some(id) = &inner.request_id {
            write!(f, " [request {}]", printable(id.as_str()))?;
        }
        if inner.attempts > 1 {
            write!(f, " ({} attempts)", inner.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("effect", &self.0.effect)
            .field("operation", &self.0.operation.map(|operation| operation.id))
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("message", &self.to_string())
            .finish()
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
