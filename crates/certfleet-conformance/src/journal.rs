//! The rules for a journal's store.

use crate::report::{Kept, Report, ensure};
use certfleet::{CertificateId, Change, Error, ErrorKind, ProviderId, Result, change::Rename};
use certfleet_changes::{
    Journal,
    journal::{AskedBy, Entry, Event, Holder, LockGuard, LockKey, Locking, Store},
};
use futures_util::{
    future::{BoxFuture, join_all},
    stream::{self, StreamExt as _},
};
use serde_json::json;
use std::time::Duration;

/// How many tasks write at once.
const WRITERS: usize = 64;

/// How many openings they share.
const OPENINGS: usize = 4;

/// How often a lock is tried again before it counts as never given back, and how long after.
const TRIES: usize = 600;
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// A store that is held against the rules. It is empty in the beginning.
pub trait JournalBench: Sync {
    /// Opens it, as a process on another machine would.
    fn open(&self) -> BoxFuture<'_, Result<Journal>>;

    /// Moves the end of a lease into the past, by the clock of the store. `false` where locks end with their process.
    fn end_lease<'a>(&'a self, key: &'a LockKey) -> BoxFuture<'a, bool>;

    /// Adds an entry of an account that a newer version wrote, and which this one cannot read. `false` where that is
    /// not possible.
    fn add_unreadable<'a>(&'a self, key: &'a LockKey) -> BoxFuture<'a, bool>;
}

/// Holds a store against every rule.
pub async fn journal(name: &str, bench: &dyn JournalBench) -> Report {
    let mut report = Report::of(name);
    report.rule("entries have one order", order(bench).await);
    report.rule("a lock is held by one", exclusion(bench).await);
    report.rule("looking and beginning are one step", writers(bench).await);
    match bench.end_lease(&key("never locked")).await {
        true => {
            report.rule(
                "a lease that was not taken over is still held",
                ended(bench).await,
            );
            report.rule(
                "a takeover is in the journal, and fences",
                takeover(bench).await,
            );
            report.rule("takeovers are one at a time", takeovers(bench).await);
        }
        false => {
            let why = "its locks end with their process";
            report.skip("a lease that was not taken over is still held", why);
            report.skip("a takeover is in the journal, and fences", why);
            report.skip("takeovers are one at a time", why);
        }
    }
    let name = "what a newer version wrote is named";
    match unreadable(bench).await {
        Ok(0) => report.skip(name, "nothing can be added to it from outside"),
        kept => report.rule(name, kept),
    }
    report
}

fn key(account: &str) -> LockKey {
    LockKey {
        provider: ProviderId::OPENAI,
        account: account.to_owned(),
    }
}

fn holder(host: &str) -> Holder {
    Holder::new(&AskedBy::new("ada", host), "conformance")
}

/// An entry that begins a change.
fn begun(key: &LockKey, name: &str) -> std::result::Result<Entry, String> {
    let change = Change::Rename(Rename {
        id: CertificateId::new(key.provider, key.account.clone(), "cert_1"),
        name: name.to_owned(),
    });
    let entry = json!({
        "at": "2026-11-22T12:00:00Z",
        "operation": name,
        "provider": key.provider,
        "account": key.account,
        "event": { "begun": { "change": change, "seen": [] } },
    });
    serde_json::from_value(entry).map_err(|why| why.to_string())
}

fn text(error: Error) -> String {
    format!("{error} ({:?})", error.kind())
}

async fn open(bench: &dyn JournalBench) -> std::result::Result<Journal, String> {
    bench.open().await.map_err(text)
}

/// Takes a lock as soon as it is given back.
async fn lock(
    store: &dyn Store,
    key: &LockKey,
    host: &str,
) -> std::result::Result<LockGuard, String> {
    for _ in 0..TRIES {
        match store
            .try_lock(key.clone(), holder(host))
            .await
            .map_err(text)?
        {
            Locking::Taken(guard) => return Ok(guard),
            Locking::Busy(_) => tokio::time::sleep(AGAIN_AFTER).await,
        }
    }
    Err(format!("the lock of {} is never given back", key.account))
}

async fn append(
    store: &dyn Store,
    guard: &LockGuard,
    name: &str,
) -> std::result::Result<(), String> {
    let entry = begun(guard.key(), name)?;
    store.append(entry, guard).await.map_err(text)
}

