//! `check` for Nagios and Prometheus, and its ignore list.

use crate::support::{NOW, Place};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt as _};

#[test]
fn a_plugin_says_it_in_one_line_and_by_its_exit_code() {
    let place = Place::new();
    for (arguments, code, word) in [
        (&["--provider", "openai"][..], 2, "CRITICAL"),
        (
            &["--within", "10d", "--provider", "cloudflare", "--active"],
            1,
            "WARNING",
        ),
        (
            &["--within", "0d", "--provider", "cloudflare", "--active"],
            0,
            "OK",
        ),
    ] {
        let all = [&["check", "--output", "nagios"], arguments].concat();
        let ran = place.sandbox(&all);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(code), ""), "{ran:?}");
        let first = ran.stdout.lines().next().unwrap();
        assert!(
            first.starts_with(&format!("CERTFLEET {word} - ")),
            "{first}"
        );
        let (_, data) = first.split_once(" | ").unwrap();
        for datum in data.split(' ') {
            let (label, value) = datum.split_once('=').unwrap();
            assert!(
                label
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            );
            let number = value.split(';').next().unwrap().trim_end_matches('s');
            assert!(number.parse::<i64>().is_ok(), "{datum}");
        }
        assert_eq!(ran.stdout.matches('|').count(), 1, "{}", ran.stdout);
    }
}

#[test]
fn a_plugin_that_cannot_look_is_unknown() {
    let place = Place::new();
    place.write("bad.toml", "[[ignore]]\nname = \"a|b\n");
    for arguments in [
        &["check"][..],
        &["--config", "nothing.toml", "check"],
        &["--sandbox", "check", "--ignore", "bad.toml"],
        &["--sandbox", "check", "--account", "nobody"],
        &["--sandbox", "check", "--warn", "1d"],
    ] {
        let ran = place.run(&[arguments, &["--output", "nagios"]].concat());
        assert_eq!(ran.code, Some(3), "{arguments:?}: {ran:?}");
        assert!(
            ran.stdout.starts_with("CERTFLEET UNKNOWN - "),
            "{}",
            ran.stdout
        );
        assert_eq!(
            (ran.stdout.lines().count(), ran.stderr.as_str()),
            (1, ""),
            "{ran:?}"
        );
    }
}

#[test]
fn metrics_are_written_whole_and_over_the_former_ones() {
    let place = Place::new();
    let path = place.write_private("fleet.prom", "old");
    let write = ["check", "--output", "prometheus", "--to", "fleet.prom"];
    let printed = place.sandbox(&["check", "--output", "prometheus"]).ok();
    assert_eq!(place.sandbox(&write).ok(), "");
    assert_eq!(fs::read_to_string(&path).unwrap(), printed);
    // The user of node_exporter reads it.
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o444,
        0o444
    );
    let files = fs::read_dir(place.0.path()).unwrap();
    assert_eq!(files.count(), 1, "nothing is left beside it");
    // What cannot be written leaves what is there.
    fs::create_dir(place.0.path().join("folder.prom")).unwrap();
    for to in ["folder.prom", "nothing/fleet.prom"] {
        let ran = place.sandbox(&["check", "--output", "prometheus", "--to", to]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stderr.contains("cannot be written"), "{}", ran.stderr);
    }
    let ran = place.run(&[&["--config", "nothing.toml"], &write[..]].concat());
    assert_eq!(ran.code, Some(2));
    assert_eq!(fs::read_to_string(&path).unwrap(), printed);
}

