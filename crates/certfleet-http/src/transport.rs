//! How one request becomes one answer.

use crate::{Answer, Request};
use std::{fmt, future::Future, pin::Pin, time::Duration};

/// A boxed future, so that [`Transport`] can be a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries one request to one answer: the seam for another HTTP stack, a proxy or a test double.
///
/// An implementation sends exactly once, follows no redirect, reads at most `body_limit` bytes, and
/// says of every failure whether the request can have reached the vendor ([`SendError::sent`]).
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends `request` once. `deadline` is how long it may take in all; the caller also enforces
    /// it, so an implementation may use it only to tell its own timeouts apart.
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<Answer, SendError>>;
}

/// How far a request got when no complete answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Provably nothing of it left: no connection was made.
    No,
    /// It may have arrived.
    Maybe,
}

/// Why there is no complete answer.
#[derive(Debug)]
pub struct SendError {
    /// How far the request got.
    pub sent: Sent,
    /// What happened, for people. Holds no secret and no body.
    pub what: String,
    /// Status and headers, when they had come before the failure.
    pub head: Option<Box<Answer>>,
    /// Whether the body was refused for its size.
    pub too_large: bool,
    /// Whether it was a timeout.
    pub timeout: bool,
}

impl SendError {
    /// A failure before anything left.
    pub fn not_sent(what: impl Into<String>) -> Self {
        Self::new(Sent::No, what)
    }

    /// A failure after which the request may have arrived.
    pub fn maybe_sent(what: impl Into<String>) -> Self {
        Self::new(Sent::Maybe, what)
    }

    fn new(sent: Sent, what: impl Into<String>) -> Self {
        Self {
            sent,
            what: what.into(),
            head: None,
            too_large: false,
            timeout: false,
        }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for SendError {}
