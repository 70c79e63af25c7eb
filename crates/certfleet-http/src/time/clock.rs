//! The wall clock, for the dates that vendors send.

use chrono::{DateTime, Utc};
use std::fmt;

/// A wall clock. Only the dates of responses are measured against it: `Retry-After`, if the
/// response does not state the time itself, and its `Date`
/// ([`Session::clock_skew`](crate::Session::clock_skew)). Every wait and deadline uses the
/// monotonic clock.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns the time.
    fn now(&self) -> DateTime<Utc>;
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
