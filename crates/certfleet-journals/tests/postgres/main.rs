//! A journal in PostgreSQL, against a real server.

#![cfg(all(unix, feature = "postgres"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../support/sample.rs"]
mod sample;
#[path = "../support/postgres.rs"]
mod server;

mod connections;
mod opened;
mod rights;

use certfleet::{Result, Secret};
use certfleet_changes::{Journal, journal::LockKey};
use certfleet_config::{ReferenceContext, SecretRef, SecretSource};
use certfleet_conformance::{JournalBench, journal};
use certfleet_journals::{Address, Options, migrate, open};
use futures_util::{FutureExt as _, future, future::BoxFuture};
use server::{PASSWORD, Server};
use std::sync::Arc;

/// Answers every reference with the test's password.
struct Password(&'static str);

impl SecretSource for Password {
    fn fetch<'a>(
        &'a self,
        _: &'a SecretRef,
        _: &'a ReferenceContext<'a>,
    ) -> BoxFuture<'a, certfleet_config::Result<Secret>> {
        future::ready(Ok(Secret::new(self.0))).boxed()
    }
}

fn options() -> Options {
    let mut options = Options::default();
    options.secrets = Arc::new(Password(PASSWORD));
    options
}

/// A database with the tables of a journal.
struct Database {
    server: Arc<Server>,
    name: String,
}

impl Database {
    async fn new() -> Option<Self> {
        let server = Server::shared()?;
        let name = server.database();
        let database = Self { server, name };
        assert!(migrate(&database.address(), &options()).await.unwrap());
        Some(database)
    }

    fn address(&self) -> Address {
        self.address_at(self.server.port)
    }

    fn address_at(&self, port: u16) -> Address {
        Address::parse(&Server::address_at(port, Server::OWNER, &self.name, "X")).unwrap()
    }

    fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.name, sql)
    }
}

impl JournalBench for Database {
    fn open(&self) -> BoxFuture<'_, Result<Journal>> {
        async { open(&self.address(), &options()).await }.boxed()
    }

    fn end_lease<'a>(&'a self, key: &'a LockKey) -> BoxFuture<'a, bool> {
        self.server.end_lease(&self.name, &key.account);
        future::ready(true).boxed()
    }

    fn add_unreadable<'a>(&'a self, key: &'a LockKey) -> BoxFuture<'a, bool> {
        let LockKey { provider, account } = key;
        let entry = format!(
            r#"{{"at": "2027-01-01T00:00:00Z", "operation": "x", "provider": "{provider}", "account": "{account}", "event": {{"of_the_future": 1}}}}"#
        );
        self.sql(&format!("SELECT certfleet.add_entry('new', '{entry}')"));
        future::ready(true).boxed()
    }
}

#[tokio::test]
async fn it_keeps_to_the_rules() {
    if let Some(database) = Database::new().await {
        journal("PostgreSQL", &database).await.assert();
    }
}
