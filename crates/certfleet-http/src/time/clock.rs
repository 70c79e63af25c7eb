//! What time it is, for the dates that vendors send.

use chrono::{DateTime, Utc};
use std::fmt;

/// The wall clock. Only dates in responses are held against it: those of `Retry-After`, where the response does
/// not say itself what time it is, and the response's own ([`Session::clock_skew`](crate::Session::clock_skew)).
/// Every wait and deadline uses the monotonic clock.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time.
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
