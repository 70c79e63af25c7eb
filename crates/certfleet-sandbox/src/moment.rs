//! What an answer depends on beside the request and the state.

use chrono::{DateTime, Utc};

use crate::random::Seed;

/// The moment one request is answered at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The sandbox's time.
    pub(crate) now: DateTime<Utc>,
    /// What generated identifiers come from.
    pub(crate) seed: Seed,
    /// Counts the requests from 1.
    pub(crate) number: u64,
}

/// An answer, and the operation that gave it, if the request was for one.
pub(crate) struct Answered {
    pub(crate) operation: Option<&'static str>,
    pub(crate) reply: crate::reply::Reply,
}
