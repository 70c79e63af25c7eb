//! The one error of the facade.

mod advice;
mod kind;
mod report;

pub use kind::ErrorKind;
pub use report::{EffectReport, ErrorReport};

use crate::{CertificateId, ProviderId};
use advice::advice;
use certfleet_http::{Effect, ResponseParts};
use kind::kind_of;
use report::join;
use std::{fmt, time::Duration};

/// A result whose error is [`Error`].
///
/// ```
/// use certfleet::{CertificateId, Error, Result};
///
/// fn native(id: &CertificateId) -> Result<u64> {
///     id.native.parse().map_err(|_| Error::not_found(id))
/// }
/// # let id = certfleet::CertificateId::new(certfleet::ProviderId::PATCHWORKS, "main", "306");
/// assert_eq!(native(&id)?, 306);
/// # Ok::<(), Error>(())
/// ```
pub type Result<T> = std::result::Result<T, Error>;

/// Why something failed, and what is known of the vendor's state. It says what happened
/// ([`message`](Self::message)), to what ([`context`](Self::context)) and what to do
/// ([`advice`](Self::advice)); its `Display` joins the three. `Display` and `Debug` contain no header, no
/// body and no secret.
///
/// ```
/// use certfleet::{Effect, Error, ErrorKind};
///
/// fn what_now(error: &Error) -> &'static str {
///     match (error.kind(), error.effect()) {
///         (_, Effect::Unknown) => "resume: it looks at the vendor",
///         (ErrorKind::Unauthenticated, _) => "renew the credentials",
///         _ if error.is_retryable() => "again, later",
///         _ => "mend what the message says",
///     }
/// }
/// let error = Error::new(ErrorKind::NotFound, "there is no such record");
/// assert_eq!(what_now(&error), "mend what the message says");
/// ```
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    provider: Option<ProviderId>,
    message: String,
    context: Option<String>,
    advice: Option<String>,
    source: Option<certfleet_http::Error>,
    /// What became known of the effect after the call.
    effect: Option<Effect>,
    certificates: Vec<CertificateId>,
}

