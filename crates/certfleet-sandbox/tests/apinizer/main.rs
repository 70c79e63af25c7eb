//! Apinizer's operations, rules and shapes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests fail tests"
)]

mod access;
mod importing;
mod reading;
#[path = "../support/mod.rs"]
mod support;
mod writing;

use std::io::{Cursor, Read as _, Write as _};

use certfleet_sandbox::behaviour::{ContentForm, ErrorShape, SuccessShape, UpdateRule};
use certfleet_sandbox::{APINIZER_POWERLESS_TOKEN, Provider, Sample, Sandbox};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Answer, Client, Form, sandbox};

const ALL: &str = "/apiops/projects/Payments/certificates/";
const PARTNERS: &str = "/apiops/projects/Partners/certificates/";

fn setup() -> (Sandbox, Client) {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, "apinizer-payments");
    (sandbox, client)
}

fn form(sandbox: &Sandbox) -> Form {
    Form::default()
        .text("certificateName", "new")
        .text("alias", "new-alias")
        .text("certificateDescription", "a new one")
        .text("environmentList", "production, test")
        .file("pemEncodedFile", sandbox.sample(Sample::Client, "new", 90))
}

fn text(answer: &Answer, status: u16) -> String {
    let body = answer.expect(status);
    let text = body.get("error_description").or(body.get("resultMessage"));
    text.and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no text: {body}"))
        .to_owned()
}

fn entries(sandbox: &Sandbox, name: &str) -> Vec<String> {
    sandbox
        .snapshot()
        .record(Provider::Apinizer, name)
        .unwrap()
        .placements
        .clone()
}
