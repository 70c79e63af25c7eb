//! The records of a call and of its attempts.

use std::{fmt, time::Duration};

/// The record of one call after it ended, for logs, metrics and audits. It holds no secret and no
/// body.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Call {
    /// The provider, as in [`Api::provider`](crate::Api::provider).
    pub provider: &'static str,
    /// The operation's id.
    pub operation: &'static str,
    /// The last attempt's status, if a response arrived.
    pub status: Option<u16>,
    /// The vendor's request id, if the last attempt's response had one.
    pub request_id: Option<String>,
    /// The time of the whole call: every attempt and every wait.
    pub elapsed: Duration,
    /// The size of the last response's body, in bytes.
    pub bytes: usize,
    /// The number of attempts.
    pub attempts: u32,
}

/// The record of one attempt after it ended. It holds no secret and no body.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Attempt {
    /// The provider, as in [`Api::provider`](crate::Api::provider).
    pub provider: &'static str,
    /// The operation's id.
    pub operation: &'static str,
    /// The attempt's number within its call, counted from 1.
    pub number: u32,
    /// The status, if a response arrived.
    pub status: Option<u16>,
    /// The vendor's request id, if the response had one.
    pub request_id: Option<String>,
    /// The time of the attempt, without the wait for its slot.
    pub elapsed: Duration,
    /// The size of the response's body, in bytes.
    pub bytes: usize,
}

/// An observer of a session: it is told of every call and every attempt when it has ended.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// Is called when a call has ended, successfully or not.
    fn ended(&self, call: &Call);

    /// Is called when an attempt has ended, successfully or not. Another may follow.
    fn attempted(&self, attempt: &Attempt) {
        let _ = attempt;
    }
}
