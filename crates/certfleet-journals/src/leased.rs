//! A store over an engine: what is read is kept, leases are renewed while they are held, and given back.

use crate::{
    background::Background,
    cache::Cache,
    engine::{Engine, Found, NewEntry},
};
use certfleet::{Error, ErrorKind, Result};
use certfleet_changes::journal::{
    Contents, Entry, Event, Holder, Lease, LockGuard, LockKey, Locking, Store,
};
use futures_util::{FutureExt, future::BoxFuture};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};
use tokio::{sync::oneshot, time::sleep};

/// How long a lease lasts after its holder was heard of for the last time. A machine that is gone holds up the others
/// for so long.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// How often its holder says that it lives.
const RENEW_EVERY: Duration = Duration::from_secs(10);

/// How soon a renewal that failed is tried again: a server that was away for a moment costs no lease.
const RENEW_AGAIN: Duration = Duration::from_secs(1);

/// How long the taking of a lease waits where it changed while it was looked at.
const TAKE_AGAIN: Duration = Duration::from_millis(100);

/// How long after it was heard of a holder sends under its lease without asking again: a third of the lease is left
/// then for what is on its way.
const FRESH: Duration = Duration::from_secs(20);

/// The leases that this process is giving back; their end is waited for before they are taken again.
type Releasing = Arc<Mutex<HashMap<LockKey, oneshot::Receiver<()>>>>;

/// A store that several machines share.
#[derive(Debug)]
pub(crate) struct Leased<E> {
    inner: Arc<Inner<E>>,
    releasing: Releasing,
    background: Arc<Background>,
}

impl<E> Clone for Leased<E> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            releasing: Arc::clone(&self.releasing),
            background: Arc::clone(&self.background),
        }
    }
}

#[derive(Debug)]
struct Inner<E> {
    engine: E,
    cache: tokio::sync::Mutex<Cache>,
}

/// A lease that is held.
struct Held {
    key: LockKey,
    state: Arc<Mutex<State>>,
    stop: Option<oneshot::Sender<()>>,
    released: Option<oneshot::Receiver<()>>,
    releasing: Releasing,
    // Last: its thread lives until the lease is given back.
    _background: Arc<Background>,
}

/// What is known of a lease that is held.
#[derive(Debug)]
struct State {
    is_lost: bool,
    /// When the last request that the store granted was made. A clock that stands still while the machine sleeps, and
    /// one that does not.
    heard: (Instant, SystemTime),
}

impl State {
    fn is_fresh(&self) -> bool {
        let is_recent = |age: Duration| age < FRESH;
        is_recent(self.heard.0.elapsed()) && self.heard.1.elapsed().is_ok_and(is_recent)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(released) = self.released.take() {
            open(&self.releasing).insert(self.key.clone(), released);
        }
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

fn open<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> (Instant, SystemTime) {
    (Instant::now(), SystemTime::now())
}

impl<E: Engine> Leased<E> {
    /// Returns a store over an engine that was opened on its thread.
    pub(crate) fn new(engine: E, background: Background) -> Self {
        Self {
            inner: Arc::new(Inner {
                engine,
                cache: tokio::sync::Mutex::default(),
            }),
            releasing: Releasing::default(),
            background: Arc::new(background),
        }
    }

    fn held(&self, key: LockKey, holder: Holder, heard: (Instant, SystemTime)) -> LockGuard {
        let (stop, stopped) = oneshot::channel();
        let (done, released) = oneshot::channel();
        let state = Arc::new(Mutex::new(State {
            is_lost: false,
            heard,
        }));
        let keeping = keep(
            Arc::clone(&self.inner),
            key.clone(),
            holder.clone(),
            Arc::clone(&state),
            stopped,
        );
        self.background.begin(async move {
            keeping.await;
            let _ = done.send(());
        });
        let held = Held {
            key: key.clone(),
            state,
            stop: Some(stop),
            released: Some(released),
            releasing: Arc::clone(&self.releasing),
            _background: Arc::clone(&self.background),
        };
        LockGuard::new(key, holder, held)
    }

    fn lost(&self, lock: &LockGuard) -> Error {
        let LockKey { provider, account } = lock.key();
        let error = Error::new(
            ErrorKind::Journal,
            format!(
                "another process has taken over the lock of this account in the journal {}, because this one was not heard of for {} seconds",
                self.inner.engine.place(),
                LEASE.as_secs()
            ),
        );
        error
            .with_context(format!("{provider}/{account}"))
            .with_advice("See certfleet journal for what it did, then resume")
    }
}

/// Says that the holder of a lease lives until it is dropped, then gives the lease back.
async fn keep<E: Engine>(
    inner: Arc<Inner<E>>,
    key: LockKey,
    holder: Holder,
    state: Arc<Mutex<State>>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut pause = RENEW_EVERY;
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            () = sleep(pause) => {}
        }
        if !open(&state).is_lost {
            // A failure is told by what is sent next, once the lease is not fresh any more.
            let renewed = renew(&inner.engine, &key, &holder, &state).await;
            pause = if renewed.is_ok() {
                RENEW_EVERY
            } else {
                RENEW_AGAIN
            };
        }
    }
    let is_lost = open(&state).is_lost;
    if !is_lost {
        // What cannot be given back ends by itself.
        let _ = inner.engine.release(&key, &holder).await;
    }
}

