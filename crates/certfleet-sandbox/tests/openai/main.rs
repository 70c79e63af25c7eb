//! OpenAI's operations, rules and shapes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests fail tests"
)]

mod access;
mod reading;
#[path = "../support/mod.rs"]
mod support;
mod writing;

use certfleet_sandbox::behaviour::EmptyPageIds;
use certfleet_sandbox::{OPENAI_PROJECT_KEY, Provider, RateLimit, Sample, Sandbox};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Answer, Client, id_of, sandbox, seconds};

const ALL: &str = "/organization/certificates";
const CHECKOUT: &str = "/organization/projects/proj_sandboxcheckout/certificates";

fn setup() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, "openai");
    (sandbox, client)
}

fn id(sandbox: &Sandbox, name: &str) -> String {
    id_of(sandbox, Provider::OpenAi, name)
}

fn refusal(answer: &Answer, status: u16) -> Value {
    let error = answer.expect(status)["error"].clone();
    for key in ["message", "type", "param", "code"] {
        assert!(error.get(key).is_some(), "{key} is missing: {error}");
    }
    assert!(error["message"].is_string() && error["type"].is_string());
    error
}
