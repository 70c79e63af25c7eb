//! The log of requests.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use http::{Method, StatusCode};

use crate::Provider;

/// How many requests the log keeps; older ones are dropped.
pub(crate) const KEPT: usize = 65_536;

/// A request the sandbox has answered. Neither headers nor bodies are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// Counts all requests from 1.
    pub number: u64,
    /// When, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// For which vendor, if the path belongs to one.
    pub provider: Option<Provider>,
    /// The method.
    pub method: Method,
    /// The path and query as sent.
    pub path: String,
    /// The `operationId`, if method and path are those of an operation.
    pub operation: Option<&'static str>,
    /// What was answered.
    pub status: StatusCode,
}

/// The newest requests.
#[derive(Debug, Default)]
pub(crate) struct Log(VecDeque<Seen>);

impl Log {
    pub(crate) fn push(&mut self, seen: Seen) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(seen);
    }

    pub(crate) fn all(&self) -> Vec<Seen> {
        self.0.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
