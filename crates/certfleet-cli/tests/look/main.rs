//! Looking across accounts: `list --by certificate`, `who-has` and `--jq`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod arguments;
mod by_certificate;
mod jq;
#[path = "../support/mod.rs"]
mod support;
mod who_has;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::{
    Place, Ran,
    server::{Request, Then},
};

/// The certificate that the sandbox has at three vendors, by its name at one of them.
const ANCHOR: &str = "edge-trust-anchor";

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn validate(place: &Place, schema: &str, instance: &Value) {
    let schema = parsed(&place.run(&["schema", schema]).ok());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors = validator.iter_errors(instance);
    let errors: Vec<_> = errors
        .map(|one| format!("{one} at {}", one.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

fn grouped(place: &Place, arguments: &[&str]) -> Value {
    let all = [
        &["list", "--by", "certificate", "--output", "json"],
        arguments,
    ]
    .concat();
    parsed(&place.sandbox(&all).ok())
}

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

/// The records of a row.
fn held(row: &Value) -> BTreeSet<&str> {
    array(&row["holdings"])
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect()
}

/// OpenAI's answer where it has these records, each an id, a name and a content.
fn openai(request: &Request, records: &[(&str, &str, &str)]) -> Then {
    let record = |(id, name, pem): &(&str, &str, &str)| {
        json!({
            "object": "certificate", "id": id, "name": name, "active": true, "created_at": 1_700_000_000,
            "certificate_details": {
                "valid_at": 1_700_000_000, "expires_at": 1_800_000_000, "content": pem,
            },
        })
    };
    let single = records.iter().find(|(id, ..)| request.path().ends_with(id));
    let body = single.map(record).unwrap_or_else(|| {
        let data: Vec<_> = records.iter().map(record).collect();
        json!({ "object": "list", "data": data, "has_more": false })
    });
    Then::json(200, body.to_string())
}

/// Accounts at OpenAI.
fn configured(place: &Place, accounts: &[(&str, String)]) {
    let account = |(name, base): &(&str, String)| {
        format!(
            "[[account]]\nprovider = \"openai\"\nname = \"{name}\"\nbase_url = \"{base}\"\nadmin_key = \"env:KEY\"\n"
        )
    };
    place.write(
        "config.toml",
        &accounts.iter().map(account).collect::<String>(),
    );
}

fn on_config(place: &Place, arguments: &[&str]) -> Ran {
    place
        .certfleet(&[&["--config", "config.toml"], arguments].concat())
        .env("KEY", "k-1234")
        .output()
        .unwrap()
        .into()
}
