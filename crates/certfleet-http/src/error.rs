//! The one error, and what it says of the vendor's state.

use crate::{Answer, Class, Clock, Operation, Reason, retry_after};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::{fmt, time::Duration};

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A parameter cannot be sent: an identifier that would address something else, a missing
    /// field, a value that cannot be written as JSON.
    InvalidRequest,
    /// The session cannot be set up: a base URL, a credential, TLS.
    Config,
    /// No connection was made: refused, name not found, TLS handshake. [`Error::reason`] says which.
    NotSent,
    /// The connection broke after the request may have left.
    Interrupted,
    /// Time ran out. [`Error::effect`] says whether the request may have left.
    Deadline,
    /// A complete answer with another status than the documented successes.
    Status,
    /// A 2xx answer that says it failed.
    Refused,
    /// A 2xx answer that is not what the operation returns: another content type or encoding, or
    /// JSON of another shape.
    Unreadable,
    /// An answer longer than the session allows.
    TooLarge,
    /// A redirect. None is followed.
    Redirect,
}

/// What a failed call did to the vendor's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing was changed.
    None,
    /// The change was made, although its answer could not be read.
    Applied,
    /// It cannot be known from this call.
    Unknown,
}

/// What the vendor said of a failure, in its own words, secrets cut out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VendorError {
    /// The vendor's code.
    pub code: Option<String>,
    /// The vendor's message.
    pub message: Option<String>,
}

/// Why a call failed. Its `Display` and `Debug` hold no header, no body and no secret.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    effect: Effect,
    operation: Option<&'static Operation>,
    provider: Option<&'static str>,
    detail: String,
    vendor: VendorError,
    answer: Option<Answer>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    reason: Option<Reason>,
    attempts: u32,
    cut_short: bool,
}

impl Error {
    /// Something that cannot be set up. For implementations of this crate's traits; `detail` says what to
    /// do, and holds no secret.
    pub fn config(detail: impl Into<String>) -> Self {
        Self::local(ErrorKind::Config, None, detail)
    }

    /// A parameter that cannot be sent. Called by generated code.
    #[doc(hidden)]
    pub fn invalid_request(
        operation: &'static Operation,
        parameter: &str,
        detail: impl fmt::Display,
    ) -> Self {
        Self::local(
            ErrorKind::InvalidRequest,
            Some(operation),
            format!("{parameter} {detail}. Nothing was sent"),
        )
    }

    fn local(
        kind: ErrorKind,
        operation: Option<&'static Operation>,
        detail: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            effect: Effect::None,
            operation,
            provider: None,
            detail: detail.into(),
            vendor: VendorError::default(),
            answer: None,
            request_id: None,
            retry_after: None,
            reason: None,
            attempts: 0,
            cut_short: false,
        }))
    }

    /// A failure of a call that was tried.
    pub(crate) fn of_call(
        kind: ErrorKind,
        provider: &'static str,
        operation: &'static Operation,
        detail: impl Into<String>,
        answer: Option<Answer>,
        clock: &dyn Clock,
    ) -> Self {
        let mut error = Self::local(kind, Some(operation), detail);
        error.0.provider = Some(provider);
        error.0.effect = effect(kind, operation.class, answer.as_ref().map(|a| a.status));
        error.0.retry_after = answer
            .as_ref()
            .and_then(|answer| retry_after::read(answer, clock));
        error.0.answer = answer;
        error
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
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

    /// Marks an answer that looks complete and yet ends in the middle of its JSON.
    pub(crate) fn with_cut_short(mut self, cut_short: bool) -> Self {
        self.0.cut_short = cut_short;
        self
    }

    pub(crate) fn is_cut_short(&self) -> bool {
        self.0.cut_short
    }

    /// Says one more thing behind what is said.
    pub(crate) fn with_note(mut self, note: impl fmt::Display) -> Self {
        self.0.detail.push_str(&format!(". {note}"));
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is known of the vendor's state. Of a read it is always [`Effect::None`].
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// The operation, unless the session could not be set up.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// The answer's status, if one came.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The answer's headers, if one came. They may hold cookies: do not log them whole.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The answer's body, known secrets cut out, if one came. Still the vendor's text: do not log
    /// it unread.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.answer.as_ref().map(|answer| &answer.body)
    }

    /// The vendor's request id, if the answer had one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The vendor's code and message, where the answer has them.
    pub fn vendor(&self) -> &VendorError {
        &self.0.vendor
    }

    /// How long the vendor asks to wait (`Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Why no complete answer came, if none did.
    pub fn reason(&self) -> Option<Reason> {
        self.0.reason
    }

    /// How often it was tried to send the request: 0 where it could not be built.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// What happened, without provider and operation.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }
}

