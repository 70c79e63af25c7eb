//! A writer whose lock another process took over: it sends nothing more, and says why.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use certfleet::{
    Account, CertificateId, Change, Connection, Effect, Error, ErrorKind, Result,
    change::Rename,
    openai::{Credentials, OpenAi},
};
use certfleet_changes::{
    ConsequenceKind, Journal, Writer,
    journal::{AskedBy, Contents, Entry, Holder, Lease, LockGuard, LockKey, Locking, Store},
};
use certfleet_sandbox::{OPENAI_ADMIN_KEY, Provider, Sandbox};
use chrono::{TimeDelta, Utc};
use futures_util::{FutureExt as _, future, future::BoxFuture};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// A store whose leases are taken over when a test says so, and which tells then.
#[derive(Clone, Debug, Default)]
struct Shared {
    entries: Arc<Mutex<Vec<Entry>>>,
    is_taken_over: Arc<AtomicBool>,
    /// After so many entries it is.
    after: Arc<AtomicUsize>,
    /// Who has the lease of every account, if another process has.
    other: Arc<Mutex<Option<Lease>>>,
    tries: Arc<AtomicUsize>,
}

fn taken_over() -> Error {
    Error::new(
        ErrorKind::Journal,
        "another process has taken over the lock",
    )
}

impl Store for Shared {
    fn place(&self) -> String {
        "a test".to_owned()
    }

    fn read(&self) -> BoxFuture<'_, Result<Contents>> {
        let entries = self.entries.lock().unwrap().clone();
        future::ready(Ok(Contents::new(entries, Vec::new()))).boxed()
    }

    fn append<'a>(&'a self, entry: Entry, _: &'a LockGuard) -> BoxFuture<'a, Result<()>> {
        if self.is_taken_over.load(Ordering::SeqCst) {
            return future::ready(Err(taken_over())).boxed();
        }
        let mut entries = self.entries.lock().unwrap();
        entries.push(entry);
        let is_now = entries.len() >= self.after.load(Ordering::SeqCst);
        self.is_taken_over.store(is_now, Ordering::SeqCst);
        future::ready(Ok(())).boxed()
    }

    fn try_lock(&self, key: LockKey, holder: Holder) -> BoxFuture<'_, Result<Locking>> {
        self.tries.fetch_add(1, Ordering::SeqCst);
        let locking = match &*self.other.lock().unwrap() {
            Some(lease) => Locking::Busy(Some(Box::new(lease.clone()))),
            None => Locking::Taken(LockGuard::new(key, holder, ())),
        };
        future::ready(Ok(locking)).boxed()
    }

    fn confirm<'a>(&'a self, _: &'a LockGuard) -> BoxFuture<'a, Result<()>> {
        let is_lost = self.is_taken_over.load(Ordering::SeqCst);
        future::ready(if is_lost { Err(taken_over()) } else { Ok(()) }).boxed()
    }

    fn leases(&self) -> BoxFuture<'_, Result<Vec<Lease>>> {
        let leases = self.other.lock().unwrap().iter().cloned().collect();
        future::ready(Ok(leases)).boxed()
    }
}

fn writer(sandbox: &Sandbox, journal: &Journal) -> Writer {
    let accounts = sandbox.accounts();
    let mut accounts = accounts.iter();
    let own = accounts.find(|one| one.provider == Provider::OpenAi);
    let connection = Connection::default()
        .base_url(format!("https://sandbox{}", own.unwrap().base_path))
        .transport(Arc::new(sandbox.clone()));
    let key = Credentials::AdminKey(OPENAI_ADMIN_KEY.into());
    let account = OpenAi::new("openai", key, Vec::new(), connection).unwrap();
    Writer::new(Account::new(account), journal.clone())
        .acknowledging(ConsequenceKind::ALL.iter().copied())
}

fn rename(sandbox: &Sandbox, writer: &Writer) -> Change {
    let snapshot = sandbox.snapshot();
    let record = snapshot.of(Provider::OpenAi).next().unwrap();
    let account = writer.account();
    Change::Rename(Rename {
        id: CertificateId::new(account.provider(), account.name(), record.id.clone()),
        name: "another".to_owned(),
    })
}

fn writes(sandbox: &Sandbox) -> usize {
    let requests = sandbox.requests();
    requests.iter().filter(|seen| seen.method != "GET").count()
}

/// It stood still between the journal's entry and the request.
#[tokio::test(start_paused = true)]
async fn nothing_is_sent_under_a_lock_that_is_lost() {
    let (sandbox, store) = (Sandbox::new(), Shared::default());
    store.after.store(1, Ordering::SeqCst);
    let journal = Journal::new(store.clone());
    let writer = writer(&sandbox, &journal);
    let change = rename(&sandbox, &writer);
    let error = writer.apply(change.clone()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Journal, Effect::None)
    );
    assert!(error.to_string().contains("taken over"), "{error}");
    assert_eq!(writes(&sandbox), 0);
    // Whoever took it over finds the change pending.
    assert_eq!(journal.pending().await.unwrap().len(), 1);

    // The same change goes through where the lock is kept.
    store.after.store(usize::MAX, Ordering::SeqCst);
    store.is_taken_over.store(false, Ordering::SeqCst);
    writer.apply(change).await.unwrap();
    assert_eq!(writes(&sandbox), 1);
}

fn lease(seconds: i64) -> Lease {
    let holder = Holder::new(&AskedBy::new("ada", "one"), "rename");
    let key = serde_json::json!({
        "provider": "openai", "account": "openai", "holder": holder,
        "since": Utc::now(), "until": Utc::now() + TimeDelta::seconds(seconds),
    });
    serde_json::from_value(key).unwrap()
}

/// `resume` waits for a holder that is not heard of, and for none that lives.
#[tokio::test(start_paused = true)]
async fn resuming_waits_for_the_end_of_a_lease_and_not_for_its_holder() {
    let (sandbox, store) = (Sandbox::new(), Shared::default());
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let journal = Journal::new(store.clone()).on_waiting(move |lease| {
        assert_eq!(lease.holder.host, "one");
        count.fetch_add(1, Ordering::SeqCst);
    });
    let writer = writer(&sandbox, &journal);

    // It is taken over after a while: the store has it free for whoever asks.
    *store.other.lock().unwrap() = Some(lease(30));
    let freed = async {
        while store.tries.load(Ordering::SeqCst) < 5 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        *store.other.lock().unwrap() = None;
    };
    let (resumed, ()) = tokio::join!(writer.resume(), freed);
    assert!(resumed.unwrap().is_empty());
    assert_eq!(told.load(Ordering::SeqCst), 1);

    // Its holder lives: it puts its end off.
    let first = lease(30);
    *store.other.lock().unwrap() = Some(first.clone());
    let before = store.tries.load(Ordering::SeqCst);
    let renewed = async {
        while store.tries.load(Ordering::SeqCst) < before + 5 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let until = first.until.map(|until| until + TimeDelta::seconds(10));
        *store.other.lock().unwrap() = Some(Lease {
            until,
            ..first.clone()
        });
    };
    let (resumed, ()) = tokio::join!(writer.resume(), renewed);
    let error = resumed.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Journal);
    assert!(error.to_string().contains("ada@one"), "{error}");
}