/// The operations of an account's entries, in their order.
async fn operations(store: &dyn Store, key: &LockKey) -> std::result::Result<Vec<String>, String> {
    let contents = store.read().await.map_err(text)?;
    let of_account = contents
        .entries
        .iter()
        .filter(|entry| entry.account == key.account);
    Ok(of_account
        .map(|entry| match &entry.event {
            Event::TakenOver(takeover) => {
                format!("{} from {}", takeover.by.host, takeover.from.host)
            }
            _ => entry.operation.to_string(),
        })
        .collect())
}

fn ensure_same(found: &[String], wanted: &[&str]) -> std::result::Result<(), String> {
    ensure(found == wanted, || format!("{found:?}, not {wanted:?}"))
}

async fn order(bench: &dyn JournalBench) -> Kept {
    let (one, other) = (open(bench).await?, open(bench).await?);
    let (a, b) = (key("order"), key("order of another"));
    let guards = [
        lock(one.store(), &a, "one").await?,
        lock(other.store(), &b, "other").await?,
    ];
    let mut wanted = Vec::new();
    for number in 0..10 {
        let name = format!("order-{number}");
        let (store, guard) = match number % 3 {
            0 => (other.store(), &guards[1]),
            _ => (one.store(), &guards[0]),
        };
        append(store, guard, &name).await?;
        wanted
            .push(serde_json::to_value(begun(guard.key(), &name)?).map_err(|why| why.to_string())?);
        for reader in [&one, &other] {
            let contents = reader.store().read().await.map_err(text)?;
            let found = serde_json::to_value(&contents.entries).map_err(|why| why.to_string())?;
            ensure(found == json!(wanted), || {
                format!("after {number}: {found:#}")
            })?;
        }
    }
    Ok(wanted.len())
}

async fn exclusion(bench: &dyn JournalBench) -> Kept {
    let (one, other) = (open(bench).await?, open(bench).await?);
    let key = key("exclusion");
    let held = lock(one.store(), &key, "one").await?;
    for store in [one.store(), other.store()] {
        let tried = store
            .try_lock(key.clone(), holder("late"))
            .await
            .map_err(text)?;
        let Locking::Busy(lease) = tried else {
            return Err("two have it".to_owned());
        };
        let known = lease.is_none_or(|lease| lease.holder == *held.holder());
        ensure(known, || "another holder is said to have it".to_owned())?;
        store.confirm(&held).await.map_err(text)?;
    }
    let leases = other.store().leases().await.map_err(text)?;
    let is_named = leases.iter().any(|lease| lease.holder == *held.holder());
    ensure(is_named, || {
        format!("who has it is not among the leases: {leases:?}")
    })?;
    drop(held);
    let next = lock(other.store(), &key, "other").await?;
    drop(next);
    drop(lock(one.store(), &key, "one").await?);
    Ok(3)
}

/// Many look whether something is begun, and begin it where it is not: it is begun once.
async fn writers(bench: &dyn JournalBench) -> Kept {
    let mut journals = Vec::new();
    for _ in 0..OPENINGS {
        journals.push(open(bench).await?);
    }
    let key = key("writers");
    let shared = journals.iter().cycle();
    let writing = (0..WRITERS).zip(shared).map(|(number, journal)| {
        let key = &key;
        async move {
            let store = journal.store();
            let guard = lock(store, key, &format!("host-{number}")).await?;
            let there = operations(store, key).await?;
            if !there.iter().any(|operation| operation == "once") {
                append(store, &guard, "once").await?;
            }
            append(store, &guard, &format!("of {number}")).await
        }
    });
    // All at once where they take turns by themselves.
    let results: Vec<_> = stream::iter(writing)
        .buffer_unordered(WRITERS)
        .collect()
        .await;
    results
        .into_iter()
        .collect::<std::result::Result<Vec<()>, String>>()?;
    let mut all = join_all(journals.iter().map(|one| operations(one.store(), &key))).await;
    let first = all.remove(0)?;
    for other in all {
        ensure(other? == first, || "two readers see two orders".to_owned())?;
    }
    let times = first
        .iter()
        .filter(|operation| *operation == "once")
        .count();
    ensure(times == 1, || format!("begun {times} times"))?;
    let mut each = first.clone();
    each.sort();
    each.dedup();
    ensure(
        each.len() == WRITERS + 1 && first.len() == WRITERS + 1,
        || format!("{} entries of {WRITERS} writers", first.len()),
    )?;
    Ok(WRITERS)
}

