//! What a record holds: every certificate of it counts, is named, and is kept in a saved inventory.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use chrono::{Datelike as _, TimeDelta, Utc};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};
use serde_json::{Value, json};
use support::{
    Place, Ran,
    server::{Server, Then},
};

/// A CA that ends so many days from now.
fn authority(name: &str, days: i64) -> String {
    let end = Utc::now() + TimeDelta::days(days);
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(end.year(), end.month() as u8, end.day() as u8);
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().pem()
}

fn sha256(pem: &str) -> String {
    let certificates = certfleet::x509::read_all(pem.as_bytes()).unwrap();
    certificates[0].sha256.to_string()
}

/// An organization whose only record holds this; its listing says only when the first certificate ends.
fn holding(pem: String) -> Server {
    let ends = (Utc::now() + TimeDelta::days(700)).timestamp();
    Server::start(move |request| {
        let mut record = json!({"object": "organization.certificate", "id": "cert_1", "name": "ca",
            "active": true, "created_at": 1_600_000_000,
            "certificate_details": {"valid_at": 1_577_836_800, "expires_at": ends}});
        let body = if request.path().ends_with("/certificates") {
            json!({"object": "list", "data": [record], "has_more": false})
        } else {
            record["certificate_details"]["content"] = json!(pem);
            record
        };
        Then::json(200, body.to_string())
    })
}

struct Account {
    place: Place,
    server: Server,
}

impl Account {
    fn new(pem: String) -> Self {
        Self {
            place: Place::new(),
            server: holding(pem),
        }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let config = self.place.write(
            "config.toml",
            &format!(
                "[[account]]\nprovider = \"openai\"\nname = \"a\"\nbase_url = \"{}\"\nadmin_key = \"env:THE_KEY\"\n",
                self.server.base()
            ),
        );
        let mut command = self.place.certfleet(arguments);
        command.env("CERTFLEET_CONFIG", &config).env("THE_KEY", "k");
        command.output().unwrap().into()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(arguments);
        serde_json::from_str(&ran.stdout).unwrap()
    }
}

