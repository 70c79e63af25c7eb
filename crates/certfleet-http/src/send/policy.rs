//! The bounds of a call, and when it is sent again.

use std::time::Duration;

/// Bounds of every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest that connecting may take, TLS included; 10 seconds unless said otherwise, and never
    /// more than a third of [`attempt`](Self::attempt): a connection that hangs has to end as one, or a
    /// request that was never sent could not be told from one that may have arrived. A
    /// [`Network`](crate::Network) that is handed in has a limit of its own.
    pub connect: Duration,
    /// The longest that one attempt may take; 30 seconds unless said otherwise.
    pub attempt: Duration,
    /// The longest that a call may take in all: every attempt and every wait between them; 120 seconds
    /// unless said otherwise.
    pub operation: Duration,
    /// The longest body of a read that is taken, in bytes. 64 MiB unless said otherwise: a listing that
    /// a vendor sends in one response, certificates included, has to fit.
    pub body: usize,
    /// The longest body of a write's response that is taken, in bytes. 4 MiB unless said otherwise: it
    /// holds a few certificates at most.
    pub write_body: usize,
    /// How many attempts may be on their way at the same time; 16 unless said otherwise, at least 1.
    pub concurrency: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            attempt: Duration::from_secs(30),
            operation: Duration::from_secs(120),
            body: 64 * 1024 * 1024,
            write_body: 4 * 1024 * 1024,
            concurrency: 16,
        }
    }
}

impl Limits {
    /// The time for connecting that still lets an attempt end after it.
    pub(crate) fn connecting(&self) -> Duration {
        self.connect
            .min(self.attempt / 3)
            .min(self.operation / 3)
            .max(Duration::from_millis(1))
    }
}

/// When a call is sent again. What may be repeated at all is not a matter of choice: a read after
/// anything that may pass; a write only after what provably was not carried out (no connection, 429,
/// 408). [`Session::recover`](crate::Session::recover) goes further for writes whose result can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// How often a call is sent at most, the first time included; 4 unless said otherwise. 1 turns
    /// repeating off.
    pub attempts: u32,
    /// The bound of the first wait; 0.5 seconds unless said otherwise. It doubles each time, and the wait
    /// is anything between nothing and the bound ("full jitter"), so that many callers do not come back
    /// together.
    pub base: Duration,
    /// The longest bound of a wait that the vendor did not ask for; 8 seconds unless said otherwise.
    pub cap: Duration,
    /// The longest wait that a vendor may ask for (`Retry-After`); 120 seconds unless said otherwise. For
    /// a longer one the call fails at once, and [`Error::retry_after`](crate::Error::retry_after) says
    /// it.
    pub longest_wait: Duration,
    /// How many repetitions a session has in hand; 10 unless said otherwise. Each takes one, and ten
    /// calls that succeed give one back: against a vendor that is down, a hundred calls cause at most
    /// ten further requests.
    pub budget: u32,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(8),
            longest_wait: Duration::from_secs(120),
            budget: 10,
        }
    }
}

impl Retry {
    /// Everything is sent once.
    pub fn off() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }
}
