//! The steps of an examination, and which of them an error stopped.

use certfleet::{Error, ErrorKind, ErrorReport, Scope};
use certfleet_http::{ErrorKind as HttpKind, Reason};
use serde::Serialize;
use std::fmt;

/// What a step finds out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepKind {
    /// The account's secrets are found.
    Secret,
    /// The settings of the network can be used: `ca_file` and the proxy, which answers.
    Network,
    /// The host of the address is found and takes connections.
    Address,
    /// Its TLS is trusted.
    Tls,
    /// The vendor answers.
    Answer,
    /// The vendor accepts the credentials.
    Credentials,
    /// The certificates can be read: of the account, or of one scope.
    Read,
    /// The vendor's clock and the local one agree.
    Clock,
}

impl StepKind {
    /// Every step before certificates are read, in order.
    pub(super) const BEFORE_READING: [Self; 6] = [
        Self::Secret,
        Self::Network,
        Self::Address,
        Self::Tls,
        Self::Answer,
        Self::Credentials,
    ];

    /// Returns the name in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Network => "network",
            Self::Address => "address",
            Self::Tls => "tls",
            Self::Answer => "answer",
            Self::Credentials => "credentials",
            Self::Read => "read",
            Self::Clock => "clock",
        }
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Well.
    Ok,
    /// Well, or not known, and something is odd.
    Warning,
    /// It failed.
    Failed,
    /// It was not tried, because one before it failed.
    NotTried,
}

/// One step of an examination.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Step {
    /// What it finds out.
    pub step: StepKind,
    /// The scope that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// How it ended.
    pub outcome: Outcome,
    /// What was found, for people. It holds no secret.
    pub message: String,
    /// What to do, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The error that it failed with, where a request did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}

impl Step {
    pub(super) fn new(step: StepKind, outcome: Outcome, message: impl Into<String>) -> Self {
        Self {
            step,
            scope: None,
            outcome,
            message: message.into(),
            advice: None,
            error: None,
        }
    }

    pub(super) fn ok(step: StepKind, message: impl Into<String>) -> Self {
        Self::new(step, Outcome::Ok, message)
    }

    pub(super) fn not_tried(step: StepKind) -> Self {
        Self::new(step, Outcome::NotTried, "not tried")
    }

    /// A step that an error of the configuration ended.
    pub(super) fn misconfigured(step: StepKind, error: &crate::Error) -> Self {
        let mut failed = Self::new(step, Outcome::Failed, error.message());
        failed.advice = error
            .advice()
            .map(str::to_owned)
            .or_else(|| advice(step, ErrorKind::Config));
        failed
    }

    /// A step that a failed request ended.
    pub(super) fn failed(step: StepKind, error: &Error) -> Self {
        let mut failed = Self::new(step, Outcome::Failed, error.message());
        failed.advice = error
            .advice()
            .map(str::to_owned)
            .or_else(|| advice(step, error.kind()));
        failed.error = Some(error.report());
        failed
    }

    pub(super) fn of(mut self, scope: Option<Scope>) -> Self {
        self.scope = scope;
        self
    }

    pub(super) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

/// What to do where the error does not say it.
fn advice(step: StepKind, kind: ErrorKind) -> Option<String> {
    let advice = match step {
        StepKind::Secret => {
            "Check what the account refers to: the variable, the file or the command"
        }
        StepKind::Read if kind == ErrorKind::RateLimited => {
            "Try again when the vendor takes requests again"
        }
        StepKind::Read => "Check the ids of the account, and base_url",
        StepKind::Address => {
            "Check base_url and this machine's network; where only a proxy leads out, set proxy"
        }
        StepKind::Network => "Check proxy and ca_file of the account",
        StepKind::Answer => {
            "Check that base_url is the address of the vendor's API, and the vendor's status page; try again"
        }
        _ => return None,
    };
    Some(advice.to_owned())
}

/// Returns the step that a failed listing stopped at.
pub(super) fn stopped_at(error: &Error) -> StepKind {
    let http = error.http();
    let is_unsent = http.is_some_and(|error| error.kind() == HttpKind::NotSent);
    match http.and_then(certfleet_http::Error::reason) {
        Some(Reason::Dns | Reason::Connect) => return StepKind::Address,
        Some(Reason::Timeout) if is_unsent => return StepKind::Address,
        Some(Reason::Proxy | Reason::Setup) => return StepKind::Network,
        Some(Reason::Tls) => return StepKind::Tls,
        Some(Reason::Timeout | Reason::TooLarge | Reason::Broken) => return StepKind::Answer,
        _ => {}
    }
    match error.kind() {
        ErrorKind::Unauthenticated => StepKind::Credentials,
        // Of what the vendor refuses, only this much is known: it answered.
        ErrorKind::PermissionDenied
        | ErrorKind::NotFound
        | ErrorKind::InvalidInput
        | ErrorKind::Precondition
        | ErrorKind::QuotaExceeded
        | ErrorKind::RateLimited
        | ErrorKind::Unsupported => StepKind::Read,
        _ => StepKind::Answer,
    }
}
