//! `certfleet --sandbox list` in all its forms.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use support::Place;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn certificates(inventory: &Value) -> &Vec<Value> {
    inventory["certificates"].as_array().unwrap()
}

/// Everything the sandbox lists, as JSON.
fn listed(place: &Place, arguments: &[&str]) -> Value {
    let mut all = vec!["list", "--output", "json"];
    all.extend(arguments);
    json(&place.sandbox(&all).ok())
}

fn validate(place: &Place, schema: &str, instance: &Value) {
    let schema = json(&place.run(&["schema", schema]).ok());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(instance)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn json_has_all_four_providers_and_fits_its_schema() {
    let place = Place::new();
    let inventory = listed(&place, &[]);
    validate(&place, "list", &inventory);

    let mut providers = BTreeSet::new();
    for certificate in certificates(&inventory) {
        let id = certificate["id"].as_str().unwrap();
        providers.insert(id.split('/').next().unwrap().to_owned());
        assert!(certificate["state"].is_string(), "{id}");
        for content in certificate["contents"].as_array().unwrap() {
            if content.get("x509").is_some() {
                assert_eq!(content["sha256"].as_str().unwrap().len(), 64, "{id}");
                assert!(content["not_before"].is_string(), "{id}");
                assert!(content["not_after"].is_string(), "{id}");
            }
        }
    }
    for provider in ["apinizer", "cloudflare", "openai", "patchworks"] {
        assert!(providers.contains(provider), "{providers:?}");
    }
    for account in inventory["accounts"].as_array().unwrap() {
        assert_eq!(account["complete"], true, "{account}");
    }
}

#[test]
fn the_same_time_gives_the_same_bytes() {
    let place = Place::new();
    assert_eq!(listed(&place, &[]), listed(&place, &[]));
}

#[test]
fn ndjson_lines_fit_their_schema() {
    let place = Place::new();
    let lines: Vec<Value> = place
        .sandbox(&["list", "--output", "ndjson"])
        .ok()
        .lines()
        .map(json)
        .collect();
    for line in &lines {
        validate(&place, "list-line", line);
    }
    let of_type = |name: &str| lines.iter().filter(|line| line["type"] == name).count();
    let inventory = listed(&place, &[]);
    assert_eq!(of_type("certificate"), certificates(&inventory).len());
    assert_eq!(
        of_type("account"),
        inventory["accounts"].as_array().unwrap().len()
    );
}

#[test]
fn csv_has_the_documented_columns() {
    let place = Place::new();
    let text = place.sandbox(&["list", "--output", "csv"]).ok();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader
        .headers()
        .unwrap()
        .iter()
        .collect::<Vec<_>>()
        .join(", ");
    let help = place.run(&["list", "--help"]).ok();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains(&columns), "{columns}");
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let inventory = listed(&place, &[]);
    let accounts = inventory["accounts"].as_array().unwrap().len();
    assert_eq!(rows.len(), certificates(&inventory).len() + accounts);
}

#[test]
fn table_ends_with_what_is_to_be_known() {
    let place = Place::new();
    let text = place.sandbox(&["list"]).ok();
    let inventory = listed(&place, &[]);
    let number = certificates(&inventory).len();
    let accounts = inventory["accounts"].as_array().unwrap().len();
    assert!(text.starts_with("PROVIDER"), "{text}");
    assert!(
        text.contains(&format!("\n{number} certificates, ")),
        "{text}"
    );
    assert!(
        text.contains(&format!("; {accounts} accounts read")),
        "{text}"
    );
    assert!(
        text.contains("Note: patchworks/patchworks shows only"),
        "{text}"
    );
}

#[test]
fn filters_narrow_certificates_and_never_accounts() {
    let place = Place::new();
    let whole = listed(&place, &[]);
    let all = certificates(&whole);
    let first = all
        .iter()
        .find(|c| c["contents"][0]["sha256"].is_string())
        .unwrap();
    let sha256 = first["contents"][0]["sha256"].as_str().unwrap();
    let colons: Vec<_> = sha256.as_bytes()[..10]
        .chunks(2)
        .map(|p| std::str::from_utf8(p).unwrap().to_uppercase())
        .collect();
    let colons = colons.join(":");

    for (arguments, expected) in [
        (
            vec!["--state", "active"],
            count(all, |c| c["state"] == "active"),
        ),
        (
            vec!["--state", "active,inactive"],
            count(all, |c| c["state"] == "active" || c["state"] == "inactive"),
        ),
        (
            vec!["--fingerprint", &sha256[..12]],
            count(all, |c| has_sha256(c, &sha256[..12])),
        ),
        (
            vec!["--fingerprint", &colons],
            count(all, |c| has_sha256(c, &sha256[..10])),
        ),
        (
            vec!["--expires-within", "0d"],
            count(all, |c| before(c, "2026-11-22T12:00:00Z")),
        ),
        (
            vec!["--expires-within", "30d"],
            count(all, |c| before(c, "2026-12-22T12:00:00Z")),
        ),
        (vec!["--name", "no such name"], 0),
    ] {
        let filtered = listed(&place, &arguments);
        assert_eq!(certificates(&filtered).len(), expected, "{arguments:?}");
        assert_eq!(filtered["accounts"], whole["accounts"], "{arguments:?}");
    }
}

