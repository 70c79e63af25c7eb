//! The limits of a call, and when it is retried.

use std::time::Duration;

/// The limits of every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The time limit for connecting, TLS included; 10 seconds by default, and never more than a
    /// third of [`attempt`](Self::attempt). A connection that hangs must end as such, because a
    /// request that was never sent could otherwise not be told from one that may have arrived. A
    /// [`Network`](crate::Network) that the caller provides has its own limit.
    pub connect: Duration,
    /// The time limit of one attempt; 30 seconds by default.
    pub attempt: Duration,
    /// The time limit of a whole call, every attempt and every wait included; 120 seconds by
    /// default.
    pub operation: Duration,
    /// The longest body of a read, in bytes; 64 MiB by default. A listing that a vendor sends in
    /// one response, certificates included, has to fit. It also bounds how many JSON values a response may
    /// hold: one for every 256 bytes of the limit, because decoded a small value takes as much.
    pub body: usize,
    /// The longest body of a write's response, in bytes; 4 MiB by default. It holds a few
    /// certificates at most.
    pub write_body: usize,
    /// The most bytes of all answers of one listing together; 256 MiB by default. The session does not count
    /// them: what lists through it does.
    pub listing_bytes: usize,
    /// The most records of one listing; 1,000,000 by default. What lists through the session counts them.
    pub listing_records: usize,
    /// The number of attempts that may be under way at the same time; 16 by default, at least 1.
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
            listing_bytes: 256 * 1024 * 1024,
            listing_records: 1_000_000,
            concurrency: 16,
        }
    }
}

impl Limits {
    /// Returns the time limit for connecting that lets an attempt end after it.
    pub(crate) fn connecting(&self) -> Duration {
        self.connect
            .min(self.attempt / 3)
            .min(self.operation / 3)
            .max(Duration::from_millis(1))
    }
}

/// When a call is retried. What may be retried is fixed: a read after any failure that may pass, a
/// write only after a failure that provably left it undone (no connection, 429, 408).
/// [`Session::recover`](crate::Session::recover) goes further for writes whose result can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// The largest number of attempts, the first included; 4 by default. 1 turns retries off.
    pub attempts: u32,
    /// The upper bound of the first wait; 0.5 seconds by default. It doubles each time. The wait is
    /// random between zero and the bound ("full jitter"), so that many callers do not come back
    /// together.
    pub base: Duration,
    /// The largest upper bound of a wait that the vendor did not ask for; 8 seconds by default.
    pub cap: Duration,
    /// The longest wait that a vendor may ask for (`Retry-After`); 120 seconds by default. If it
    /// asks for longer, the call fails at once and
    /// [`Error::retry_after`](crate::Error::retry_after) returns the wait.
    pub longest_wait: Duration,
    /// The number of retries that a session starts with; 10 by default. Every retry takes one, and
    /// ten successful calls give one back: against a vendor that is down, a hundred calls cause at
    /// most ten further requests.
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
    /// Returns a policy that sends everything once.
    pub fn off() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }
}