/// The effect of a failure on the vendor's state, by what is known.
fn effect(kind: ErrorKind, class: Class, status: Option<StatusCode>) -> Effect {
    if class == Class::Read {
        return Effect::None;
    }
    let of_status = match status.map(|status| status.as_u16()) {
        Some(200..=299) => Effect::Applied,
        // "See other" is what follows a request that was carried out.
        Some(303) | None => Effect::Unknown,
        // The vendor does not know how: "not implemented", "version not supported".
        Some(501 | 505) => Effect::None,
        Some(500..) => Effect::Unknown,
        // 408 too: the vendor did not get the whole request.
        Some(_) => Effect::None,
    };
    match kind {
        ErrorKind::InvalidRequest | ErrorKind::Config | ErrorKind::NotSent | ErrorKind::Refused => {
            Effect::None
        }
        ErrorKind::Deadline
        | ErrorKind::Interrupted
        | ErrorKind::TooLarge
        | ErrorKind::Unreadable
        | ErrorKind::Status
        | ErrorKind::Redirect => of_status,
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
        f.write_str(&inner.detail)?;
        if let Some(message) = &inner.vendor.message {
            write!(f, ": {}", printable(message))?;
        }
        if let Some(code) = &inner.vendor.code {
            write!(f, " (code {})", printable(code))?;
        }
        if let Some(id) = &inner.request_id {
            write!(f, " [request {}]", printable(id))?;
        }
        if inner.attempts > 1 {
            write!(f, " ({} attempts)", inner.attempts)?;
        }
        Ok(())
    }
}

/// The most characters of a vendor's text that an error shows.
const SHOWN: usize = 500;

/// A vendor's text on one line, without control characters that could steer a terminal.
fn printable(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            character if character.is_control() || is_bidi(character) => '\u{fffd}',
            character => character,
        })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Characters that change the direction of what follows.
fn is_bidi(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
    fn effects() {
        use {Class::*, ErrorKind::*};
        for (kind, class, status, expected) in [
            (Status, Read, Some(500), Effect::None),
            (Interrupted, Read, None, Effect::None),
            (NotSent, Create, None, Effect::None),
            (Interrupted, Create, None, Effect::Unknown),
            (Interrupted, Create, Some(200), Effect::Applied),
            (Interrupted, Create, Some(400), Effect::None),
            (Deadline, Idempotent, None, Effect::Unknown),
            (Status, Create, Some(400), Effect::None),
            (Status, Create, Some(429), Effect::None),
            (Status, Create, Some(408), Effect::None),
            (Status, Create, Some(501), Effect::None),
            (Status, Create, Some(505), Effect::None),
            (Status, Create, Some(503), Effect::Unknown),
            (Status, Create, Some(502), Effect::Unknown),
            (Unreadable, Create, Some(200), Effect::Applied),
            (TooLarge, Idempotent, Some(202), Effect::Applied),
            (Refused, Create, Some(200), Effect::None),
            (Redirect, Create, Some(307), Effect::None),
            (Redirect, Create, Some(303), Effect::Unknown),
        ] {
            let status = status.map(|s| StatusCode::from_u16(s).unwrap());
            assert_eq!(
                effect(kind, class, status),
                expected,
                "{kind:?} {class:?} {status:?}"
            );
        }
    }

    #[test]
    fn one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn vendor_text_cannot_steer_a_terminal() {
        assert_eq!(
            printable("a\u{1b}[31mb\nc\u{202e}d"),
            "a\u{fffd}[31mb c\u{fffd}d"
        );
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// A vendor's text is shown on one line, bounded, and steers nothing.
        #[test]
        fn what_a_vendor_says_is_harmless(text in "(\\PC|[\u{0}-\u{1f}\u{7f}-\u{9f}\u{200e}\u{202a}-\u{202e}\u{2066}-\u{2069}]){0,600}") {
            let shown = printable(&text);
            let steers = |character: char| character.is_control() || is_bidi(character);
            proptest::prop_assert!(!shown.contains(steers), "{shown:?}");
            proptest::prop_assert!(shown.chars().count() <= SHOWN + 1);
            if !text.contains(steers) && text.chars().count() <= SHOWN {
                proptest::prop_assert_eq!(shown, text);
            }
        }
    }
}