#[test]
fn an_ignore_list_takes_out_what_it_names_and_tells_what_is_wrong_with_it() {
    let place = Place::new();
    let json = |arguments: &[&str]| -> Value {
        let ran = place.sandbox(&[&["check", "--output", "json"], arguments].concat());
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let before = json(&[]);
    let bad: Vec<_> = before["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["level"] != "ok")
        .collect();
    assert!(bad.len() > 3, "{before:#}");
    let mut list = String::new();
    for item in &bad {
        list += &format!(
            "[[ignore]]\naddress = {}\nreason = \"known\"\nuntil = 2026-12-31\n",
            item["id"]
        );
    }
    place.write("all.toml", &list);
    let after = json(&["--ignore", "all.toml"]);
    assert_eq!(
        (&after["status"], &after["exit_code"]),
        (&"ok".into(), &0.into()),
        "{after:#}"
    );
    let ignored = after["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| !item["ignored"].is_null());
    assert!(ignored.count() >= bad.len());
    let schema: Value = serde_json::from_str(&place.run(&["schema", "check"]).ok()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for document in [&before, &after] {
        let errors: Vec<_> = validator
            .iter_errors(document)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let text = place.sandbox(&["check", "--ignore", "all.toml"]).ok();
    assert!(
        text.contains("Ignored: ") && text.contains(" until 2026-12-31: known\n"),
        "{text}"
    );

    place.write(
        "odd.toml",
        "[[ignore]]\nname = \"*\"\nuntil = 2026-12-31\n\n[[ignore]]\nname = \"*\"\nreason = \"r\"\n\n[[ignore]]\nname = \"*\"\nreason = \"r\"\nuntil = 2026-11-21\n\n[[ignore]]\nname = \"no such name\"\nreason = \"r\"\nuntil = 2026-11-22\n",
    );
    let ran = place.sandbox(&["check", "--ignore", "odd.toml"]);
    assert_eq!(ran.code, Some(4), "at {NOW} nothing is ignored: {ran:?}");
    assert_eq!(
        ran.stderr,
        "warning: odd.toml: entry 1 (name *): it has no reason and ignores nothing: write reason = \"...\"\n\
         warning: odd.toml: entry 2 (name *): it has no end and ignores nothing: write until = YYYY-MM-DD\n\
         warning: odd.toml: entry 3 (name *): its last day, 2026-11-21, has passed and it no longer ignores anything: give it a later day or take it out\n\
         warning: odd.toml: entry 4 (name no such name): it matches no certificate: correct it or take it out\n"
    );
    // Of some accounts alone it cannot be told that an entry matches nothing.
    let ran = place.sandbox(&["check", "--ignore", "odd.toml", "--provider", "openai"]);
    assert_eq!(ran.stderr.lines().count(), 3, "{}", ran.stderr);
}

/// Nobody reads on: the exit code says it all the same.
#[test]
fn columns_are_chosen() {
    let place = Place::new();
    let ran = place.sandbox(&["check", "--columns", "expires,sha256,where,address"]);
    let mut lines = ran.stdout.lines();
    let heads: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(heads, ["EXPIRES", "SHA256", "WHERE", "CERTIFICATE"]);
    let [unknown, first] = [lines.next().unwrap(), lines.next().unwrap()];
    assert!(unknown.starts_with("unknown"), "{unknown}");
    assert!(unknown.ends_with("patchworks/patchworks/1045"), "{unknown}");
    let first: Vec<_> = first.split_whitespace().collect();
    let is_short =
        |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(first.iter().any(|text| is_short(text)), "{first:?}");
    assert!(
        first.last().unwrap().starts_with("openai/openai/cert_"),
        "{first:?}"
    );
    for (form, code) in [("json", 2), ("nagios", 3), ("prometheus", 2)] {
        let ran = place.sandbox(&["check", "--columns", "name", "--output", form]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            said.contains("--columns chooses the columns of a table"),
            "{ran:?}"
        );
    }
}

#[test]
fn a_closed_pipe() {
    let place = Place::new();
    for (form, code) in [("table", 4), ("json", 4), ("nagios", 2), ("prometheus", 0)] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_certfleet"));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command
            .args([
                "--sandbox",
                "--sandbox-time",
                NOW,
                "check",
                "--output",
                form,
            ])
            .env("HOME", place.0.path())
            .stdout(writer)
            .stderr(std::process::Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{form}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{form}");
    }
}
