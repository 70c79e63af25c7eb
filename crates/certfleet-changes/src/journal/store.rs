//! What keeps a journal's entries: the trait that other stores implement.

use super::{Contents, Entry, Holder, Lease};
use certfleet::{ProviderId, Result};
use futures_util::{FutureExt, future, future::BoxFuture};
use std::{any::Any, fmt::Debug, path::Path};

/// Keeps the entries of a journal. Several processes, on several machines, may share one store; what it promises, it
/// promises to all of them. `certfleet_conformance::journal` holds a store against these promises.
///
/// - Entries have one order, the same for every reader. None is ever changed, moved or taken away.
/// - An account's lock is held by one process at a time. A store of one machine gives it back when the process ends.
///   A store of several gives a lease: it ends unless its holder is heard of, by the clock of the store and never by
///   those of two machines. Who takes it over after its end is in the journal ([`Event::TakenOver`](super::Event))
///   before the lock is given out.
/// - What is appended under a lock that another process has taken over is refused by the store. So what a process has
///   read under its lock is still so when its entry is in place.
pub trait Store: Debug + Send + Sync + 'static {
    /// Returns the file that it is, where it is one.
    fn path(&self) -> Option<&Path> {
        None
    }

    /// Returns where it is, for people. It holds no secret.
    fn place(&self) -> String;

    /// Reads everything. What cannot be read is named in the contents, and is not an error.
    fn read(&self) -> BoxFuture<'_, Result<Contents>>;

    /// Appends one entry of the account whose lock is held. When it returns, the entry outlasts a loss of power. Where
    /// it fails because the lock was taken over, the entry is not there.
    fn append<'a>(&'a self, entry: Entry, lock: &'a LockGuard) -> BoxFuture<'a, Result<()>>;

    /// Takes the lock of an account. Does not wait for another process.
    fn try_lock(&self, key: LockKey, holder: Holder) -> BoxFuture<'_, Result<Locking>>;

    /// Makes sure that a lock is still held, before something is sent under it. Asks the store only where it was not
    /// heard of for so long that another process may have taken the lock over.
    fn confirm<'a>(&'a self, lock: &'a LockGuard) -> BoxFuture<'a, Result<()>> {
        let _ = lock;
        future::ready(Ok(())).boxed()
    }

    /// Returns the locks that are held, and the leases that have ended and were not given back.
    fn leases(&self) -> BoxFuture<'_, Result<Vec<Lease>>>;
}

/// The account that a lock is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockKey {
    /// The provider.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
}

/// What became of taking a lock.
#[derive(Debug)]
pub enum Locking {
    /// It is held.
    Taken(LockGuard),
    /// Another process holds it, as far as is known which.
    Busy(Option<Box<Lease>>),
}

/// Holds a lock of a [`Store`] until it is dropped.
pub struct LockGuard {
    key: LockKey,
    holder: Holder,
    held: Box<dyn Any + Send + Sync>,
}

impl LockGuard {
    /// Returns a guard whose drop gives the lock back.
    pub fn new(key: LockKey, holder: Holder, held: impl Any + Send + Sync) -> Self {
        Self {
            key,
            holder,
            held: Box::new(held),
        }
    }

    /// Returns the account whose lock it is.
    pub fn key(&self) -> &LockKey {
        &self.key
    }

    /// Returns who holds it.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Returns what the store gave to [`new`](Self::new), where it is of this type.
    pub fn held<T: Any>(&self) -> Option<&T> {
        self.held.downcast_ref()
    }
}

impl Debug for LockGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let LockKey { provider, account } = &self.key;
        write!(f, "LockGuard({provider}/{account}, {})", self.holder)
    }
}
