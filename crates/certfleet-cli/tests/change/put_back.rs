//! What was deleted is put back by the command that certfleet shows.

use crate::served::Served;
use certfleet_sandbox::Record;
use serde_json::Value;
use std::process::{Command, Stdio};

fn words(line: &str) -> Vec<String> {
    shlex::split(line).unwrap()
}

fn json(served: &Served, line: &str) -> Value {
    let words = words(line);
    served.json(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The command of a report's next steps.
fn shown(report: &Value) -> String {
    let next = report["next"].as_array().unwrap().iter();
    let mut commands = next.filter_map(|one| one.as_str()?.strip_prefix("to put it back: "));
    commands
        .next()
        .unwrap_or_else(|| panic!("{report:#}"))
        .to_owned()
}

/// Runs a command line with a shell, which finds certfleet in its PATH.
fn shell(served: &Served, line: &str) -> crate::support::Ran {
    let certfleet = std::path::Path::new(env!("CARGO_BIN_EXE_certfleet"));
    let path = format!("{}:/usr/bin:/bin", certfleet.parent().unwrap().display());
    let as_certfleet = served.command(&[]);
    let mut command = Command::new("sh");
    command.args(["-c", line]).env_clear();
    for (name, value) in as_certfleet.get_envs() {
        command.env(name, value.unwrap());
    }
    command
        .env("PATH", path)
        .current_dir(as_certfleet.get_current_dir().unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    served.detach();
    let child = command.spawn().unwrap();
    served.attach(&child);
    child.wait_with_output().unwrap().into()
}

/// What a record is, but for its id and its account's order.
fn without_id(record: &Record) -> (Option<String>, Vec<String>, Vec<String>) {
    (
        record.name.clone(),
        record.sha256.clone(),
        record.placements.clone(),
    )
}

#[test]
fn what_was_deleted_is_put_back_by_the_very_command() {
    for (vendor, line) in [
        ("openai", "delete device-fleet-root --account openai"),
        ("patchworks", "delete sap-s4-client"),
        (
            "apinizer",
            "delete apinizer/apinizer-payments/token-signing-2028 --references detach",
        ),
    ] {
        let served = Served::new();
        let of_vendor = |served: &Served| -> Vec<_> {
            let snapshot = served.snapshot();
            let all = snapshot.records.iter();
            let mut all: Vec<_> = all
                .filter(|one| one.provider.prefix() == vendor)
                .map(without_id)
                .collect();
            if vendor == "patchworks" {
                // An upload has no name there, and the notes say so.
                all.iter_mut().for_each(|(name, ..)| *name = None);
            }
            all.sort();
            all
        };
        let before = of_vendor(&served);
        let deleted = json(
            &served,
            &format!("{line} --yes --acknowledge cannot_be_undone,undeploys,detaches_references"),
        );
        assert_eq!(deleted["outcome"], "done", "{deleted:#}");
        served.validate("write", &deleted);
        assert_eq!(of_vendor(&served).len(), before.len() - 1);
        let command = shown(&deleted);
        let is_nameless = deleted["next"].to_string().contains("it is not called");
        assert_eq!(is_nameless, vendor == "patchworks", "{deleted:#}");

        // The journal shows the same.
        let told: Value =
            serde_json::from_str(&served.run(&["journal", "--output", "json"]).stdout).unwrap();
        served.validate("journal", &told);
        assert_eq!(told["closed"][0]["put_back"]["command"], command.as_str());
        let text = served.run(&["journal"]).stdout;
        assert!(
            text.contains(&format!("put back with: {command}\n")),
            "{text}"
        );

        let ran = shell(
            &served,
            &format!("{command} --yes --acknowledge deploys,displaces"),
        );
        assert_eq!(ran.code, Some(0), "{vendor}: {command}: {ran:?}");
        assert_eq!(of_vendor(&served), before, "{vendor}: {command}");
    }
}

/// A name with blanks and quotes, another journal and a configuration that is named: the command has them all.
#[test]
fn the_command_finds_the_same_journal_and_the_same_accounts() {
    let served = Served::new();
    let options = "--config config.toml --journal \"my journal.jsonl\"";
    let name = "it's --mine";
    let upload = format!("upload new.pem --account openai --name \"{name}\" --yes {options}");
    assert_eq!(json(&served, &upload)["outcome"], "done");
    let deleted = json(
        &served,
        &format!(
            "delete \"{name}\" --account openai --yes --acknowledge cannot_be_undone {options}"
        ),
    );
    let command = shown(&deleted);
    let ran = shell(&served, &format!("{command} --yes"));
    assert_eq!(ran.code, Some(0), "{command}: {ran:?}");
    let holding = served.holding(&served.sha256("new.pem"));
    assert_eq!(holding["openai"][0].name.as_deref(), Some(name));
}

#[test]
fn what_cannot_be_put_back_is_said() {
    // The vendor makes its certificates itself, and the key went with the record.
    let served = Served::new();
    let deleted = json(
        &served,
        "delete 'Northwind TLS Inspection CA' --yes --acknowledge cannot_be_undone",
    );
    assert_eq!(deleted["outcome"], "done", "{deleted:#}");
    let said = "it cannot be put back: cloudflare takes no certificate that was made elsewhere";
    assert_eq!(deleted["next"], Value::from(vec![said]), "{deleted:#}");
    let text = served.run(&["journal"]).stdout;
    assert!(
        text.contains(said) && !text.contains("put back with"),
        "{text}"
    );

    // The vendor hides the content of what holds a key.
    let served = Served::new();
    served
        .place
        .write_private("pair.p12", "MIIKYwIBAzCCCh8GCSqGSIb3DQEHAaCCChAEggoM");
    let made = json(
        &served,
        "upload --key-ref file:pair.p12 --account patchworks --connector 306 --yes --acknowledge displaces,deploys",
    );
    let id = made["result"]["certificates"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{made:#}"));
    let deleted = json(
        &served,
        &format!("delete {id} --yes --acknowledge cannot_be_undone,undeploys"),
    );
    assert_eq!(deleted["outcome"], "done", "{deleted:#}");
    assert!(
        deleted["next"]
            .to_string()
            .contains("the journal has no PEM of it"),
        "{deleted:#}"
    );
    let told: Value =
        serde_json::from_str(&served.run(&["journal", "--output", "json"]).stdout).unwrap();
    let operation = told["closed"][1]["operation"].as_str().unwrap();
    let ran = served.run(&["export", "--from-journal", operation, "--to", "x.pem"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stderr.contains("did not show its content"),
        "{}",
        ran.stderr
    );
    assert!(!served.place.0.path().join("x.pem").exists());
}

#[test]
fn entries_are_exported() {
    let served = Served::new();
    let delete = "delete retired-vpn-ca --account openai --yes --acknowledge cannot_be_undone";
    let deleted = json(&served, delete);
    let next = &deleted["next"];
    let command = next[0].as_str().unwrap();
    let command = command.strip_prefix("to take its certificate out of the journal: ");
    // No vendor takes what has expired.
    assert!(
        next[1]
            .as_str()
            .unwrap()
            .contains("it cannot be uploaded again: "),
        "{next:#}"
    );
    let operation = command.unwrap().split(' ').nth(3).unwrap();
    let pem = served.run(&["export", "--from-journal", operation, "--to", "-"]);
    assert_eq!((pem.code, &*pem.stderr), (Some(0), ""), "{pem:?}");
    let told: Value =
        serde_json::from_str(&served.run(&["journal", "--output", "json"]).stdout).unwrap();
    assert_eq!(told["closed"][0]["deleted"][0], pem.stdout.as_str());
    let ran = served.run(&[
        "export",
        "--from-journal",
        operation,
        "--to",
        "out.pem",
        "--output",
        "json",
    ]);
    let document = serde_json::from_str(&ran.stdout).unwrap();
    served.validate("export", &document);
    let rename = served.run(&[
        "rename",
        "device-fleet-root",
        "--account",
        "openai",
        "--to",
        "x",
        "--yes",
    ]);
    assert_eq!(rename.code, Some(0), "{rename:?}");
    let told: Value =
        serde_json::from_str(&served.run(&["journal", "--output", "json"]).stdout).unwrap();
    let renamed = told["closed"][1]["operation"].as_str().unwrap();
    for (arguments, said) in [
        (
            &["--from-journal", "nothing", "--to", "x"][..],
            "the journal has no change nothing",
        ),
        (
            &["--from-journal", renamed, "--to", "x"],
            "takes no certificate away",
        ),
        (
            &["--from-journal", operation, "--to", "out.pem"],
            "is there already",
        ),
        (
            &["--from-journal", operation, "--to", "-", "--output", "json"],
            "drop one of them",
        ),
        (
            &["retired-vpn-ca", "--from-journal", operation, "--to", "x"],
            "cannot be used with",
        ),
        (&["--to", "x"], "were not provided"),
    ] {
        let ran = served.run(&[&["export"], arguments].concat());
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    // What a replacement took away is there too.
    let replaced = json(
        &served,
        "replace apinizer/apinizer-payments/token-signing-2028 --with new.pem --environment production --references keep --yes --acknowledge deploys",
    );
    assert_eq!(replaced["outcome"], "done", "{replaced:#}");
    let told: Value =
        serde_json::from_str(&served.run(&["journal", "--output", "json"]).stdout).unwrap();
    let operation = told["closed"][2]["operation"].as_str().unwrap();
    let pem = served.run(&["export", "--from-journal", operation, "--to", "-"]);
    let read = certfleet::x509::read_all(pem.stdout.as_bytes()).unwrap();
    assert_ne!(read[0].sha256.to_string(), served.sha256("new.pem"));
}