async fn ended(bench: &dyn JournalBench) -> Kept {
    let one = open(bench).await?;
    let key = key("ended");
    let held = lock(one.store(), &key, "one").await?;
    bench.end_lease(&key).await;
    let leases = one.store().leases().await.map_err(text)?;
    let lease = leases.iter().find(|lease| lease.account == key.account);
    ensure(lease.is_some_and(|lease| lease.has_ended), || {
        format!("it is not said to have ended: {lease:?}")
    })?;
    append(one.store(), &held, "late").await?;
    one.store().confirm(&held).await.map_err(text)?;
    ensure_same(&operations(one.store(), &key).await?, &["late"])?;
    Ok(1)
}

async fn takeover(bench: &dyn JournalBench) -> Kept {
    let (one, other, third) = (open(bench).await?, open(bench).await?, open(bench).await?);
    let key = key("takeover");
    let slow = lock(one.store(), &key, "slow").await?;
    append(one.store(), &slow, "before").await?;
    bench.end_lease(&key).await;
    let next = lock(other.store(), &key, "next").await?;
    let wanted = ["before", "next from slow"];
    ensure_same(&operations(third.store(), &key).await?, &wanted)?;
    // The slow one comes back: whatever it tries is refused, and stays so.
    for _ in 0..2 {
        let refused = one.store().append(begun(&key, "after")?, &slow).await;
        let kind = refused.map_err(|error| error.kind());
        ensure(kind == Err(ErrorKind::Journal), || {
            format!("not fenced: {kind:?}")
        })?;
        let confirmed = one.store().confirm(&slow).await;
        ensure(confirmed.is_err(), || "said to be held".to_owned())?;
    }
    // And its end gives nothing back.
    drop(slow);
    drop(one);
    let tried = third
        .store()
        .try_lock(key.clone(), holder("third"))
        .await
        .map_err(text)?;
    let by = match &tried {
        Locking::Busy(Some(lease)) => lease.holder == *next.holder(),
        _ => false,
    };
    ensure(by, || format!("it is not the next one's: {tried:?}"))?;
    append(other.store(), &next, "of the next").await?;
    let wanted = ["before", "next from slow", "of the next"];
    ensure_same(&operations(third.store(), &key).await?, &wanted)?;
    Ok(2)
}

/// Many find that a lease has ended: one takes it over.
async fn takeovers(bench: &dyn JournalBench) -> Kept {
    let first = open(bench).await?;
    let key = key("takeovers");
    let gone = lock(first.store(), &key, "gone").await?;
    bench.end_lease(&key).await;
    let mut journals = Vec::new();
    for _ in 0..OPENINGS {
        journals.push(open(bench).await?);
    }
    let shared = journals.iter().cycle();
    let tries = (0..WRITERS / 4).zip(shared).map(|(number, journal)| {
        let store = journal.store();
        store.try_lock(key.clone(), holder(&format!("host-{number}")))
    });
    let mut taken = Vec::new();
    for tried in join_all(tries).await {
        if let Locking::Taken(guard) = tried.map_err(text)? {
            taken.push(guard);
        }
    }
    ensure(taken.len() == 1, || format!("{} took it over", taken.len()))?;
    let there = operations(first.store(), &key).await?;
    ensure(there.len() == 1, || format!("{there:?}"))?;
    drop(gone);
    Ok(WRITERS / 4)
}

/// What cannot be read is named, the rest is read, and nothing is begun of the account that it is of.
async fn unreadable(bench: &dyn JournalBench) -> Kept {
    let one = open(bench).await?;
    let (newer, other) = (key("newer"), key("older"));
    let before = one.store().read().await.map_err(text)?;
    if !bench.add_unreadable(&newer).await {
        return Ok(0);
    }
    let guard = lock(one.store(), &other, "one").await?;
    append(one.store(), &guard, "readable").await?;
    let after = one.store().read().await.map_err(text)?;
    ensure(
        after.damaged.len() == before.damaged.len() + 1
            && after.entries.len() == before.entries.len() + 1,
        || format!("{:?}", after.damaged),
    )?;
    let guard = lock(one.store(), &newer, "one").await?;
    let refused = one.store().append(begun(&newer, "blind")?, &guard).await;
    ensure(refused.is_err(), || {
        "something was begun blindly".to_owned()
    })?;
    Ok(2)
}
