//! The journal: what was about to be done, and what became of it.
//!
//! A line is written and flushed to the disk before a change is sent, and another when its outcome
//! is known. After a crash, what has no outcome is what [`Writer::resume`](crate::Writer::resume)
//! looks for.

mod asked_by;
mod contents;
mod entry;
mod file;
mod file_lock;
mod holder;
mod memory;
mod operation_id;
mod saved;
mod store;

pub use asked_by::AskedBy;
pub use contents::{Contents, Damaged, PendingChange, Position};
pub use entry::{About, Ending, Entry, Event, Intent};
pub use holder::{Holder, Lease, Takeover};
pub use operation_id::OperationId;
pub use saved::Saved;
pub use store::{LockGuard, LockKey, Locking, Store};

pub(crate) use saved::pem;

use crate::rotation::Rotation;
use certfleet::{Account, Error, ErrorKind, Result};
use file::File;
use memory::Memory;
use std::{
    collections::HashMap,
    fmt,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::OwnedMutexGuard, time::Instant};

/// How many milliseconds pass before a lock that another process of this machine holds is tried again: random, so that
/// many processes do not come back together.
const LOCK_AGAIN_AFTER_MS: RangeInclusive<u64> = 5..=50;

/// The same where the lock is a lease in a store that is asked over a network.
const LEASE_AGAIN_AFTER_MS: RangeInclusive<u64> = 200..=600;

/// Is told whose lease is waited for.
type OnWaiting = Arc<dyn Fn(&Lease) + Send + Sync>;

/// Where entries are kept. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Journal {
    inner: Arc<Inner>,
    on_waiting: Option<OnWaiting>,
}

#[derive(Debug)]
struct Inner {
    store: Box<dyn Store>,
    /// The locks of accounts within this process.
    locks: Mutex<HashMap<LockKey, Arc<tokio::sync::Mutex<()>>>>,
    /// When this process began what is pending, by the monotonic clock.
    begun: Mutex<HashMap<OperationId, Instant>>,
}

/// Holds the lock of one account: no other change of it is made through this journal, in this process or
/// another, until it is dropped.
#[derive(Debug)]
pub(crate) struct AccountLock {
    // The other processes' turn comes before this one's next task's.
    between_processes: LockGuard,
    inner: Arc<Inner>,
    _within_process: OwnedMutexGuard<()>,
}

impl AccountLock {
    /// Makes sure that it is still held, before something is sent under it.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: another process has taken it over, or may have.
    pub(crate) async fn confirm(&self) -> Result<()> {
        self.inner.store.confirm(&self.between_processes).await
    }
}

impl Journal {
    /// Returns a journal over any store.
    pub fn new(store: impl Store) -> Self {
        Self {
            inner: Arc::new(Inner {
                store: Box::new(store),
                locks: Mutex::default(),
                begun: Mutex::default(),
            }),
            on_waiting: None,
        }
    }

    /// Sets what is told whose lease is waited for, once for each wait. Of a lock that ends with its process nothing is
    /// told.
    #[must_use]
    pub fn on_waiting(mut self, tell: impl Fn(&Lease) + Send + Sync + 'static) -> Self {
        self.on_waiting = Some(Arc::new(tell));
        self
    }

    /// Returns what keeps the entries.
    pub fn store(&self) -> &dyn Store {
        &*self.inner.store
    }

    /// Returns a journal that lasts as long as the process: a crash loses it.
    pub fn memory() -> Self {
        Self::new(Memory::default())
    }

