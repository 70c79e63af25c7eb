//! Cloudflare's operations, rules and shapes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests fail tests"
)]

mod access;
mod certificates;
mod configuration;
mod limits;
#[path = "../support/mod.rs"]
mod support;

use certfleet_sandbox::{
    CLOUDFLARE_CORP, CLOUDFLARE_EMAIL, CLOUDFLARE_KEY, CLOUDFLARE_LABS, CLOUDFLARE_POWERLESS_TOKEN,
    Provider, RateLimit, Sandbox,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Answer, Client, sandbox, seconds};

fn all() -> String {
    format!("/accounts/{CLOUDFLARE_CORP}/gateway/certificates")
}

fn setup() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, "cloudflare-corp");
    (sandbox, client)
}

fn code(answer: &Answer, status: u16) -> u64 {
    let body = answer.expect(status);
    assert_eq!(body["success"], false);
    body["errors"][0]["code"].as_u64().unwrap()
}

fn result(answer: &Answer, status: u16) -> Value {
    let body = answer.expect(status);
    assert_eq!(
        (&body["success"], &body["errors"], &body["messages"]),
        (&json!(true), &json!([]), &json!([]))
    );
    body["result"].clone()
}

async fn find(client: &Client, wanted: impl Fn(&Value) -> bool) -> String {
    let list = result(&client.get(&all()).await, 200);
    let found = list
        .as_array()
        .unwrap()
        .iter()
        .find(|one| wanted(one))
        .unwrap();
    found["id"].as_str().unwrap().to_owned()
}
