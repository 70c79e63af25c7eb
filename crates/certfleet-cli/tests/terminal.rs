//! Colour, pipes, and text that would steer a terminal.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::{
    io::Read as _,
    process::{Command, Stdio},
};
use support::{
    Place, Ran, pty,
    server::{Request, Server, Then},
};

#[test]
fn pipes_get_no_escape_codes() {
    let place = Place::new();
    for output in ["table", "json", "ndjson", "csv"] {
        let text = place.sandbox(&["list", "--output", output]).ok();
        assert!(!text.contains('\u{1b}'), "{output}");
    }
    assert!(!place.sandbox(&["list"]).ok().contains('\u{1b}'));
    let colored = place.sandbox(&["--color", "always", "list"]).ok();
    assert!(colored.contains("\u{1b}["));
}

#[test]
fn color_follows_the_environment() {
    let place = Place::new();
    for (variable, value, colored) in [
        ("CLICOLOR_FORCE", "1", true),
        ("NO_COLOR", "1", false),
        ("TERM", "dumb", false),
    ] {
        let output = place
            .certfleet(&["--sandbox", "list"])
            .env(variable, value)
            .output()
            .unwrap();
        assert_eq!(output.stdout.contains(&0x1b), colored, "{variable}");
    }
    let both = place
        .certfleet(&["--sandbox", "--color", "never", "list"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(!both.stdout.contains(&0x1b));
}

#[test]
fn a_reader_that_stops_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_certfleet"))
        .args([
            "inspect",
            "/etc/ssl/certs/ca-certificates.crt",
            "--output",
            "json",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 16];
    let mut stdout = child.stdout.take().unwrap();
    drop(stdout.read(&mut first));
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    if std::path::Path::new("/etc/ssl/certs/ca-certificates.crt").exists() {
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn arguments_cannot_steer_the_terminal() {
    let place = Place::new();
    for arguments in [
        ["get", "openai/\u{1b}[31mred/\u{7}x"],
        ["list", "--provider=\u{1b}[31m"],
        ["inspect", "no\u{1b}[31m\u{202e}file"],
    ] {
        let ran = place.run(&arguments);
        assert_eq!(ran.code, Some(2));
        assert!(
            !ran.stderr.trim_end().contains(char::is_control),
            "{:?}",
            ran.stderr
        );
        assert!(!ran.stderr.contains('\u{202e}'), "{:?}", ran.stderr);
    }
}

#[test]
fn shells_and_manual() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            place
                .run(&["completions", shell])
                .ok()
                .contains("certfleet")
        );
    }
    assert!(place.run(&["man"]).ok().contains(".TH certfleet"));
    assert!(place.run(&["man", "list"]).ok().contains("expires"));
    for help in [&["--help"][..], &["list", "--help"], &["-h"]] {
        assert!(place.run(help).ok().contains("Usage: certfleet"));
    }
}

/// Text that clears a screen, sets a title, forges a line, turns the direction and hides itself.
const HOSTILE: &str =
    "a\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\r\nforged\u{202e}evil\u{2066}\u{200b}\u{7f}\u{e0041}z";

/// One account at OpenAI whose records, or refusals, are hostile.
fn hostile(status: u16) -> (Place, Server) {
    let server = Server::start(move |request: &Request| {
        let record = serde_json::json!({
            "object": "certificate", "id": "cert_a", "name": HOSTILE, "active": true, "created_at": 1_700_000_000,
            "certificate_details": { "valid_at": 1_700_000_000, "expires_at": 1_800_000_000 },
        });
        let body = match (status, request.path()) {
            (200, path) if path.ends_with("/cert_a") => record,
            (200, _) => {
                serde_json::json!({ "object": "list", "data": [record], "has_more": false })
            }
            _ => {
                serde_json::json!({ "error": { "message": HOSTILE, "code": HOSTILE, "type": HOSTILE } })
            }
        };
        Then::json(status, body.to_string())
    });
    let place = Place::new();
    let base = server.base();
    let config = format!(
        "[[account]]\nprovider = \"openai\"\nbase_url = \"{base}\"\nadmin_key = \"env:KEY\"\n"
    );
    place.write("config.toml", &config);
    (place, server)
}

#[test]
fn vendors_cannot_steer_the_terminal() {
    for (status, code) in [(200, 0), (422, 5)] {
        let (place, _server) = hostile(status);
        for arguments in [
            &["list"][..],
            &["list", "--output", "csv"],
            &["list", "--output", "json"],
            &["list", "--output", "ndjson"],
            &["list", "--name", "forged*", "-vv"],
            &["get", "openai/openai/cert_a", "-v"],
            &["get", "openai/openai/cert_a", "--output", "json"],
            &["get", "openai/openai/cert_a", "--native"],
        ] {
            let ran: Ran = place
                .certfleet(&[&["--config", "config.toml"], arguments].concat())
                .env("KEY", "k-1234")
                .output()
                .unwrap()
                .into();
            let expected = if arguments[0] == "get" && status == 422 {
                1
            } else {
                code
            };
            assert_eq!(ran.code, Some(expected), "{arguments:?}: {}", ran.stderr);
            for text in [&ran.stdout, &ran.stderr] {
                let steering = |character: char| {
                    character.is_control() && character != '\n'
                        || "\u{202e}\u{2066}\u{200b}\u{e0041}".contains(character)
                };
                assert!(!text.contains(steering), "{arguments:?}: {text:?}");
                assert!(
                    !text.lines().any(|line| line.starts_with("forged")),
                    "{arguments:?}: {text}"
                );
            }
            // JSON has it to the letter.
            if status == 200
                && arguments
                    .iter()
                    .any(|word| word.ends_with("json") || *word == "--native")
            {
                let mut values = serde_json::Deserializer::from_str(&ran.stdout).into_iter();
                let value: serde_json::Value = values.next().unwrap().unwrap();
                let name = if arguments[0] == "list" && arguments[2] == "json" {
                    &value["certificates"][0]["name"]
                } else {
                    &value["name"]
                };
                assert_eq!(name, HOSTILE, "{arguments:?}");
            }
        }
    }
}

/// Tables on real terminals: what tells rows apart, and when they end, is there at every width.
#[test]
fn tables_on_terminals() {
    let place = Place::new();
    let folder = "certificates-of-the-payments-platform";
    std::fs::create_dir(place.0.path().join(folder)).unwrap();
    for (target, file) in [
        ("device-fleet-root", "production-client-authority.pem"),
        (
            "Northwind TLS Inspection CA",
            "staging-client-authority.pem",
        ),
    ] {
        let file = format!("{folder}/{file}");
        let account = if target.contains(' ') {
            "cloudflare-corp"
        } else {
            "openai"
        };
        place
            .sandbox(&["export", target, "--account", account, "--to", &file])
            .ok();
    }
    for columns in [60, 80, 200] {
        let mut all = String::new();
        for arguments in [
            &["list"][..],
            &["list", "--columns", "expires,name,address"],
            &["check", "--within", "60d"],
            &["inspect", folder],
        ] {
            let (_, shown) = place.on_terminal(columns, arguments);
            let lines = shown.lines().filter(|line| {
                !["Warning: ", "Note: ", "warning: "]
                    .iter()
                    .any(|start| line.starts_with(start))
            });
            all.push_str(&format!("$ certfleet {}\n", arguments.join(" ")));
            for line in lines.take_while(|line| !line.is_empty()) {
                assert!(
                    line.chars().count() <= usize::from(columns),
                    "{columns}: {line}"
                );
                all.push_str(line);
                all.push('\n');
            }
            all.push('\n');
        }
        insta::assert_snapshot!(format!("tables_at_{columns}"), all);
    }
}

/// Names that begin and end alike are told apart at every width.
#[test]
fn a_common_prefix_is_not_what_survives() {
    let words = ["payments", "orders", "billing", "identity", "shipping"];
    let server = Server::start(move |_: &Request| {
        let record = |word: &&str| {
            serde_json::json!({
                "object": "certificate", "id": format!("cert_68f1c3a2e7b94d05-{word}-8a1f"),
                "name": format!("northwind-production-eu-west-1-{word}-client-authority"),
                "active": true, "created_at": 1_700_000_000,
                "certificate_details": { "valid_at": 1_700_000_000, "expires_at": 3_786_912_000_u64 },
            })
        };
        let records: Vec<_> = words.iter().map(record).collect();
        let page = serde_json::json!({ "object": "list", "data": records, "has_more": false });
        Then::json(200, page.to_string())
    });
    let place = Place::new();
    let base = server.base();
    let config = format!(
        "[[account]]\nprovider = \"openai\"\nname = \"northwind\"\nbase_url = \"{base}\"\nadmin_key = \"env:KEY\"\n"
    );
    place.write("config.toml", &config);
    for columns in [60, 80, 200] {
        for chosen in [
            "name,expires",
            "id,expires",
            "address,expires",
            "account,name,expires,id",
        ] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_certfleet"));
            command
                .args([
                    "--config",
                    "config.toml",
                    "--color",
                    "never",
                    "list",
                    "--columns",
                    chosen,
                ])
                .current_dir(place.0.path())
                .env_clear()
                .env("KEY", "k-1234");
            let (code, shown) = pty::on_terminal(command, columns, |_| {}, |_| None);
            assert_eq!(code, Some(0), "{shown}");
            let rows: Vec<&str> = shown
                .lines()
                .filter(|line| line.contains("2090-01-01"))
                .collect();
            assert_eq!(rows.len(), words.len(), "{columns} {chosen}: {shown}");
            for word in words {
                let has = |row: &&&str| row.contains(&word[..4]);
                assert_eq!(
                    rows.iter().filter(has).count(),
                    1,
                    "{columns} {chosen}: {shown}"
                );
            }
        }
    }
}

#[test]
fn columns_are_chosen_by_name() {
    let place = Place::new();
    let table = place.sandbox(&["list", "--columns", "id,name"]).ok();
    let header: Vec<_> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["ID", "NAME"]);
    for (arguments, names) in [
        (
            &["list", "--columns", "name,colour"][..],
            "provider, account, name, state, where, expires, sha256, id, address",
        ),
        (
            &["inspect", "x", "--columns", "file"],
            "source, position, subject, issuer, key, expires, sha256",
        ),
        (
            &["list", "--columns", "name", "--output", "json"],
            "drop one of them",
        ),
        (
            &["inspect", "x", "--columns", "key", "--output", "csv"],
            "drop one of them",
        ),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(names), "{arguments:?}: {}", ran.stderr);
    }
}