    /// Opens a journal in a file, which is made if it is not there (mode 0600, its folder 0700). Several
    /// processes may share it.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: the file cannot be made or opened, or is a link or another kind of file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Self::new(File::open(path.as_ref())?))
    }

    /// Opens the journal of this machine's user, at [`default_path`](Self::default_path).
    ///
    /// # Errors
    /// As [`open`](Self::open), and where the user has no home.
    pub fn user() -> Result<Self> {
        let path = Self::default_path().ok_or_else(|| {
            Error::new(
                ErrorKind::Journal,
                "there is no home directory to keep the journal in: name a file for it",
            )
        })?;
        Self::open(path)
    }

    /// Returns `$XDG_STATE_HOME/certfleet/journal.jsonl`, else `~/.local/state/certfleet/journal.jsonl`
    /// (Windows: `%LOCALAPPDATA%\certfleet\journal.jsonl`). `None` where the user has no home.
    pub fn default_path() -> Option<PathBuf> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let state = if cfg!(windows) {
            PathBuf::from(variable("LOCALAPPDATA")?)
        } else if let Some(state) = variable("XDG_STATE_HOME") {
            PathBuf::from(state)
        } else {
            PathBuf::from(variable("HOME")?).join(".local/state")
        };
        Some(state.join("certfleet").join("journal.jsonl"))
    }

    /// Returns the file that it is, unless it is kept elsewhere.
    pub fn path(&self) -> Option<&Path> {
        self.inner.store.path()
    }

    /// Reads everything in it. What cannot be read is named, and is not an error.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: the store itself cannot be read.
    pub async fn read(&self) -> Result<Contents> {
        self.inner.store.read().await
    }

    /// Reads the changes that are not known to have ended, oldest first.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn pending(&self) -> Result<Vec<PendingChange>> {
        Ok(self.read().await?.pending())
    }

    /// Reads the last state of every rotation that is not over, oldest first.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn rotations(&self) -> Result<Vec<Rotation>> {
        Ok(self.read().await?.rotations())
    }

    /// Appends an entry of the account whose lock is held. When it returns, the entry is on the disk.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: it could not be written, or another process has taken the lock over.
    pub(crate) async fn append(&self, entry: Entry, turn: &AccountLock) -> Result<()> {
        let operation = entry.operation.clone();
        let begins = match &entry.event {
            Event::Begun(_) => Some(true),
            Event::Ended(ending) if ending.is_final() => Some(false),
            Event::Ended(_) | Event::Rotation(_) | Event::TakenOver(_) => None,
        };
        self.inner
            .store
            .append(entry, &turn.between_processes)
            .await?;
        let mut begun = self
            .inner
            .begun
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match begins {
            Some(true) => drop(begun.insert(operation, Instant::now())),
            Some(false) => drop(begun.remove(&operation)),
            None => {}
        }
        Ok(())
    }

    /// Returns when this process began a change that is pending; `None` where another did.
    pub(crate) fn begun_here(&self, operation: &OperationId) -> Option<Instant> {
        let begun = self
            .inner
            .begun
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        begun.get(operation).copied()
    }

    /// Takes the lock of an account, when its turn comes. Safe to cancel.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: the store cannot lock.
    pub(crate) async fn lock(&self, account: &Account, holder: Holder) -> Result<AccountLock> {
        let key = key(account);
        let within = self.within_process(&key).lock_owned().await;
        let mut is_told = false;
        loop {
            let busy = match self
                .inner
                .store
                .try_lock(key.clone(), holder.clone())
                .await?
            {
                Locking::Taken(between) => return Ok(self.held(between, within)),
                Locking::Busy(busy) => busy.filter(|lease| lease.until.is_some()),
            };
            if let Some(lease) = &busy
                && !std::mem::replace(&mut is_told, true)
            {
                self.tell(lease);
            }
            pause(busy.is_some()).await;
        }
    }

    /// Takes the lock of an account, if no change of it is being made. Where its holder has a lease, waits for the end
    /// that it has now: a holder that lives puts it off before.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: one is, in this process or another; or the store cannot lock.
    pub(crate) async fn try_lock(&self, account: &Account, holder: Holder) -> Result<AccountLock> {
        let key = key(account);
        let within = self.within_process(&key).try_lock_owned();
        let within = within.map_err(|_| busy(account, None))?;
        let mut waited_for: Option<Box<Lease>> = None;
        loop {
            let lease = match self
                .inner
                .store
                .try_lock(key.clone(), holder.clone())
                .await?
            {
                Locking::Taken(between) => return Ok(self.held(between, within)),
                Locking::Busy(Some(lease)) if lease.until.is_some() => lease,
                Locking::Busy(other) => return Err(busy(account, other.as_deref())),
            };
            match &waited_for {
                None => {
                    self.tell(&lease);
                    waited_for = Some(lease);
                }
                Some(first) if first.holder != lease.holder || first.until != lease.until => {
                    return Err(busy(account, Some(&lease)));
                }
                Some(_) => {}
            }
            pause(true).await;
        }
    }

    fn held(&self, between: LockGuard, within: OwnedMutexGuard<()>) -> AccountLock {
        AccountLock {
            between_processes: between,
            inner: Arc::clone(&self.inner),
            _within_process: within,
        }
    }

    fn tell(&self, lease: &Lease) {
        if let Some(tell) = &self.on_waiting {
            tell(lease);
        }
    }

    fn within_process(&self, key: &LockKey) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self
            .inner
            .locks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(locks.entry(key.clone()).or_default())
    }
}

fn key(account: &Account) -> LockKey {
    LockKey {
        provider: account.provider(),
        account: account.name().to_owned(),
    }
}

/// Waits before a lock is tried again. No thread waits in the system for it: a process that is told to stop could not
/// end.
async fn pause(is_lease: bool) {
    let pause = fastrand::u64(if is_lease {
        LEASE_AGAIN_AFTER_MS
    } else {
        LOCK_AGAIN_AFTER_MS
    });
    tokio::time::sleep(Duration::from_millis(pause)).await;
}

fn busy(account: &Account, lease: Option<&Lease>) -> Error {
    let by = lease.map_or_else(String::new, |lease| {
        let since = lease.since.format("%Y-%m-%d %H:%M:%S UTC");
        format!(": {} has its lock since {since}", lease.holder)
    });
    Error::new(
        ErrorKind::Journal,
        format!("another change of this account is being applied with the same journal{by}"),
    )
    .with_context(account.full_name())
    .with_advice("Wait for its end, then resume what is still pending")
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Journal").field(&self.inner).finish()
    }
}
