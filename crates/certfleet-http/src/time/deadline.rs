//! The moment by which something has to be over.

use std::time::Duration;
use tokio::time::Instant;

/// A moment on the monotonic clock, shared by everything that has to be over by then: the attempts
/// of a call, the waits between them, the pages of a listing. A wall clock that jumps does not move
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

/// Practically never, and far from where an [`Instant`] overflows.
const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);

impl Deadline {
    /// Creates a deadline this long from now. More than a year counts as a year.
    pub fn after(time: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(time.min(FAR)).unwrap_or(now))
    }

    /// Creates a deadline at a moment.
    pub fn at(moment: Instant) -> Self {
        Self(moment)
    }

    /// Returns the moment.
    pub fn instant(self) -> Instant {
        self.0
    }

    /// Returns the time that is left, which is zero once the deadline has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Returns whether the deadline has passed.
    pub fn is_over(self) -> bool {
        self.remaining().is_zero()
    }
}