/// Puts off the end of a lease. Returns whether it is still held.
async fn renew(
    engine: &impl Engine,
    key: &LockKey,
    holder: &Holder,
    state: &Mutex<State>,
) -> Result<bool> {
    let asked = now();
    let is_held = engine.renew(key, holder).await?;
    let mut state = open(state);
    if is_held {
        state.heard = asked;
    } else {
        state.is_lost = true;
    }
    Ok(is_held)
}

/// Takes a lease, or says who holds it.
async fn take<E: Engine>(engine: &E, key: &LockKey, holder: &Holder) -> Result<Option<Found>> {
    loop {
        if engine.acquire(key, holder).await? {
            return Ok(None);
        }
        let found = engine.leases(Some(key)).await?.into_iter().next();
        // Given back meanwhile.
        let Some(found) = found else { continue };
        if found.lease.holder.id == holder.id {
            return Ok(None);
        }
        if !found.lease.has_ended {
            return Ok(Some(found));
        }
        let entry = NewEntry::new(Entry::taken_over(&found.lease, holder, found.now));
        if engine.take_over(&found.lease, holder, &entry).await? {
            return Ok(None);
        }
        sleep(TAKE_AGAIN).await;
    }
}

impl<E: Engine> Store for Leased<E> {
    fn place(&self) -> String {
        self.inner.engine.place()
    }

    fn read(&self) -> BoxFuture<'_, Result<Contents>> {
        let inner = Arc::clone(&self.inner);
        let reading = async move {
            let mut cache = inner.cache.lock().await;
            cache.update(&inner.engine).await?;
            Ok(cache.contents())
        };
        self.background.run(reading).boxed()
    }

    fn append<'a>(&'a self, entry: Entry, lock: &'a LockGuard) -> BoxFuture<'a, Result<()>> {
        async move {
            let (inner, holder) = (Arc::clone(&self.inner), lock.holder().clone());
            let (new, key) = (NewEntry::new(entry), lock.key().clone());
            let appending = async move {
                if matches!(new.entry.event, Event::Begun(_)) {
                    let mut cache = inner.cache.lock().await;
                    cache.update(&inner.engine).await?;
                    cache.ensure_readable(&key, &inner.engine.place())?;
                }
                inner.engine.append(&new, &holder).await
            };
            if self.background.run(appending).await? {
                return Ok(());
            }
            if let Some(held) = lock.held::<Held>() {
                open(&held.state).is_lost = true;
            }
            Err(self.lost(lock))
        }
        .boxed()
    }

    fn try_lock(&self, key: LockKey, holder: Holder) -> BoxFuture<'_, Result<Locking>> {
        async move {
            let given_back = open(&self.releasing).remove(&key);
            if let Some(given_back) = given_back {
                let _ = given_back.await;
            }
            let store = self.clone();
            // Where the caller does not wait for its end, the guard is dropped, and so the lease given back.
            let taking = async move {
                let asked = now();
                Ok(match take(&store.inner.engine, &key, &holder).await? {
                    None => Locking::Taken(store.held(key, holder, asked)),
                    Some(found) => Locking::Busy(Some(Box::new(found.lease))),
                })
            };
            self.background.run(taking).await
        }
        .boxed()
    }

    fn confirm<'a>(&'a self, lock: &'a LockGuard) -> BoxFuture<'a, Result<()>> {
        async move {
            let Some(held) = lock.held::<Held>() else {
                return Err(self.lost(lock));
            };
            let (is_lost, is_fresh) = {
                let state = open(&held.state);
                (state.is_lost, state.is_fresh())
            };
            if is_lost {
                return Err(self.lost(lock));
            }
            if is_fresh {
                return Ok(());
            }
            let (inner, state) = (Arc::clone(&self.inner), Arc::clone(&held.state));
            let (key, holder) = (lock.key().clone(), lock.holder().clone());
            let renewing = async move { renew(&inner.engine, &key, &holder, &state).await };
            if self.background.run(renewing).await? {
                Ok(())
            } else {
                Err(self.lost(lock))
            }
        }
        .boxed()
    }

    fn leases(&self) -> BoxFuture<'_, Result<Vec<Lease>>> {
        let inner = Arc::clone(&self.inner);
        let reading = async move {
            let found = inner.engine.leases(None).await?;
            Ok(found.into_iter().map(|one| one.lease).collect())
        };
        self.background.run(reading).boxed()
    }
}
