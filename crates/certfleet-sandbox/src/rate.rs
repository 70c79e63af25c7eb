//! Requests per time.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// So many requests in so long. Time is the sandbox's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests.
    pub requests: usize,
    /// In how long.
    pub window: Duration,
}

/// The requests of the last window.
#[derive(Debug, Default)]
pub(crate) struct Window(VecDeque<DateTime<Utc>>);

impl Window {
    /// Counts one request: how many are left after it, or how many seconds to wait.
    pub(crate) fn admit(&mut self, limit: RateLimit, now: DateTime<Utc>) -> Result<usize, i64> {
        let window = TimeDelta::from_std(limit.window).unwrap_or(TimeDelta::MAX);
        while self
            .0
            .front()
            .is_some_and(|&first| now.signed_duration_since(first) >= window)
        {
            self.0.pop_front();
        }
        if self.0.len() < limit.requests {
            self.0.push_back(now);
            return Ok(limit.requests - self.0.len());
        }
        let waited = self
            .0
            .front()
            .map_or(TimeDelta::zero(), |&first| now.signed_duration_since(first));
        Err((window - waited).num_seconds().max(1))
    }
}
