//! No secret comes out: random ones, through every command, ending, form of output and level of log.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub
)]

mod all_well;
mod answers;
mod commands;
mod home;
mod run;
#[path = "../support/mod.rs"]
mod support;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use commands::COMMANDS;
use home::{Secrets, home};
use run::run_all;
use std::collections::BTreeSet;
use support::{
    Place,
    canary::{Canary, escaped},
};

#[test]
fn every_form_is_found() {
    let canary = Canary::new();
    let plain = &canary.value;
    let percent = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    for text in [
        plain.clone(),
        plain.bytes().map(percent).collect(),
        escaped(plain),
        format!("{plain:?}"),
        format!("{:?}", plain.as_bytes()),
        BASE64_STANDARD.encode(plain),
        BASE64_URL_SAFE_NO_PAD.encode(plain),
        BASE64_STANDARD.encode(format!("x{plain}")),
        BASE64_STANDARD.encode(format!("me:{plain}")),
    ] {
        assert!(
            canary.found_in(&format!("before {text} after")).is_some(),
            "{text}"
        );
    }
    assert!(canary.found_in("nothing of it").is_none());
}

#[test]
fn every_command_is_here() {
    let place = Place::new();
    let help = place.run(&["--help"]).ok();
    // Groups of commands: a heading, and below it a command on each line.
    let groups = help.split("\n\n").find(|part| part.starts_with("Look:\n"));
    let listed: BTreeSet<_> = groups
        .unwrap()
        .lines()
        .flat_map(
            |line| match (line.strip_prefix("  "), line.strip_prefix("Tools: ")) {
                (Some(command), _) => command.split(' ').take(1).collect::<Vec<_>>(),
                (None, Some(names)) => names.split(", ").collect(),
                (None, None) => Vec::new(),
            },
        )
        .collect();
    let here: BTreeSet<_> = COMMANDS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, here, "give COMMANDS a line for each command");
}

#[test]
fn a_panic() {
    let secrets = Secrets::new();
    let place = home(&secrets, |_| "http://127.0.0.1:1".to_owned());
    // Release builds cannot be made to panic.
    if !cfg!(debug_assertions) {
        return;
    }
    // With a secret in its message.
    let codes = run_all(&place, &secrets, &[("CERTFLEET_TEST_PANIC", "secret")]);
    for name in ["list", "get"] {
        assert!(codes.contains(&(name, 101)), "{codes:?}");
    }
    let codes = run_all(&place, &secrets, &[("CERTFLEET_TEST_PANIC", "command")]);
    let all: BTreeSet<_> = COMMANDS.iter().map(|(name, _)| (*name, 101)).collect();
    assert_eq!(codes, all);
    let ran = place
        .certfleet(&["capabilities"])
        .env("CERTFLEET_TEST_PANIC", "command")
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(
        said.starts_with("error: a fault in certfleet ") && said.contains("crash.rs:"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}
