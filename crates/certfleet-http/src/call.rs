//! The record of one call.

use std::{fmt, time::Duration};

/// What is known of one call after it ended, for logs, metrics and audits. Holds no secret and no
/// body.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Call {
    /// The provider, as in [`Api::provider`](crate::Api::provider).
    pub provider: &'static str,
    /// The operation's id.
    pub operation: &'static str,
    /// The status, if an answer came.
    pub status: Option<u16>,
    /// The vendor's request id, if the answer had one.
    pub request_id: Option<String>,
    /// How long it took.
    pub elapsed: Duration,
    /// Bytes of the answer's body.
    pub bytes: usize,
}

/// Sees every call of a session when it has ended.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// A call ended, well or not.
    fn ended(&self, call: &Call);
}
