//! A journal in an object store: in memory, in one that has no conditional writes, and on a real server.

#![cfg(all(unix, feature = "object-store"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../support/s3.rs"]
mod s3;
#[path = "../support/sample.rs"]
mod sample;

mod lost;

use certfleet::{ErrorKind, Result};
use certfleet_changes::{Journal, journal::LockKey};
use certfleet_conformance::{JournalBench, journal};
use certfleet_journals::open_objects;
use futures_util::{FutureExt as _, TryStreamExt as _, future::BoxFuture};
use object_store::{
    ObjectStore, ObjectStoreExt as _, aws::AmazonS3Builder, client::HttpConnector,
    local::LocalFileSystem, memory::InMemory, path::Path,
};
use std::sync::Arc;

/// A bucket that is opened again and again.
struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: String,
}

impl Bucket {
    fn new(store: impl ObjectStore, prefix: &str) -> Self {
        Self {
            store: Arc::new(store),
            prefix: prefix.to_owned(),
        }
    }

    async fn objects(&self, folder: &str) -> Vec<Path> {
        let folder = Path::from(format!("{}/{folder}", self.prefix));
        let found = self.store.list(Some(&folder));
        let found: Vec<_> = found.try_collect().await.unwrap();
        found.into_iter().map(|meta| meta.location).collect()
    }
}

impl JournalBench for Bucket {
    fn open(&self) -> BoxFuture<'_, Result<Journal>> {
        open_objects(Arc::clone(&self.store), &self.prefix, "a test").boxed()
    }

    /// A lease that lasts for no time has ended by every clock.
    fn end_lease<'a>(&'a self, key: &'a LockKey) -> BoxFuture<'a, bool> {
        async {
            for path in self.objects("leases").await {
                let bytes = self.store.get(&path).await.unwrap().bytes().await.unwrap();
                let mut lease: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                if lease["account"] == key.account {
                    lease["milliseconds"] = 0.into();
                    lease["writes"] = (lease["writes"].as_u64().unwrap() + 1).into();
                    let text = lease.to_string();
                    self.store.put(&path, text.into()).await.unwrap();
                }
            }
            true
        }
        .boxed()
    }

    fn add_unreadable<'a>(&'a self, key: &'a LockKey) -> BoxFuture<'a, bool> {
        async {
            let number = self.objects("entries").await.len() + 1;
            let path = format!("{}/entries/{number:020}.json", self.prefix);
            let entry = serde_json::json!({
                "id": "new",
                "entry": {
                    "at": "2027-01-01T00:00:00Z", "operation": "x", "provider": key.provider,
                    "account": key.account, "event": { "of_the_future": 1 },
                },
            });
            let text = entry.to_string();
            self.store
                .put(&Path::from(path), text.into())
                .await
                .unwrap();
            true
        }
        .boxed()
    }
}

#[tokio::test]
async fn in_memory_it_keeps_to_the_rules() {
    let bucket = Bucket::new(InMemory::new(), "a/fleet");
    journal("an object store in memory", &bucket).await.assert();
}

/// An engine that cannot compare and swap is refused, with the reason, and nothing is left in it.
#[tokio::test]
async fn an_engine_without_conditional_writes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
    let bucket = Bucket::new(store, "fleet");
    let error = bucket.open().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Journal);
    let text = error.to_string();
    assert!(text.contains("has no conditional writes"), "{text}");
    assert!(bucket.objects("").await.is_empty());
}

/// A store on a server, over HTTP.
fn at(port: u16, connector: impl HttpConnector) -> impl ObjectStore {
    AmazonS3Builder::new()
        .with_access_key_id(s3::CREDENTIALS[0].1)
        .with_secret_access_key(s3::CREDENTIALS[1].1)
        .with_region(s3::CREDENTIALS[2].1)
        .with_bucket_name("journals")
        .with_endpoint(format!("http://127.0.0.1:{port}"))
        .with_allow_http(true)
        .with_http_connector(connector)
        .build()
        .unwrap()
}

#[tokio::test]
async fn on_a_server_it_keeps_to_the_rules() {
    let Some(server) = s3::Server::start() else {
        return;
    };
    let connector = certfleet_journals::Connector::new().unwrap();
    let bucket = Bucket::new(at(server.port, connector), "fleet");
    journal("S3", &bucket).await.assert();
}
