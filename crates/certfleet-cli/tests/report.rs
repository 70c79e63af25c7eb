//! `certfleet report`, over the sandbox and from saved inventories.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt as _};
use support::{NOW, Place};

fn file(place: &Place, name: &str) -> String {
    fs::read_to_string(place.0.path().join(name)).unwrap()
}

/// The sandbox, saved in a file.
fn saved(place: &Place, name: &str, arguments: &[&str]) {
    let mut all = vec!["list", "--fetch-content", "--output", "json"];
    all.extend(arguments);
    place.write(name, &place.sandbox(&all).ok());
}

#[test]
fn three_forms_from_one_reading() {
    let place = Place::new();
    let told = place
        .sandbox(&[
            "report",
            "--html",
            "a.html",
            "--ics",
            "a.ics",
            "--markdown",
            "a.md",
        ])
        .ok();
    assert_eq!(
        told.lines().last(),
        Some("The report is in a.html, a.ics, a.md"),
        "{told}"
    );
    saved(&place, "all.json", &[]);
    let inventory: Value = serde_json::from_str(&file(&place, "all.json")).unwrap();
    let certificates = inventory["certificates"].as_array().unwrap();
    let (page, calendar, table) = (
        file(&place, "a.html"),
        file(&place, "a.ics"),
        file(&place, "a.md"),
    );
    assert!(told.starts_with(&format!("{} certificates: ", certificates.len())));
    assert_eq!(
        page.matches("<th scope=\"row\"").count(),
        certificates.len()
    );
    assert!(calendar.matches("BEGIN:VEVENT").count() >= certificates.len());
    assert_eq!(
        table.lines().filter(|line| line.starts_with("| ")).count(),
        1 + certificates.len()
    );
    for text in [&page, &table] {
        assert!(text.contains("patchworks/patchworks shows only certificates that are attached"));
    }
    let mode = fs::metadata(place.0.path().join("a.html"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_saved_inventory_gives_the_same_as_the_accounts() {
    let place = Place::new();
    saved(&place, "all.json", &[]);
    for form in ["--html", "--ics", "--markdown"] {
        let live = place.sandbox(&["report", form, "-"]).ok();
        let from = place.run(&["report", form, "-", "--from", "all.json"]).ok();
        assert!(live == from, "{form}");
    }
    assert!(file(&place, "all.json").contains(&NOW[..10]));
}

#[test]
fn inventories_are_put_together() {
    let place = Place::new();
    saved(&place, "one.json", &["--provider", "openai"]);
    saved(
        &place,
        "two.json",
        &["--provider", "patchworks", "--state", "unknown"],
    );
    let text = place
        .run(&[
            "report",
            "--markdown",
            "-",
            "--from",
            "one.json",
            "--from",
            "two.json",
        ])
        .ok();
    assert!(
        text.contains("`openai/openai`") && text.contains("`patchworks/patchworks`"),
        "{text}"
    );
    assert!(
        text.contains("holds only certificates chosen by --state unknown"),
        "{text}"
    );
    let twice = place.run(&[
        "report", "--ics", "-", "--from", "one.json", "--from", "one.json",
    ]);
    assert_eq!(twice.code, Some(2));
    assert!(
        twice
            .stderr
            .contains("two of the inventories hold the account openai/openai"),
        "{}",
        twice.stderr
    );
}

/// Ten thousand certificates with their contents are 30 MiB.
#[test]
fn an_inventory_may_be_larger_than_other_inputs() {
    let place = Place::new();
    saved(&place, "all.json", &[]);
    let large = file(&place, "all.json") + &" ".repeat(17 * 1024 * 1024);
    place.write("large.json", &large);
    place
        .run(&["report", "--markdown", "-", "--from", "large.json"])
        .ok();
    place.run(&["diff", "all.json", "large.json"]).ok();
}

#[test]
fn what_is_refused_writes_nothing() {
    let place = Place::new();
    place.write("there.html", "mine");
    place.write("broken.json", "{}");
    for (arguments, says) in [
        (&["report"][..], "--html <FILE>"),
        (&["report", "--html", "there.html"], "--force"),
        (
            &["report", "--html", "x", "--ics", "x"],
            "cannot both go to x",
        ),
        (
            &["report", "--html", "-", "--markdown", "-"],
            "cannot both go to -",
        ),
        (
            &["report", "--html", "x", "--from", "broken.json"],
            "is not an inventory",
        ),
        (
            &["report", "--html", "x", "--from", "none.json"],
            "cannot be read",
        ),
        (
            &[
                "report",
                "--html",
                "x",
                "--from",
                "a.json",
                "--provider",
                "openai",
            ],
            "cannot be used with",
        ),
    ] {
        let ran = place.sandbox(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
        assert!(!place.0.path().join("x").exists(), "{arguments:?}");
    }
    assert_eq!(file(&place, "there.html"), "mine");
    place
        .sandbox(&["report", "--html", "there.html", "--force"])
        .ok();
    assert!(file(&place, "there.html").starts_with("<!DOCTYPE html>"));
    let nowhere = place.sandbox(&["report", "--html", "no/such/folder"]);
    assert_eq!(nowhere.code, Some(1), "{}", nowhere.stderr);
}

#[test]
fn an_account_that_fails_is_in_the_report() {
    let place = Place::new();
    place.write(
        "config.toml",
        "[[account]]\nprovider = \"openai\"\nadmin_key = \"env:CERTFLEET_NOT_SET\"\n\n\
         [[account]]\nprovider = \"cloudflare\"\naccount_id = \"a\"\napi_token = \"env:CERTFLEET_NOT_SET\"\n",
    );
    let ran = place.run(&[
        "report",
        "--html",
        "a.html",
        "--ics",
        "a.ics",
        "--config",
        "config.toml",
    ]);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("error: the account openai/openai could not be read"),
        "{}",
        ran.stderr
    );
    for name in ["a.html", "a.ics"] {
        let text = file(&place, name).replace("\r\n ", "");
        for account in ["openai/openai", "cloudflare/cloudflare"] {
            let says = format!("the account {account} could not be read");
            assert!(text.contains(&says), "{name}: {says}");
        }
    }
    // Saved, it says the same.
    let list = place.run(&["list", "--output", "json", "--config", "config.toml"]);
    place.write("failed.json", &list.stdout);
    let saved = place.run(&["report", "--markdown", "-", "--from", "failed.json"]);
    assert_eq!(saved.code, Some(5));
    assert!(
        saved
            .stdout
            .contains("- failed: `the account openai/openai could not be read"),
        "{}",
        saved.stdout
    );
}

#[test]
fn text_fits_a_narrow_terminal() {
    let place = Place::new();
    let (code, shown) = place.on_terminal(80, &["report", "--help"]);
    assert_eq!(code, Some(0));
    for line in shown.lines() {
        // Without what makes headings bold.
        let mut parts = line.split("\u{1b}[");
        let first = parts.next().unwrap_or_default().to_owned();
        let line = parts.fold(first, |line, part| {
            line + part.split_once('m').map_or(part, |(_, text)| text)
        });
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_reader_that_stops_is_not_a_failure() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_certfleet"))
        .args(["--sandbox", "report", "--html", "-"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
