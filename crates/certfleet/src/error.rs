//! The one error of the facade.

use crate::{CertificateId, ProviderKind};
use certfleet_http::{Effect, ErrorKind as HttpKind, ResponseParts};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// A result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, the same for every vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The provider cannot do it. Nothing was sent.
    Unsupported,
    /// A parameter cannot be sent, or the vendor finds it invalid.
    InvalidInput,
    /// The account cannot be set up: address, credentials, TLS.
    Config,
    /// The vendor does not accept the credentials.
    Unauthenticated,
    /// The credentials may not do it.
    PermissionDenied,
    /// There is no such record.
    NotFound,
    /// There is such a record already.
    AlreadyExists,
    /// The record is not in the state it would have to be in.
    Precondition,
    /// A limit of the vendor is reached.
    QuotaExceeded,
    /// Too many requests.
    RateLimited,
    /// The deadline passed.
    Timeout,
    /// The vendor could not be reached, or the connection broke.
    Network,
    /// The vendor failed.
    Provider,
    /// The vendor's answer cannot be understood.
    InvalidResponse,
    /// A write ended with more than one record where one was wanted: [`Error::certificates`] names
    /// them.
    Duplicate,
    /// The change has consequences that were not acknowledged. Nothing was sent.
    NotAcknowledged,
    /// The journal could not be read or written. Nothing was sent.
    Journal,
    /// None of these.
    Unexpected,
}

impl ErrorKind {
    /// The name in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsupported => "unsupported",
            Self::InvalidInput => "invalid_input",
            Self::Config => "config",
            Self::Unauthenticated => "unauthenticated",
            Self::PermissionDenied => "permission_denied",
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::Precondition => "precondition",
            Self::QuotaExceeded => "quota_exceeded",
            Self::RateLimited => "rate_limited",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::Provider => "provider",
            Self::InvalidResponse => "invalid_response",
            Self::Duplicate => "duplicate",
            Self::NotAcknowledged => "not_acknowledged",
            Self::Journal => "journal",
            Self::Unexpected => "unexpected",
        }
    }
}

/// Why something failed, and what is known of the vendor's state. Its `Display` and `Debug` hold no
/// header, no body and no secret.
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    provider: Option<ProviderKind>,
    message: String,
    source: Option<certfleet_http::Error>,
    /// What became known of the effect after the call.
    effect: Option<Effect>,
    certificates: Vec<CertificateId>,
}

