//! A journal in memory: it lasts as long as the process.

use super::{Contents, Entry, Holder, Lease, LockGuard, LockKey, Locking, Store};
use certfleet::Result;
use chrono::Utc;
use futures_util::{FutureExt, future, future::BoxFuture};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

type Leases = Arc<Mutex<BTreeMap<LockKey, Lease>>>;

/// Entries in memory.
#[derive(Debug, Default)]
pub(super) struct Memory {
    entries: Mutex<Vec<Entry>>,
    leases: Leases,
}

/// A lock that is held.
struct Held {
    leases: Leases,
    key: LockKey,
}

impl Drop for Held {
    fn drop(&mut self) {
        open(&self.leases).remove(&self.key);
    }
}

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store for Memory {
    fn place(&self) -> String {
        "the memory of this process".to_owned()
    }

    fn read(&self) -> BoxFuture<'_, Result<Contents>> {
        let contents = Contents {
            entries: open(&self.entries).clone(),
            damaged: Vec::new(),
        };
        future::ready(Ok(contents)).boxed()
    }

    fn append<'a>(&'a self, entry: Entry, _: &'a LockGuard) -> BoxFuture<'a, Result<()>> {
        open(&self.entries).push(entry);
        future::ready(Ok(())).boxed()
    }

    fn try_lock(&self, key: LockKey, holder: Holder) -> BoxFuture<'_, Result<Locking>> {
        let mut leases = open(&self.leases);
        let locking = if let Some(lease) = leases.get(&key) {
            Locking::Busy(Some(Box::new(lease.clone())))
        } else {
            let lease = Lease {
                provider: key.provider,
                account: key.account.clone(),
                holder: holder.clone(),
                since: Utc::now(),
                until: None,
                has_ended: false,
            };
            leases.insert(key.clone(), lease);
            let held = Held {
                leases: Arc::clone(&self.leases),
                key: key.clone(),
            };
            Locking::Taken(LockGuard::new(key, holder, held))
        };
        future::ready(Ok(locking)).boxed()
    }

    fn leases(&self) -> BoxFuture<'_, Result<Vec<Lease>>> {
        let leases = open(&self.leases).values().cloned().collect();
        future::ready(Ok(leases)).boxed()
    }
}