#[test]
fn any_certificate_of_a_chain_ends_a_record() {
    let long = || authority("first", 700);
    for (second, code, level, meaning, is_due) in [
        (authority("second", -5), 4, "expired", "has expired", true),
        (
            authority("second", 10),
            3,
            "warning",
            "ends within 30d",
            true,
        ),
        (authority("second", 600), 0, "ok", "", false),
    ] {
        let print = sha256(&second);
        let account = Account::new(format!("{}{second}", long()));
        let ran = account.run(&["check", "--within", "30d"]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        let named = format!("Note: openai/a/cert_1: certificate 2 of 2 (CN=second) {meaning}\n");
        assert_eq!(ran.stdout.contains(&named), is_due, "{}", ran.stdout);

        let json = account.json(&["check", "--within", "30d", "--output", "json"]);
        let item = &json["items"][0];
        assert_eq!(item["level"], level, "{json}");
        // Also where both are valid: the first to end.
        let second = json!({"position": 2, "of": 2, "name": "CN=second", "sha256": print});
        assert_eq!(item["certificate"], second);

        for output in ["table", "csv", "ndjson", "json"] {
            let list = ["list", "--expires-within", "30d", "--output", output];
            let ran = account.run(&list);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            assert_eq!(ran.stdout.contains("cert_1"), is_due, "{}", ran.stdout);
        }
        let table = account.run(&["list", "--expires-within", "30d"]).stdout;
        let note = "Note: openai/a/cert_1: certificate 2 of 2 (CN=second) is the first to end\n";
        assert_eq!(table.contains(note), is_due, "{table}");
        let get = account.run(&["get", "openai/a/cert_1"]).stdout;
        assert!(
            get.contains("ends first      certificate 2 of 2 (CN=second)\n"),
            "{get}"
        );
        // What is not read cannot be told.
        let ran = account.run(&["check", "--within", "30d", "--no-content"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
}

#[test]
fn a_record_is_found_by_any_of_its_certificates() {
    let (first, second) = (authority("first", 700), authority("second", 600));
    let account = Account::new(format!("{first}{second}"));
    for (print, found) in [
        (sha256(&first), Some("certificate 1 of 2 (CN=first)")),
        (sha256(&second), Some("certificate 2 of 2 (CN=second)")),
        ("0123456789abcdef0123".to_owned(), None),
    ] {
        let ran = account.run(&["list", "--fingerprint", &print]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let note =
            found.map(|found| format!("Note: openai/a/cert_1: {found} has this fingerprint\n"));
        assert_eq!(
            ran.stdout.contains("cert_1"),
            found.is_some(),
            "{}",
            ran.stdout
        );
        assert!(
            note.is_none_or(|note| ran.stdout.contains(&note)),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn a_change_of_a_chain_is_a_difference() {
    let (first, second, other) = (
        authority("first", 700),
        authority("second", 600),
        authority("second", 600),
    );
    let before = Account::new(format!("{first}{second}"));
    let saved = before
        .run(&["list", "--fetch-content", "--output", "json"])
        .stdout;
    let after = Account::new(format!("{first}{other}"));
    let file = after.place.write("before.json", &saved);
    let ran = after.run(&["diff", file.to_str().unwrap()]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("content: SHA-256 "), "{}", ran.stdout);
    assert!(ran.stdout.contains(&sha256(&other)[..12]), "{}", ran.stdout);
    let file = before.place.write("before.json", &saved);
    let ran = before.run(&["diff", file.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn a_plan_names_every_certificate_of_the_file() {
    let (first, second) = (authority("first", 700), authority("second", 600));
    let account = Account::new(authority("other", 500));
    let file = account.place.write("ca.pem", &format!("{first}{second}"));
    let file = file.to_str().unwrap();
    let ran = account.run(&["upload", file, "--account", "openai/a", "--dry-run"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let shown: Vec<_> = ran.stdout.lines().map(str::trim).collect();
    for (name, pem) in [("CN=first", &first), ("CN=second", &second)] {
        let at = shown.iter().position(|line| line.contains(name));
        let next = at.and_then(|at| shown.get(at + 1)).copied();
        let sha256 = format!("SHA-256 {}", sha256(pem));
        assert_eq!(next, Some(sha256.as_str()), "{}", ran.stdout);
    }
    assert!(ran.stdout.contains("2 certificates"), "{}", ran.stdout);
    let alone = account.place.write("one.pem", &first);
    let ran = account.run(&[
        "upload",
        alone.to_str().unwrap(),
        "--account",
        "openai/a",
        "--dry-run",
    ]);
    assert!(ran.stdout.contains("1 certificate\n"), "{}", ran.stdout);
}

#[test]
fn a_part_of_an_inventory_is_not_compared() {
    let account = Account::new(authority("first", 700));
    let cases: [(&[&str], &str); 5] = [
        (&["--state", "inactive,active"], "--state inactive,active"),
        (&["--name", "c"], "--name \"c\""),
        (&["--expires-within", "4w"], "--expires-within 4w"),
        (&["--fingerprint", "00:AA"], "--fingerprint 00aa"),
        (
            &["--state", "active", "--name", "ca"],
            "--state active --name \"ca\"",
        ),
    ];
    for (filters, written) in cases {
        let list = [&["list", "--output", "json"], filters].concat();
        let saved = account.run(&list).ok();
        let json: Value = serde_json::from_str(&saved).unwrap();
        let joined: Vec<_> = json["filters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap())
            .collect();
        assert_eq!(joined.join(" "), written);
        account.place.write("part.json", &saved);
        let ran = account.run(&["diff", "part.json"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stdout.is_empty());
        let says = format!("part.json holds a part of the certificates only, chosen by {written}:");
        assert!(ran.stderr.contains(&says), "{}", ran.stderr);
    }
    let whole = account.run(&["list", "--output", "json"]).ok();
    let mut json: Value = serde_json::from_str(&whole).unwrap();
    assert!(json.get("filters").is_none(), "{whole}");
    // The version before did not write down its filters.
    json["certificates"] = json!([]);
    account.place.write("whole.json", &whole);
    account.place.write("part.json", &json.to_string());
    assert_eq!(account.run(&["diff", "whole.json"]).code, Some(0));
    for files in [["part.json", "whole.json"], ["whole.json", "part.json"]] {
        let ran = account.run(&["diff", files[0], files[1]]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("chosen by filters"), "{}", ran.stderr);
    }
}

/// Without a subject, and without a name of the vendor.
#[test]
fn what_has_no_subject_goes_by_its_first_alternative_name() {
    let mut params = CertificateParams::new(vec!["only.example".to_owned()]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    let pem = params
        .self_signed(&KeyPair::generate().unwrap())
        .unwrap()
        .pem();
    let content = json!(pem);
    let server = Server::start(move |_| {
        let record = json!({"id": "a", "certificate": content, "binding_status": "available", "type": "custom"});
        Then::json(
            200,
            json!({"success": true, "errors": [], "messages": [], "result": [record]}).to_string(),
        )
    });
    let place = Place::new();
    let config = place.write(
        "config.toml",
        &format!(
            "[[account]]\nprovider = \"cloudflare\"\nname = \"c\"\nbase_url = \"{}\"\naccount_id = \"{}\"\napi_token = \"env:THE_KEY\"\n",
            server.base(),
            "0".repeat(32)
        ),
    );
    let run = |arguments: &[&str]| -> Ran {
        let mut command = place.certfleet(arguments);
        command.env("CERTFLEET_CONFIG", &config).env("THE_KEY", "k");
        command.output().unwrap().into()
    };
    for (arguments, code) in [
        (&["list"][..], 0),
        (&["list", "--name", "only.example", "--output", "json"], 0),
        (&["check", "--within", "30d"], 4),
        (&["check", "--within", "30d", "--output", "json"], 4),
        (&["inspect", "only.pem"], 0),
    ] {
        place.write("only.pem", &pem);
        let ran = run(arguments);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(
            ran.stdout.contains("only.example"),
            "{arguments:?}: {}",
            ran.stdout
        );
    }
    let upload = Account::new(pem.clone());
    upload.place.write("only.pem", &pem);
    let ran = upload.run(&["upload", "only.pem", "--account", "openai/a", "--dry-run"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr.contains("only.example is not a CA"),
        "{}",
        ran.stderr
    );
}