impl Error {
    /// An error of certfleet itself: nothing was sent.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            provider: None,
            message: message.into(),
            source: None,
            effect: None,
            certificates: Vec::new(),
        }))
    }

    /// Something the provider cannot do.
    pub fn unsupported(provider: ProviderKind, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Unsupported, message);
        error.0.provider = Some(provider);
        error
    }

    /// A verb that an adapter does not have. [`Account`](crate::Account) asks the capabilities
    /// first.
    pub(crate) fn cannot(provider: ProviderKind, verb: crate::Verb) -> Self {
        Self::unsupported(
            provider,
            format!("{provider} offers no way to {verb}. Nothing was sent"),
        )
    }

    /// An answer that was decoded and still makes no sense. `what` ends the sentence "answered 200,
    /// but".
    pub(crate) fn invalid_response(
        provider: ProviderKind,
        received: &ResponseParts,
        what: impl fmt::Display,
    ) -> Self {
        Self::of_call(provider, received.unreadable(what), |_| None)
    }

    /// A failed call. `classify` may know the vendor's words better than the status does.
    pub(crate) fn of_call(
        provider: ProviderKind,
        error: certfleet_http::Error,
        classify: impl FnOnce(&certfleet_http::Error) -> Option<ErrorKind>,
    ) -> Self {
        let kind = classify(&error).unwrap_or_else(|| kind_of(&error));
        Self(Box::new(Inner {
            kind,
            provider: Some(provider),
            message: error.to_string(),
            source: Some(error),
            effect: None,
            certificates: Vec::new(),
        }))
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
    pub fn provider(&self) -> Option<ProviderKind> {
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
            message: self.to_string(),
            status: self.status(),
            code: self.code().map(str::to_owned),
            request_id: self.request_id().map(str::to_owned),
            retry_after_seconds: self.retry_after().map(|wait| wait.as_secs()),
            certificates: self.certificates().to_vec(),
        }
    }

    /// A record that an answer which succeeded does not have.
    pub(crate) fn absent(id: &CertificateId, received: &ResponseParts) -> Self {
        let what = format!("there is no certificate {id}: list the account to see what there is");
        Self::of_call(id.provider, received.unreadable(what), |_| {
            Some(ErrorKind::NotFound)
        })
    }

    /// The same error with another effect: more became known than the call itself told.
    #[must_use]
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.0.effect = Some(effect);
        self
    }

    /// The same error as another kind.
    #[must_use]
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// The same error naming certificates.
    #[must_use]
    pub fn with_certificates(
        mut self,
        certificates: impl IntoIterator<Item = CertificateId>,
    ) -> Self {
        self.0.certificates = certificates.into_iter().collect();
        self
    }

    /// The same error with a further sentence for people.
    #[must_use]
    pub fn with_advice(mut self, advice: impl fmt::Display) -> Self {
        self.0.message = format!("{}. {advice}", self.0.message.trim_end_matches('.'));
        self
    }

    /// A record that is not there.
    pub(crate) fn not_found(id: &CertificateId) -> Self {
        let mut error = Self::new(
            ErrorKind::NotFound,
            format!("there is no certificate {id}: list the account to see what there is"),
        );
        error.0.provider = Some(id.provider);
        error
    }
}

/// The kind that status and transport alone tell.
fn kind_of(error: &certfleet_http::Error) -> ErrorKind {
    match error.kind() {
        HttpKind::InvalidRequest => ErrorKind::InvalidInput,
        HttpKind::Config | HttpKind::Redirect => ErrorKind::Config,
        HttpKind::NotSent | HttpKind::Interrupted => ErrorKind::Network,
        HttpKind::Deadline => ErrorKind::Timeout,
        HttpKind::Unreadable | HttpKind::TooLarge => ErrorKind::InvalidResponse,
        HttpKind::Refused => ErrorKind::Provider,
        HttpKind::Status => match error.status().map(|status| status.as_u16()) {
            Some(400 | 413 | 415 | 422) => ErrorKind::InvalidInput,
            Some(401) => ErrorKind::Unauthenticated,
            Some(403) => ErrorKind::PermissionDenied,
            Some(404 | 410) => ErrorKind::NotFound,
            Some(408) => ErrorKind::Timeout,
            Some(409 | 412) => ErrorKind::Precondition,
            Some(429) => ErrorKind::RateLimited,
            Some(500..) => ErrorKind::Provider,
            Some(200..=299) => ErrorKind::InvalidResponse,
            _ => ErrorKind::Unexpected,
        },
        _ => ErrorKind::Unexpected,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("provider", &self.0.provider)
            .field("message", &self.0.message)
            .finish_non_exhaustive()
    }
}

// No `source()`: the message of the client's error is already this error's message.
impl std::error::Error for Error {}

/// An [`Error`] as data, for outputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ErrorReport {
    /// What went wrong.
    pub kind: ErrorKind,
    /// What is known of the vendor's state.
    pub effect: EffectReport,
    /// The message for people.
    pub message: String,
    /// The status of the vendor's answer, if one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The vendor's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The vendor's request id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How many seconds the vendor asks to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// The certificates that the error is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<CertificateId>,
}

/// An [`Effect`] as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EffectReport {
    /// Nothing was changed.
    None,
    /// The change was made, although its answer could not be read.
    Applied,
    /// It is not known.
    Unknown,
}
