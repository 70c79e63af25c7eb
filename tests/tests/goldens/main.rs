//! What the facade makes of each vendor's records, old and new shapes and every odd form, as
//! reviewed snapshots; and what holds of all of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "test code outside #[test] functions, which are all that clippy.toml knows"
)]

mod any;
mod apinizer;
mod cloudflare;
mod openai;
mod patchworks;

use certfleet::{Account, Certificate, ContentFetch, ListOptions, ProviderId};
use certfleet_sandbox::Sample;
use certfleet_tests::{Scripted, sandbox, scripted_account};
use futures_util::TryStreamExt;
use serde_json::{Value, json};

/// A certificate's PEM, the same in every run.
fn pem() -> String {
    sandbox().sample(Sample::Authority, "golden", 400)
}

fn der() -> String {
    pem()
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect()
}

fn list(account: &Account) -> certfleet::Result<Vec<Certificate>> {
    wait(
        account
            .list(ListOptions::content(ContentFetch::Included))
            .try_collect(),
    )
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

/// The normalised form of a native answer, beside what it was made of.
fn golden(name: &str, kind: ProviderId, answer: &Value) {
    let unlisted = std::cell::RefCell::new(Vec::new());
    let ask = |account: &Account| {
        let listing = account.list(ListOptions::content(ContentFetch::Included));
        let notes = listing.notes();
        let listed = wait(listing.try_collect());
        *unlisted.borrow_mut() = notes.warnings();
        listed
    };
    let normalise = |certificates: Vec<Certificate>| {
        let certificates = serde_json::to_value(certificates).unwrap();
        match unlisted.take().as_slice() {
            [] => certificates,
            warnings => json!({"certificates": certificates, "warnings": warnings}),
        }
    };
    golden_of(
        name,
        kind,
        answer.clone(),
        |account| ask(account).map(normalise),
        answer,
    );
}

fn golden_of(
    name: &str,
    kind: ProviderId,
    answer: Value,
    ask: impl Fn(&Account) -> certfleet::Result<Value>,
    described: &Value,
) {
    let account = scripted_account(kind, answering(kind, answer));
    let normalised = match ask(&account) {
        Ok(normalised) => normalised,
        Err(error) => json!({ "error": error.report() }),
    };
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    insta::with_settings!({ description => text(described), omit_expression => true }, {
        insta::assert_snapshot!(format!("{kind}__{name}"), text(&normalised));
    });
}

/// Answers an operation; OpenAI's projects have nothing, and where one record was asked for, nor has the list.
fn answering(kind: ProviderId, answer: Value) -> Scripted {
    Scripted::new(move |_, request| {
        let operation = request.operation().id;
        let list = operation == "list_organization_certificates" && answer["object"] != "list";
        let other =
            kind == ProviderId::OPENAI && (list || operation == "list_project_certificates");
        let empty = json!({"object": "list", "data": [], "has_more": false});
        (
            200,
            if other {
                empty.to_string()
            } else {
                answer.to_string()
            },
        )
    })
}

fn base64(text: String) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) as usize & 63;
            out.push(if place <= chunk.len() {
                DIGITS[digit] as char
            } else {
                '='
            });
        }
    }
    out
}