fn count(all: &[Value], is: impl Fn(&Value) -> bool) -> usize {
    all.iter().filter(|certificate| is(certificate)).count()
}

fn has_sha256(certificate: &Value, prefix: &str) -> bool {
    let contents = certificate["contents"].as_array().unwrap();
    contents.iter().any(|m| {
        m["sha256"]
            .as_str()
            .is_some_and(|text| text.starts_with(prefix))
    })
}

fn before(certificate: &Value, end: &str) -> bool {
    let time = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    certificate["not_after"]
        .as_str()
        .is_some_and(|at| time(at) <= time(end))
}

#[test]
fn accounts_and_providers_are_selected() {
    let place = Place::new();
    for (arguments, accounts) in [
        (
            &["--provider", "cloudflare"][..],
            &["cloudflare-corp", "cloudflare-labs"][..],
        ),
        (
            &["--account", "cloudflare/cloudflare-labs"],
            &["cloudflare-labs"],
        ),
        (
            &["--account", "openai", "--account", "patchworks"],
            &["openai", "patchworks"],
        ),
    ] {
        let inventory = listed(&place, arguments);
        let named: Vec<_> = inventory["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["account"].as_str().unwrap())
            .collect();
        assert_eq!(named, accounts);
    }
}

#[test]
fn sorted_by_expiry() {
    let place = Place::new();
    let ends = |arguments: &[&str]| -> Vec<Option<String>> {
        certificates(&listed(&place, arguments))
            .iter()
            .map(|c| c["not_after"].as_str().map(str::to_owned))
            .collect()
    };
    let forward = ends(&["--sort", "expiry"]);
    let mut sorted = forward.clone();
    sorted.sort_by_key(|end| (end.is_none(), end.clone()));
    assert_eq!(forward, sorted);
    let mut backward = ends(&["--sort", "expiry", "--reverse"]);
    backward.reverse();
    assert_eq!(backward, forward);
}

#[test]
fn fetched_contents_have_a_fingerprint() {
    let place = Place::new();
    let has_sha256 = |certificate: &Value| certificate["contents"][0]["sha256"].is_string();
    let openai = ["--provider", "openai", "--fetch-content"];
    assert!(
        certificates(&listed(&place, &openai))
            .iter()
            .all(has_sha256)
    );
    // One that the listing alone does not carry is found too.
    let whole = listed(&place, &openai);
    let first = &certificates(&whole)[0];
    let sha256 = first["contents"][0]["sha256"].as_str().unwrap().to_owned();
    let found = listed(&place, &["--provider", "openai", "--fingerprint", &sha256]);
    assert_eq!(certificates(&found)[0]["id"], first["id"]);
    let skipped = listed(&place, &["--no-content"]);
    let read = |certificate: &Value| certificate["contents"][0].get("x509").is_some();
    assert!(!certificates(&skipped).iter().any(read));
}

#[test]
fn one_record() {
    let place = Place::new();
    let inventory = listed(&place, &["--provider", "openai"]);
    let id = certificates(&inventory)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let record = json(&place.sandbox(&["get", &id, "--output", "json"]).ok());
    validate(&place, "get", &record);
    assert_eq!(record["id"], id.as_str());
    assert!(place.sandbox(&["get", &id]).ok().starts_with(&id));
    json(&place.sandbox(&["get", &id, "--native"]).ok());

    let missing = place.sandbox(&["get", "openai/openai/cert_none"]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    let unsupported = place.sandbox(&["get", "patchworks/patchworks/1"]);
    assert_eq!(unsupported.code, Some(1), "{unsupported:?}");
}

#[test]
fn capabilities_need_no_account() {
    let place = Place::new();
    let all = json(&place.run(&["capabilities", "--output", "json"]).ok());
    validate(&place, "capabilities", &all);
    assert_eq!(
        all.as_array().unwrap().len(),
        certfleet::ProviderId::KNOWN.len()
    );
    assert!(place.run(&["capabilities"]).ok().contains("patchworks"));
    assert!(
        place
            .run(&["capabilities", "openai"])
            .ok()
            .contains("openai list")
    );
}

#[test]
fn the_sandbox_is_as_large_as_is_asked_for_and_the_same_each_time() {
    let place = Place::new();
    let openai = ["--provider", "openai"];
    let usual = listed(&place, &openai);
    let measured = |seed: &str| {
        let options = ["--sandbox-certificates", "250", "--sandbox-seed", seed];
        listed(&place, &[&openai[..], &options].concat())
    };
    let (one, same, other) = (measured("7"), measured("7"), measured("8"));
    assert_eq!(certificates(&one).len(), certificates(&usual).len() + 250);
    assert_eq!(certificates(&one), certificates(&same));
    assert_ne!(certificates(&one), certificates(&other));
}
