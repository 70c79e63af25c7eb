//! Every verb at every provider, each as far as the provider can.

use crate::{
    served::Served,
    verbs_table::{Expect, agreed, rows},
};
use certfleet_sandbox::Provider;
use serde_json::Value;

#[test]
fn every_verb_at_every_provider() {
    for (name, line, expect) in rows() {
        let served = Served::new();
        let before = served.settled();
        let words = agreed(line);
        let arguments: Vec<_> = words.iter().map(String::as_str).collect();
        match expect {
            Expect::Outcome(outcome, holds) => {
                let report = served.json(&arguments);
                assert_eq!(report["outcome"], outcome, "{name}: {report:#}");
                served.validate("write", &report);
                assert!(holds(&served), "{name}: {:#?}", served.snapshot());
                // The journal tells it, and nothing is open.
                let story = served_story(&served);
                served.validate("journal", &story);
                assert_eq!(story["pending"], Value::Array(Vec::new()), "{name}");
                assert_eq!(story["closed"].as_array().unwrap().len(), 1, "{name}");
                assert_eq!(story["closed"][0]["ending"]["outcome"], "applied", "{name}");
            }
            Expect::Unsupported(words) => {
                let ran = served.run(&arguments);
                assert_eq!(ran.code, Some(1), "{name}: {ran:?}");
                assert!(ran.stderr.contains(words), "{name}: {}", ran.stderr);
                assert_eq!(served.settled(), before, "{name}");
                assert!(
                    served
                        .sandbox
                        .requests()
                        .iter()
                        .all(|seen| seen.method == "GET"),
                    "{name}"
                );
            }
        }
    }
}

fn served_story(served: &Served) -> Value {
    let ran = served.run(&["journal", "--output", "json"]);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn a_second_time_it_is_so_already() {
    let served = Served::new();
    let upload = ["upload", "new.pem", "--account", "openai", "--yes"];
    assert_eq!(served.json(&upload)["outcome"], "done");
    let count = served.snapshot().count(Provider::OpenAi);
    let again = served.json(&upload);
    assert_eq!(
        (&again["outcome"], &again["exit_code"]),
        (&"unchanged".into(), &0.into())
    );
    assert_eq!(served.snapshot().count(Provider::OpenAi), count);
}

#[test]
fn exports() {
    let served = Served::new();
    for (target, form) in [
        ("device-fleet-root", "pem"),
        ("Northwind TLS Inspection CA", "pem"),
        ("sap-s4-client", "pem"),
        ("apinizer/apinizer-payments/payments-api", "zip"),
    ] {
        let ran = served.run(&["export", target, "--to", "out", "--output", "json"]);
        assert_eq!(ran.code, Some(0), "{target}: {ran:?}");
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        served.validate("export", &document);
        assert_eq!(document["form"], form, "{target}");
        let path = served.place.0.path().join("out");
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(document["bytes"], bytes.len());
        let begins = if form == "zip" {
            &b"PK"[..]
        } else {
            b"-----BEGIN CERTIFICATE-----"
        };
        assert!(bytes.starts_with(begins), "{target}");
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).unwrap());
        assert_eq!(mode & 0o777, 0o600, "{target}");

        let again = served.run(&["export", target, "--to", "out"]);
        assert_eq!(again.code, Some(2), "{again:?}");
        assert_eq!(
            served
                .run(&["export", target, "--to", "out", "--force"])
                .code,
            Some(0)
        );
        std::fs::remove_file(path).unwrap();
    }
}

/// What a change, `get` and `list` say of a record's state is the same.
#[test]
fn states_are_those_of_the_list() {
    for (line, state) in [
        ("upload new.pem --account openai --name fresh", "inactive"),
        (
            "rename payments-mtls-2026 --to renamed --account openai",
            "active",
        ),
        (
            "rename device-fleet-root --to renamed --account openai",
            "inactive",
        ),
        (
            "activate device-fleet-root --at project:proj_sandboxstaging --account openai",
            "active",
        ),
    ] {
        let served = Served::new();
        let words = shlex::split(line).unwrap();
        let mut arguments: Vec<_> = words.iter().map(String::as_str).collect();
        arguments.extend([
            "--yes",
            "--acknowledge",
            "enforcement_starts,enforcement_stops,trust_ends",
        ]);
        let report = served.json(&arguments);
        assert_eq!(report["outcome"], "done", "{line}: {report:#}");
        let made = &report["result"]["certificates"][0];
        assert_eq!(made["state"], state, "{line}: {made:#}");
        let id = &made["id"];
        let read = |arguments: &[&str]| -> Value {
            let ran = served.run(&[arguments, &["--output", "json"]].concat());
            serde_json::from_str(&ran.stdout).unwrap()
        };
        let listed = read(&["list", "--provider", "openai"]);
        let records = listed["certificates"].as_array().unwrap();
        let listed = records.iter().find(|one| one["id"] == *id).unwrap();
        assert_eq!(listed["state"], state, "{line}: {listed:#}");
        let got = read(&["get", id.as_str().unwrap()]);
        assert_eq!(got["state"], state, "{line}: {got:#}");
        assert_eq!(got["placements"], listed["placements"], "{line}");
    }
}
