//! The stores that certfleet-changes has itself, held against the rules of every store.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use certfleet::Result;
use certfleet_changes::{Journal, journal::LockKey};
use certfleet_conformance::{JournalBench, journal};
use futures_util::{FutureExt as _, future, future::BoxFuture};

/// Something that is opened again and again, and whose locks end with their process.
struct Bench<O>(O);

impl<O: Fn() -> Result<Journal> + Sync> JournalBench for Bench<O> {
    fn open(&self) -> BoxFuture<'_, Result<Journal>> {
        future::ready((self.0)()).boxed()
    }

    fn end_lease<'a>(&'a self, _: &'a LockKey) -> BoxFuture<'a, bool> {
        future::ready(false).boxed()
    }

    fn add_unreadable<'a>(&'a self, _: &'a LockKey) -> BoxFuture<'a, bool> {
        future::ready(false).boxed()
    }
}

#[tokio::test]
async fn a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let bench = Bench(|| Journal::open(&path));
    journal("a file", &bench).await.assert();
}

#[tokio::test]
async fn memory() {
    let one = Journal::memory();
    let bench = Bench(|| Ok(one.clone()));
    journal("memory", &bench).await.assert();
}
