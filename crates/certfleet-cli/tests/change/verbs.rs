//! Every verb at every provider, each as far as the provider can.

use crate::served::Served;
use certfleet_sandbox::Provider;
use serde_json::Value;

/// What a row of the table expects.
enum Expect {
    /// The outcome, and something in the sandbox afterwards.
    Outcome(&'static str, fn(&Served) -> bool),
    /// Refused with these words, and nothing sent that changes anything.
    Unsupported(&'static str),
}
use Expect::{Outcome, Unsupported};

fn count(served: &Served, vendor: Provider) -> usize {
    served.snapshot().count(vendor)
}

fn places(served: &Served, vendor: Provider, name: &str) -> Vec<String> {
    let snapshot = served.snapshot();
    let record = snapshot
        .of(vendor)
        .find(|record| record.id == name || record.name.as_deref() == Some(name));
    record.map_or_else(Vec::new, |record| record.placements.clone())
}

fn has_new(served: &Served, vendor: &str) -> bool {
    served
        .holding(&served.sha256("new.pem"))
        .contains_key(vendor)
}

#[test]
fn every_verb_at_every_provider() {
    let everything = "deploys,undeploys,displaces,cannot_be_undone,cannot_be_read,consumes_daily_quota,\
                      enforcement_starts,enforcement_stops,trust_ends,detaches_references,deletes_references";
    let inactive = "apinizer/apinizer-payments/token-signing-2028";
    let table: Vec<(&str, Vec<&str>, Expect)> = vec![
        (
            "openai upload",
            vec![
                "upload",
                "new.pem",
                "--account",
                "openai",
                "--name",
                "fresh",
            ],
            Outcome("done", |s| has_new(s, "openai")),
        ),
        (
            "openai generate",
            vec!["generate", "--account", "openai"],
            Unsupported("upload one that was made elsewhere instead"),
        ),
        (
            "openai rename",
            vec![
                "rename",
                "device-fleet-root",
                "--to",
                "devices",
                "--account",
                "openai",
            ],
            Outcome("done", |s| {
                s.snapshot()
                    .of(Provider::OpenAi)
                    .any(|one| one.name.as_deref() == Some("devices"))
            }),
        ),
        (
            "openai activate",
            vec![
                "activate",
                "device-fleet-root",
                "--at",
                "organization",
                "--account",
                "openai",
            ],
            Outcome("done", |s| {
                places(s, Provider::OpenAi, "device-fleet-root") == ["organization"]
            }),
        ),
        (
            "openai activate in a project",
            vec![
                "activate",
                "device-fleet-root",
                "--at",
                "project:proj_sandboxstaging",
                "--account",
                "openai",
            ],
            Outcome("done", |s| {
                places(s, Provider::OpenAi, "device-fleet-root") == ["proj_sandboxstaging"]
            }),
        ),
        (
            "openai deactivate",
            vec![
                "deactivate",
                "payments-mtls-2026",
                "--at",
                "organization",
                "--account",
                "openai",
            ],
            Outcome("done", |s| {
                places(s, Provider::OpenAi, "payments-mtls-2026").is_empty()
            }),
        ),
        (
            "openai replace",
            vec![
                "replace",
                "device-fleet-root",
                "--with",
                "new.pem",
                "--environment",
                "test",
                "--references",
                "keep",
                "--account",
                "openai",
            ],
            Unsupported("upload the new one, then delete the old record instead"),
        ),
        (
            "openai delete",
            vec!["delete", "retired-vpn-ca", "--account", "openai"],
            Outcome("done", |s| count(s, Provider::OpenAi) == 14),
        ),
        (
            "cloudflare upload",
            vec!["upload", "new.pem", "--account", "cloudflare-corp"],
            Unsupported("generate one instead"),
        ),
        (
            "cloudflare generate",
            vec!["generate", "--account", "cloudflare-corp", "--days", "100"],
            Outcome("done", |s| count(s, Provider::Cloudflare) == 12),
        ),
        (
            "cloudflare rename",
            vec!["rename", "Northwind TLS Inspection CA", "--to", "x"],
            Unsupported("offers no way to rename"),
        ),
        (
            "cloudflare activate, and wait",
            vec!["activate", "Northwind TLS Inspection CA"],
            Outcome("done", |s| {
                let state = s.snapshot();
                let of = |one: &&certfleet_sandbox::Record| {
                    one.account.ends_with('1') && one.placements.contains(&"available".to_owned())
                };
                state.of(Provider::Cloudflare).filter(of).count() == 5
            }),
        ),
        (
            "cloudflare deactivate, and do not wait",
            vec![
                "deactivate",
                "Northwind Edge Trust Anchor 2029",
                "--account",
                "cloudflare-corp",
                "--no-wait",
            ],
            Outcome("done", |s| {
                s.snapshot()
                    .of(Provider::Cloudflare)
                    .any(|one| one.placements.contains(&"pending_deletion".to_owned()))
            }),
        ),
        (
            "cloudflare replace",
            vec![
                "replace",
                "Northwind TLS Inspection CA",
                "--with",
                "new.pem",
                "--environment",
                "test",
                "--references",
                "keep",
            ],
            Unsupported("generate a new one"),
        ),
        (
            "cloudflare delete",
            vec!["delete", "Northwind TLS Inspection CA"],
            Outcome("done", |s| count(s, Provider::Cloudflare) == 10),
        ),
        (
            "patchworks upload",
            vec![
                "upload",
                "new.pem",
                "--account",
                "patchworks",
                "--connector",
                "306",
            ],
            Outcome("done", |s| has_new(s, "patchworks")),
        ),
        (
            "patchworks upload without a connector",
            vec!["upload", "new.pem", "--account", "patchworks"],
            Outcome("done", |s| has_new(s, "patchworks")),
        ),
        (
            "patchworks generate",
            vec!["generate", "--account", "patchworks"],
            Unsupported("offers no way to generate"),
        ),
        (
            "patchworks rename",
            vec!["rename", "patchworks/patchworks/1044", "--to", "x"],
            Unsupported("upload it again and delete the old record instead"),
        ),
        (
            "patchworks activate",
            vec!["activate", "patchworks/patchworks/1044"],
            Unsupported("upload it to a connector"),
        ),
        (
            "patchworks deactivate",
            vec!["deactivate", "patchworks/patchworks/1044"],
            Unsupported("upload it to a connector"),
        ),
        (
            "patchworks replace",
            vec![
                "replace",
                "patchworks/patchworks/1044",
                "--with",
                "new.pem",
                "--environment",
                "test",
                "--references",
                "keep",
            ],
            Unsupported("upload the new one"),
        ),
        (
            "patchworks delete",
            vec!["delete", "sap-s4-client"],
            Outcome("done", |s| count(s, Provider::Patchworks) == 6),
        ),
        (
            "apinizer upload",
            vec![
                "upload",
                "new.pem",
                "--account",
                "apinizer-payments",
                "--name",
                "fresh",
                "--alias",
                "fresh",
                "--description",
                "Fresh",
                "--environment",
                "test,dev",
            ],
            Outcome("done", |s| {
                places(s, Provider::Apinizer, "fresh") == ["test", "dev"]
            }),
        ),
        (
            "apinizer generate",
            vec!["generate", "--account", "apinizer-payments"],
            Unsupported("offers no way to generate"),
        ),
        (
            "apinizer rename",
            vec!["rename", inactive, "--to", "x"],
            Unsupported("a name never changes"),
        ),
        (
            "apinizer activate",
            vec!["activate", inactive],
            Unsupported("it is in force where it is deployed"),
        ),
        (
            "apinizer deactivate",
            vec!["deactivate", inactive],
            Unsupported("it is in force where it is deployed"),
        ),
        (
            "apinizer replace",
            vec![
                "replace",
                inactive,
                "--with",
                "new.pem",
                "--environment",
                "production",
                "--references",
                "keep",
            ],
            Outcome("done", |s| has_new(s, "apinizer")),
        ),
        (
            "apinizer delete",
            vec!["delete", inactive, "--references", "detach"],
            Outcome("done", |s| count(s, Provider::Apinizer) == 7),
        ),
    ];
    for (name, mut arguments, expect) in table {
        let served = Served::new();
        let before = served.snapshot();
        arguments.extend(["--yes", "--acknowledge", everything]);
        match expect {
            Outcome(outcome, holds) => {
                let report = served.json(&arguments);
                assert_eq!(report["outcome"], outcome, "{name}: {report:#}");
                served.validate("write", &report);
                assert!(holds(&served), "{name}: {:#?}", served.snapshot());
                // The journal tells it, and nothing is open.
                let story = served_story(&served);
                served.validate("journal", &story);
                assert_eq!(story["open"], Value::Array(Vec::new()), "{name}");
                assert_eq!(story["closed"].as_array().unwrap().len(), 1, "{name}");
                assert_eq!(story["closed"][0]["ending"]["outcome"], "applied", "{name}");
            }
            Unsupported(words) => {
                let ran = served.run(&arguments);
                assert_eq!(ran.code, Some(1), "{name}: {ran:?}");
                assert!(ran.stderr.contains(words), "{name}: {}", ran.stderr);
                assert_eq!(served.snapshot(), before, "{name}");
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
