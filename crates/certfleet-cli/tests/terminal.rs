//! Colour, pipes, and text that would steer a terminal.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::{
    io::Read as _,
    process::{Command, Stdio},
};
use support::Place;

#[test]
fn pipes_get_no_escape_codes() {
    let place = Place::new();
    for output in ["table", "json", "ndjson", "csv"] {
        let text = place.sandbox(&["list", "--output", output]).ok();
        assert!(!text.contains('\u{1b}') || output == "csv", "{output}");
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
