//! Records that are not of the documented shape: each costs itself, and never the account.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod owned;
mod records;
mod scopes;

use certfleet::{
    Account, Certificate, Connection, Error, ErrorKind, Fleet, Inventory, ListOptions, Scope,
    State, WarningKind,
    apinizer::{self, Apinizer},
    cloudflare::{self, Cloudflare},
    http::{BoxFuture, Bytes, HeaderMap, RawResponse, Request, SendError, StatusCode, Transport},
    openai::{self, OpenAi},
    patchworks::{self, Patchworks},
};
use serde_json::{Value, json};
use std::{fmt, sync::Arc, time::Duration};

/// Answers by the operation and the path.
struct Answers<F>(F);

impl<F> fmt::Debug for Answers<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answers")
    }
}

impl<F: Fn(&str, &str) -> (u16, String) + Send + Sync + 'static> Transport for Answers<F> {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        let (status, body) = (self.0)(request.operation().id, request.url().path());
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        let body = Bytes::from(body);
        Box::pin(async move {
            Ok(RawResponse {
                status,
                headers,
                body,
            })
        })
    }
}

fn connection(answer: impl Fn(&str, &str) -> (u16, String) + Send + Sync + 'static) -> Connection {
    Connection::default()
        .base_url("http://localhost")
        .transport(Arc::new(Answers(answer)))
}

fn always(body: &Value) -> Connection {
    let body = body.to_string();
    connection(move |_, _| (200, body.clone()))
}

fn cloudflare(connection: Connection) -> Account {
    let token = cloudflare::Credentials::ApiToken("k".into());
    Account::new(Cloudflare::new("a", token, "acc", connection).unwrap())
}

fn openai(projects: &[&str], connection: Connection) -> Account {
    let projects = projects.iter().map(|id| (*id).to_owned()).collect();
    let key = openai::Credentials::AdminKey("k".into());
    Account::new(OpenAi::new("a", key, projects, connection).unwrap())
}

fn patchworks(connection: Connection) -> Account {
    let key = patchworks::Credentials::ApiKey("k".into());
    Account::new(Patchworks::new("a", key, connection).unwrap())
}

fn apinizer(connection: Connection) -> Account {
    let token = apinizer::Credentials::AccessToken("k".into());
    Account::new(Apinizer::new("a", token, "p", connection).unwrap())
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

fn inventory(account: Account) -> Inventory {
    let fleet = Fleet::new([account]).unwrap();
    wait(fleet.inventory(ListOptions::default()))
}

fn of_openai(id: &Value) -> Value {
    json!({"object": "organization.certificate", "id": id, "name": "n", "active": true, "created_at": 1,
        "certificate_details": {"valid_at": 1, "expires_at": 2}})
}

fn page_of_openai(records: &[Value]) -> Value {
    json!({"object": "list", "data": records, "has_more": false, "first_id": null, "last_id": null})
}

fn page_of_cloudflare(records: &Value) -> Value {
    json!({"success": true, "errors": [], "messages": [], "result": records})
}
