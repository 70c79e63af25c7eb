//! What keeps a journal's entries: the trait that other stores implement.

use super::{Contents, Entry};
use certfleet::{ProviderId, Result};
use futures_util::future::BoxFuture;
use std::{any::Any, fmt::Debug, path::Path};

/// Keeps the entries of a journal. Several processes may share one store; what it promises, it promises
/// to all of them.
pub trait Store: Debug + Send + Sync + 'static {
    /// Returns the file that it is, where it is one.
    fn path(&self) -> Option<&Path> {
        None
    }

    /// Reads everything. What cannot be read is named in the contents, and is not an error.
    fn read(&self) -> BoxFuture<'_, Result<Contents>>;

    /// Appends one entry. When it returns, the entry outlasts a loss of power.
    fn append(&self, entry: Entry) -> BoxFuture<'_, Result<()>>;

    /// Takes the lock of an account that no two processes hold at the same time, until what it returns is
    /// dropped. Does not wait: `None` where another process holds it.
    fn try_lock(&self, key: LockKey) -> BoxFuture<'_, Result<Option<LockGuard>>>;
}

/// The account that a lock is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockKey {
    /// The provider.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
}

/// Holds a lock of a [`Store`] until it is dropped.
pub struct LockGuard(
    #[allow(dead_code, reason = "its drop is what counts")] Box<dyn Any + Send + Sync>,
);

impl LockGuard {
    /// Returns a guard whose drop gives the lock back.
    pub fn new(held: impl Any + Send + Sync) -> Self {
        Self(Box::new(held))
    }
}

impl Debug for LockGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LockGuard")
    }
}
