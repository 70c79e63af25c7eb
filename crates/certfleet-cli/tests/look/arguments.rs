//! What is refused, and what no vendor and no reader can do.

use crate::{
    configured, on_config, openai,
    support::{
        NOW, Place, pty,
        server::{Request, Server},
        tls,
    },
};
use std::process::Stdio;

#[test]
fn arguments_that_are_refused_say_what_to_do() {
    let place = Place::new();
    place.write(
        "key.pem",
        "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n",
    );
    std::fs::create_dir(place.0.path().join("folder")).unwrap();
    for (arguments, said) in [
        (&["who-has", "1234"][..], "at least 8 hex digits"),
        (&["who-has", "missing.pem"], "not a file that exists"),
        (&["who-has", "folder"], "is a folder: name one of its files"),
        (&["who-has", "key.pem"], "private key"),
        (
            &["who-has", "http://localhost"],
            "only https:// addresses are dialled",
        ),
        (
            &["who-has", "3fa209aa", "--starttls", "smtp"],
            "leave the option out",
        ),
        (
            &["who-has", "3fa209aa", "--server-name", "x"],
            "leave the option out",
        ),
        (
            &["list", "--by", "certificate", "--output", "ndjson"],
            "use --output json, csv or table",
        ),
        (
            &[
                "list",
                "--by",
                "certificate",
                "--output",
                "csv",
                "--columns",
                "name",
            ],
            "drop one of them",
        ),
        (&["list", "--by", "colour"], "certificate"),
        (
            &["list", "--jq", ".certificates["],
            "'--jq <FILTER>': the filter ends where",
        ),
        (
            &["check", "--within", "30d", "--jq", "nothing"],
            "there is no filter nothing",
        ),
        (
            &["inspect", "key.pem", "--jq", "{"],
            "the filter ends where",
        ),
        (
            &["who-has", "3fa209aa", "--jq", ".a b"],
            "is expected at \"b\"",
        ),
        (&["list", "--jq", ".", "--output", "csv"], "drop --output"),
        (
            &["list", "--jq", ".", "--output", "ndjson"],
            "drop --output",
        ),
        (
            &["list", "--jq", ".", "--columns", "name"],
            "drop one of them",
        ),
        (&["list", "--jq", ".accounts - 1"], "cannot calculate"),
    ] {
        let ran = place.sandbox(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
        assert_eq!(
            ran.stderr.lines().count(),
            1,
            "{arguments:?}: {}",
            ran.stderr
        );
    }
}

const HOSTILE: &str =
    "a\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\r\nforged\u{202e}evil\u{2066}\u{200b}\u{7f}\u{e0041}z";

#[test]
fn vendors_cannot_steer_the_terminal() {
    let pems = ["One", "Other"].map(|name| tls::authority(name).1);
    let server = Server::start(move |request: &Request| {
        let records = [
            ("cert_a", HOSTILE, pems[0].as_str()),
            ("cert_c", HOSTILE, pems[1].as_str()),
        ];
        openai(request, &records)
    });
    let place = Place::new();
    configured(&place, &[("acme", server.base())]);
    for arguments in [
        &["list", "--by", "certificate"][..],
        &["list", "--by", "certificate", "--output", "csv"],
        &["list", "--by", "certificate", "--output", "json"],
        &["list", "--by", "certificate", "--no-content"],
        &["list", "--by", "certificate", "--jq", ".findings[].message"],
        &[
            "list",
            "--no-content",
            "--jq",
            ".certificates[].name | tojson",
        ],
        &["list", "--no-content", "--jq", "."],
        &[
            "list",
            "--no-content",
            "--jq",
            "[.certificates[].name] | @tsv",
        ],
        &["who-has", "0123456789", "--output", "json"],
        &["who-has", "0123456789"],
    ] {
        let ran = on_config(&place, arguments);
        let expected = if arguments[0] == "list" { 0 } else { 3 };
        assert_eq!(ran.code, Some(expected), "{ran:?}");
        for text in [&ran.stdout, &ran.stderr] {
            let steers = |character: char| {
                character.is_control() && character != '\n' && character != '\t'
                    || "\u{202e}\u{2066}\u{200b}\u{e0041}".contains(character)
            };
            assert!(!text.contains(steers), "{arguments:?}: {text:?}");
            assert!(
                !text.lines().any(|line| line.starts_with("forged")),
                "{arguments:?}: {text}"
            );
        }
        assert!(!ran.stdout.is_empty(), "{ran:?}");
    }
}

#[test]
fn a_reader_that_stops_is_not_a_failure() {
    let place = Place::new();
    for arguments in [
        &["list", "--by", "certificate", "--output", "json"][..],
        &["list", "--jq", ".certificates[]"],
    ] {
        let all = [&["--sandbox", "--sandbox-time", NOW], arguments].concat();
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_certfleet"))
            .args(all)
            .current_dir(place.0.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn help_fits_a_terminal() {
    let place = Place::new();
    for arguments in [
        &["who-has", "--help"][..],
        &["who-has", "-h"],
        &["list", "--help"],
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_certfleet"));
        command
            .args(arguments)
            .env_clear()
            .env("NO_COLOR", "1")
            .env("HOME", place.0.path());
        let (code, shown) = pty::on_terminal(command, 100, |_| {}, |_| None);
        assert_eq!(code, Some(0));
        for line in pty::lines(&shown).lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}
