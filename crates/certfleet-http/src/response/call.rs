//! The records of a call and of its attempts.

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
    /// The last attempt's status, if a response came.
    pub status: Option<u16>,
    /// The vendor's request id, if the last attempt's response had one.
    pub request_id: Option<String>,
    /// How long it took, every attempt and every wait.
    pub elapsed: Duration,
    /// Bytes of the last response's body.
    pub bytes: usize,
    /// How often it was tried to send the request.
    pub attempts: u32,
}

/// What is known of one attempt of a call after it ended. Holds no secret and no body.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Attempt {
    /// The provider, as in [`Api::provider`](crate::Api::provider).
    pub provider: &'static str,
    /// The operation's id.
    pub operation: &'static str,
    /// Counts the call's attempts from 1.
    pub number: u32,
    /// The status, if a response came.
    pub status: Option<u16>,
    /// The vendor's request id, if the response had one.
    pub request_id: Option<String>,
    /// How long it took, from the moment it was this attempt's turn.
    pub elapsed: Duration,
    /// Bytes of the response's body.
    pub bytes: usize,
}

/// Sees every call of a session, and every attempt of it, when it has ended.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// A call ended, well or not.
    fn ended(&self, call: &Call);

    /// An attempt ended, well or not. Another may follow.
    fn attempted(&self, attempt: &Attempt) {
        let _ = attempt;
    }
}
