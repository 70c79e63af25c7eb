//! Why no complete response came.

use super::raw_response::RawResponse;
use std::fmt;

/// How far a request got when no complete response came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Provably nothing of it left: no connection was made.
    No,
    /// It may have arrived.
    Maybe,
}

/// Why no complete response came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// No connection was made, or it was closed before anything was written: refused, unreachable, reset
    /// on accept.
    Connect,
    /// The host's name could not be looked up.
    Dns,
    /// The TLS handshake failed: an issuer that is not trusted, another name, expired, no TLS at all.
    Tls,
    /// The proxy refused.
    Proxy,
    /// The request or the HTTP client could not be set up.
    Setup,
    /// It took too long.
    Timeout,
    /// The body is longer than allowed.
    TooLarge,
    /// The connection broke, or what came is not HTTP.
    Broken,
}

/// Why there is no complete response.
#[derive(Debug)]
#[non_exhaustive]
pub struct SendError {
    /// How far the request got.
    pub sent: Sent,
    /// Why.
    pub reason: Reason,
    /// What happened, for people. Holds no secret and no body.
    pub what: String,
    /// Status and headers, when they had come before the failure.
    pub head: Option<Box<RawResponse>>,
}

impl SendError {
    /// A failure to connect, before anything left.
    pub fn not_sent(what: impl Into<String>) -> Self {
        Self::new(Sent::No, Reason::Connect, what)
    }

    /// A connection that broke after the request may have arrived.
    pub fn maybe_sent(what: impl Into<String>) -> Self {
        Self::new(Sent::Maybe, Reason::Broken, what)
    }

    fn new(sent: Sent, reason: Reason, what: impl Into<String>) -> Self {
        Self {
            sent,
            reason,
            what: what.into(),
            head: None,
        }
    }

    /// The same for another reason.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = reason;
        self
    }

    /// The same, after status and headers had come.
    #[must_use]
    pub fn after(mut self, head: RawResponse) -> Self {
        self.head = Some(Box::new(head));
        self
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for SendError {}
