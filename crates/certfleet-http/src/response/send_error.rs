//! Why no complete response arrived.

use super::raw_response::RawResponse;
use std::fmt;

/// How far a request got when no complete response arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Nothing was sent, provably: no connection was made.
    No,
    /// The request may have arrived.
    Maybe,
}

/// The reason why no complete response arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// No connection was made, or it was closed before anything was written: refused, unreachable,
    /// reset on accept.
    Connect,
    /// The host's name could not be resolved.
    Dns,
    /// The TLS handshake failed: an untrusted issuer, another name, an expired certificate, no TLS.
    Tls,
    /// The proxy refused, or does not answer as one.
    Proxy,
    /// The request or the HTTP client could not be set up.
    Setup,
    /// A time limit passed.
    Timeout,
    /// The body is longer than allowed.
    TooLarge,
    /// The connection broke, or the response is not HTTP.
    Broken,
}

/// The failure of a request that got no complete response.
#[derive(Debug)]
#[non_exhaustive]
pub struct SendError {
    /// How far the request got.
    pub sent: Sent,
    /// The reason.
    pub reason: Reason,
    /// What happened, for people. It holds no secret and no body.
    pub what: String,
    /// Status and headers, if they arrived before the failure.
    pub head: Option<Box<RawResponse>>,
}

impl SendError {
    /// Creates the error of a connection that was not made.
    pub fn not_sent(what: impl Into<String>) -> Self {
        Self::new(Sent::No, Reason::Connect, what)
    }

    /// Creates the error of a connection that broke after the request may have arrived.
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

    /// Sets the reason.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = reason;
        self
    }

    /// Sets the status and headers that arrived before the failure.
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
