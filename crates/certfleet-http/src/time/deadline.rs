//! The time by which something has to be over.

use std::time::Duration;
use tokio::time::Instant;

/// A moment on the monotonic clock, shared by everything that has to be over by then: the attempts of
/// a call, the waits between them, the pages of a listing. Wall clocks that jump do not move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

/// As good as never, and far from where an [`Instant`] overflows.
const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);

impl Deadline {
    /// So long from now; more than a year counts as a year.
    pub fn after(time: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(time.min(FAR)).unwrap_or(now))
    }

    /// This moment.
    pub fn at(moment: Instant) -> Self {
        Self(moment)
    }

    /// The moment.
    pub fn instant(self) -> Instant {
        self.0
    }

    /// What is left; nothing once it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether it has passed.
    pub fn is_over(self) -> bool {
        self.remaining().is_zero()
    }
}
