//! What tests of writes share: accounts of a sandbox whose clock moves, and a transport that loses
//! what passes it.

mod apinizer;
mod cloudflare;
mod openai;
mod patchworks;
// new-provider: module
mod write;

use certfleet::{Account, Certificate, CertificateId, ContentFetch, ListOptions, ProviderId};
use certfleet_changes::{ConsequenceKind, Journal, Writer};
use certfleet_http::{
    BoxFuture, Bytes, Method, RawResponse, Request, SendError, StatusCode, Transport,
};
use certfleet_sandbox::Sandbox;
use futures_util::TryStreamExt;
pub use write::{Again, Write, connector, environment, named, vendor};

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;

/// What happens to a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: it goes through.
    Nothing,
    /// It is carried out, and its answer is lost.
    LostAnswer,
    /// It never arrives, and nobody can tell.
    LostRequest,
    /// It is carried out, and its answer is not of the documented shape.
    UnreadableAnswer,
    /// It is carried out, and its answer never comes.
    Hangs,
    /// It never arrives, and no answer ever comes.
    NeverArrives,
    /// It is not carried out, and answered with this status.
    Status(u16),
}

/// A sandbox whose first so many writes meet a fault. Reads go through.
#[derive(Debug, Clone)]
pub struct Faulty {
    sandbox: Sandbox,
    faults: Arc<Mutex<Vec<Fault>>>,
    writes: Arc<AtomicUsize>,
    bodies: Arc<Mutex<Vec<Bytes>>>,
    hung: Arc<Notify>,
    before: Arc<Mutex<Option<Before>>>,
}

/// Something that happens between a look and a write.
struct Before(Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>);

impl std::fmt::Debug for Before {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Before")
    }
}

impl Faulty {
    /// The faults of the first writes, in their order.
    pub fn new(sandbox: &Sandbox, faults: &[Fault]) -> Self {
        let mut faults = faults.to_vec();
        faults.reverse();
        Self {
            sandbox: sandbox.clone(),
            faults: Arc::new(Mutex::new(faults)),
            writes: Arc::default(),
            bodies: Arc::default(),
            hung: Arc::default(),
            before: Arc::default(),
        }
    }

    /// How many writes were tried.
    pub fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    /// What a future comes to, or `None` where a write hangs in it: it is dropped there, as a crash
    /// would.
    pub async fn until_it_hangs<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.hung.notified() => None,
        }
    }

    /// What happens right before the next write goes out.
    pub fn before_next_write(
        &self,
        before: impl FnOnce() -> BoxFuture<'static, ()> + Send + 'static,
    ) {
        let mut slot = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Before(Box::new(before)));
    }

    /// The bodies of the writes.
    pub fn bodies(&self) -> Vec<Bytes> {
        self.bodies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sets what happens to the next writes.
    pub fn set(&self, faults: &[Fault]) {
        let mut list = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        *list = faults.iter().rev().copied().collect();
    }
}

impl Transport for Faulty {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        Box::pin(async move {
            if request.operation().method == Method::GET {
                return self.sandbox.send(request, body_limit, deadline).await;
            }
            let before = self
                .before
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(Before(before)) = before {
                before().await;
            }
            self.writes.fetch_add(1, Ordering::SeqCst);
            self.bodies
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(request.body().clone());
            let fault = self
                .faults
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop()
                .unwrap_or(Fault::Nothing);
            let answer = |status: u16, body: &'static str| RawResponse {
                status: StatusCode::from_u16(status).unwrap_or_default(),
                headers: [("content-type", "application/json")]
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)))
                    .collect(),
                body: Bytes::from_static(body.as_bytes()),
            };
            match fault {
                Fault::Nothing => self.sandbox.send(request, body_limit, deadline).await,
                Fault::LostRequest => Err(SendError::maybe_sent("connection reset")),
                Fault::LostAnswer => {
                    self.sandbox.send(request, body_limit, deadline).await?;
                    Err(SendError::maybe_sent("connection reset"))
                }
                Fault::Hangs => {
                    self.sandbox.send(request, body_limit, deadline).await?;
                    self.hung.notify_one();
                    std::future::pending().await
                }
                Fault::NeverArrives => {
                    self.hung.notify_one();
                    std::future::pending().await
                }
                Fault::UnreadableAnswer => {
                    let real = self.sandbox.send(request, body_limit, deadline).await?;
                    Ok(RawResponse {
                        body: Bytes::from_static(b"[17]"),
                        ..real
                    })
                }
                Fault::Status(status) => Ok(answer(status, "{}")),
            }
        })
    }
}

/// The first account of a vendor, to be changed, every consequence acknowledged, with a journal in memory. It
/// goes by the sandbox's time.
///
/// # Panics
/// The sandbox has no account there.
pub fn writer(sandbox: &Sandbox, kind: ProviderId, transport: Arc<dyn Transport>) -> Writer {
    plain_writer(sandbox, kind, transport).acknowledging(ConsequenceKind::ALL.iter().copied())
}

/// The first account of a vendor, to be changed, no consequence acknowledged.
///
/// # Panics
/// The sandbox has no account there.
pub fn plain_writer(sandbox: &Sandbox, kind: ProviderId, transport: Arc<dyn Transport>) -> Writer {
    Writer::new(reader(sandbox, kind, transport), Journal::memory())
}

/// The first account of a vendor.
///
/// # Panics
/// The sandbox has no account there.
pub fn reader(sandbox: &Sandbox, kind: ProviderId, transport: Arc<dyn Transport>) -> Account {
    crate::accounts_over(sandbox, transport)
        .into_iter()
        .find(|account| account.provider() == kind)
        .expect("an account")
}

/// What an account lists, with contents.
///
/// # Panics
/// It cannot be listed.
pub async fn listed(account: &Account) -> Vec<Certificate> {
    account
        .list(ListOptions::content(ContentFetch::Fetch))
        .try_collect()
        .await
        .expect("a listing")
}

/// The address of a record of an account.
pub fn id(account: &Account, native: &str) -> CertificateId {
    CertificateId::new(account.provider(), account.name(), native)
}

/// Every write of every vendor.
pub fn all() -> Vec<Write> {
    [
        openai::all(),
        cloudflare::all(),
        patchworks::all(),
        apinizer::all(),
        // new-provider: writes
    ]
    .into_iter()
    .flatten()
    .collect()
}