impl Error {
    /// Returns an error of certfleet itself: nothing was sent.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            provider: None,
            message: message.into(),
            context: None,
            advice: None,
            source: None,
            effect: None,
            certificates: Vec::new(),
        }))
    }

    /// Returns the error of something that the provider cannot do.
    pub fn unsupported(provider: ProviderId, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Unsupported, message);
        error.0.provider = Some(provider);
        error
    }

    /// Returns the error of a verb that an adapter does not have. [`Account`](crate::Account) asks the
    /// capabilities first.
    pub fn cannot(provider: ProviderId, verb: crate::Verb) -> Self {
        Self::unsupported(
            provider,
            format!("{provider} offers no way to {verb}. Nothing was sent"),
        )
    }

    /// Returns the error of a response that was decoded and still makes no sense. `what` ends the sentence
    /// "answered 200, but".
    pub fn invalid_response(
        provider: ProviderId,
        received: &ResponseParts,
        what: impl fmt::Display,
    ) -> Self {
        Self::from_call(provider, received.unreadable(what), |_| None)
    }

    /// Returns the error of a failed call. `classify` may know the vendor's words better than the status
    /// does.
    pub fn from_call(
        provider: ProviderId,
        error: certfleet_http::Error,
        classify: impl FnOnce(&certfleet_http::Error) -> Option<ErrorKind>,
    ) -> Self {
        let kind = classify(&error).unwrap_or_else(|| kind_of(&error));
        Self(Box::new(Inner {
            kind,
            provider: Some(provider),
            message: error.to_string(),
            context: None,
            advice: advice(kind).map(str::to_owned),
            source: Some(error),
            effect: None,
            certificates: Vec::new(),
        }))
    }

    /// Returns what happened.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns what it is about, where the message does not say it.
    pub fn context(&self) -> Option<&str> {
        self.0.context.as_deref()
    }

    /// Returns what to do, where that is known.
    pub fn advice(&self) -> Option<&str> {
        self.0.advice.as_deref()
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is known of the vendor's state: nothing changed, changed, or unknown.
    pub fn effect(&self) -> Effect {
        self.0
            .effect
            .unwrap_or_else(|| self.http().map_or(Effect::None, |error| error.effect()))
    }

    /// The certificates that are in the way, that may be what a lost write made, or that a name
    /// could mean.
    pub fn certificates(&self) -> &[CertificateId] {
        &self.0.certificates
    }

    /// The provider, unless the error came before one was asked.
    pub fn provider(&self) -> Option<ProviderId> {
        self.0.provider
    }

    /// The status of the vendor's answer, if one came.
    pub fn status(&self) -> Option<u16> {
        Some(self.http()?.status()?.as_u16())
    }

    /// The vendor's code.
    pub fn code(&self) -> Option<&str> {
        self.http()?.vendor().code.as_deref()
    }

    /// The vendor's request id.
    pub fn request_id(&self) -> Option<&str> {
        self.http()?.request_id()
    }

    /// How long the vendor asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.http()?.retry_after()
    }

    /// Whether the same call may succeed later, and repeating it is safe.
    pub fn is_retryable(&self) -> bool {
        self.effect() == Effect::None
            && matches!(
                self.kind(),
                ErrorKind::RateLimited | ErrorKind::Network | ErrorKind::Timeout
            )
    }

    /// The client's error, with the answer it came with.
    pub fn http(&self) -> Option<&certfleet_http::Error> {
        self.0.source.as_ref()
    }

    /// The error as data.
    pub fn report(&self) -> ErrorReport {
        ErrorReport {
            kind: self.kind(),
            effect: match self.effect() {
                Effect::None => EffectReport::None,
                Effect::Applied => EffectReport::Applied,
                Effect::Unknown => EffectReport::Unknown,
            },
            message: self.0.message.clone(),
            context: self.0.context.clone(),
            advice: self.0.advice.clone(),
            status: self.status(),
            code: self.code().map(str::to_owned),
            request_id: self.request_id().map(str::to_owned),
            retry_after_seconds: self.retry_after().map(|wait| wait.as_secs()),
            certificates: self.certificates().to_vec(),
        }
    }

    /// Returns the error of a record that a response which succeeded does not have.
    pub fn absent(id: &CertificateId, received: &ResponseParts) -> Self {
        let what = format!("there is no certificate {id}: list the account to see what there is");
        Self::from_call(id.provider, received.unreadable(what), |_| {
            Some(ErrorKind::NotFound)
        })
    }

    /// Sets the effect: more became known than the call itself told.
    #[must_use]
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.0.effect = Some(effect);
        self
    }

    /// Sets the kind.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Sets the certificates that it names.
    #[must_use]
    pub fn with_certificates(
        mut self,
        certificates: impl IntoIterator<Item = CertificateId>,
    ) -> Self {
        self.0.certificates = certificates.into_iter().collect();
        self
    }

    /// Adds a sentence about what to do.
    #[must_use]
    pub fn with_advice(mut self, advice: impl fmt::Display) -> Self {
        self.0.advice = Some(match self.0.advice {
            Some(before) => format!("{}. {advice}", before.trim_end_matches('.')),
            None => advice.to_string(),
        });
        self
    }

    /// Sets what it is about: an account, a file, a certificate. It stands before the message.
    #[must_use]
    pub fn with_context(mut self, context: impl fmt::Display) -> Self {
        self.0.context = Some(context.to_string());
        self
    }

    /// Returns the error of a record that is not there.
    pub fn not_found(id: &CertificateId) -> Self {
        let mut error = Self::new(
            ErrorKind::NotFound,
            format!("there is no certificate {id}: list the account to see what there is"),
        );
        error.0.provider = Some(id.provider);
        error
    }
}

impl certfleet_http::RecoverableError for Error {
    fn call(&self) -> Option<&certfleet_http::Error> {
        self.http()
    }

    fn effect(&self) -> Effect {
        self.effect()
    }

    fn set_effect(self, effect: Effect) -> Self {
        self.with_effect(effect)
    }

    fn add_note(self, note: String) -> Self {
        self.with_advice(note)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        join(f, self.context(), self.message(), self.advice())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("provider", &self.0.provider)
            .field("message", &self.to_string())
            .finish_non_exhaustive()
    }
}

// No `source()`: the message of the client's error is already this error's message.
impl std::error::Error for Error {}
