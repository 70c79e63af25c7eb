//! Programs that print a secret: what they get of the environment, and what is shown when they fail.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::{collections::BTreeSet, fs};
use support::{
    Place, Ran,
    server::{Server, Then},
};

fn list(place: &Place, server: &Server, head: &str, script: &str) -> Ran {
    place.write("script.sh", script);
    let config = format!(
        "{head}\n[[account]]\nprovider = \"openai\"\nbase_url = \"{}\"\nadmin_key = \"cmd:sh script.sh\"\n",
        server.base()
    );
    place.write("config.toml", &config);
    let mut command = place.certfleet(&["--config", "config.toml", "list"]);
    command
        .env("OPENAI_ADMIN_KEY", "canary-openai")
        .env("CLOUDFLARE_API_TOKEN", "canary-cloudflare")
        .env("VAULT_ADDR", "https://vault.example")
        .env("VAULT_TOKEN", "canary-vault")
        .env("LC_ALL", "C");
    command.output().unwrap().into()
}

fn openai() -> Server {
    Server::start(|_| Then::json(200, r#"{"object":"list","data":[],"has_more":false}"#))
}

#[test]
fn a_command_gets_what_it_needs_and_what_the_configuration_names() {
    let server = openai();
    for (head, named) in [
        ("", &[][..]),
        (
            "pass_env = [\"VAULT_ADDR\", \"VAULT_TOKEN\", \"NOT_SET\"]",
            &["VAULT_ADDR", "VAULT_TOKEN"],
        ),
    ] {
        let place = Place::new();
        list(&place, &server, head, "env > seen; echo token").ok();
        let seen = fs::read_to_string(place.0.path().join("seen")).unwrap();
        let names: BTreeSet<_> = seen
            .lines()
            .filter_map(|line| Some(line.split_once('=')?.0))
            .collect();
        for name in ["PATH", "HOME", "TMPDIR", "LC_ALL"].iter().chain(named) {
            assert!(names.contains(name), "{name}: {names:?}");
        }
        // `sh` sets these itself.
        let others = [
            "USER", "LOGNAME", "TZ", "LANG", "LANGUAGE", "PWD", "OLDPWD", "SHLVL", "_",
        ];
        for name in names {
            let is_known = ["PATH", "HOME", "TMPDIR"].contains(&name)
                || name.starts_with("LC_")
                || others.contains(&name)
                || named.contains(&name);
            assert!(is_known, "{name}");
        }
    }
    let sent = server.seen();
    assert_eq!(sent.len(), 2);
    assert!(
        sent.iter()
            .all(|one| one.header("authorization") == Some("Bearer token"))
    );
}

#[test]
fn what_a_failing_command_says_is_shown_without_secrets() {
    let server = openai();
    let place = Place::new();
    let head = "pass_env = [\"VAULT_TOKEN\"]";
    let script =
        "echo printed-canary; echo \"sealed: no printed-canary with $VAULT_TOKEN\" >&2; exit 3";
    let ran = list(&place, &server, head, script);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let said = "the command sh failed (exit status: 3) and says \"sealed: no [redacted] with [redacted]\": run it yourself";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    assert!(!ran.stderr.contains("canary"), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1);

    // A command that succeeds may write what it likes to stderr: that is not shown.
    let script = "echo noise-canary >&2; echo token";
    list(&place, &server, "", script).ok();
    assert!(server.seen().len() == 1);
}
