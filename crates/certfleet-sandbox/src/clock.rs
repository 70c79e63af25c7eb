//! The clock everything in the sandbox reads.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The sandbox's own time.
///
/// Certificates' dates, the settling of Cloudflare's `binding_status`, daily quotas and rate limits all follow it.
/// Clones share one time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Time>>);

#[derive(Debug)]
enum Time {
    Real { ahead: TimeDelta },
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// The real time, running.
    #[must_use]
    pub fn real() -> Self {
        Self::new(Time::Real {
            ahead: TimeDelta::zero(),
        })
    }

    /// A time that stands still until it is [set](Self::set) or [advanced](Self::advance).
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::new(Time::Fixed(at))
    }

    fn new(time: Time) -> Self {
        Self(Arc::new(Mutex::new(time)))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Time::Real { ahead } => later(Utc::now(), ahead),
            Time::Fixed(at) => at,
        }
    }

    /// Sets the time, which stands still from then on.
    pub fn set(&self, at: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Time::Fixed(at);
    }

    /// Moves the time forward: a real clock keeps running, ahead by that much more.
    pub fn advance(&self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Time::Real { ahead } => *ahead = ahead.checked_add(&by).unwrap_or(TimeDelta::MAX),
            Time::Fixed(at) => *at = later(*at, by),
        }
    }
}

/// Clients of a sandbox can go by its time.
impl certfleet_http::Clock for Clock {
    fn now(&self) -> DateTime<Utc> {
        Self::now(self)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::real()
    }
}

/// `at` moved by `by`, stopping at the first and last representable instants.
pub(crate) fn later(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}
