//! Configured accounts: failing ones, secrets, and the served sandbox.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use serde_json::Value;
use std::net::TcpListener;
use support::{
    Place, Ran,
    served::Served,
    server::{Request, Server, Then},
};

/// A port that nobody listens on.
fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The served sandbox is as large as is asked for, and loses the answer that it is told to lose.
#[test]
fn the_sandbox_can_be_made_to_fail() {
    let place = Place::new();
    let options = [
        "--certificates",
        "20",
        "--seed",
        "7",
        "--fail",
        "lost-answer:uploadCertificate",
    ];
    let served = Served::start_with(&options);
    place.write("sandbox.toml", &served.config);
    let sample = certfleet_sandbox::Sandbox::new();
    let pem = sample.sample(certfleet_sandbox::Sample::Authority, "new", 400);
    place.write("new.pem", &pem);
    let run = |arguments: &[&str]| -> Ran {
        let mut all = vec!["--config", "sandbox.toml"];
        all.extend(arguments);
        let mut command = place.certfleet(&all);
        command.envs(served.variables.iter().cloned());
        command.output().unwrap().into()
    };
    let upload = [
        "upload",
        "new.pem",
        "--account",
        "openai",
        "--name",
        "n",
        "--yes",
    ];
    let ran = run(&upload);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("the answer was lost"), "{}", ran.stdout);
    let list = ["list", "--provider", "openai", "--output", "json"];
    let listed: serde_json::Value = serde_json::from_str(&run(&list).stdout).unwrap();
    // The 15 of every sandbox, 20 more, and the one that was uploaded, once.
    assert_eq!(listed["certificates"].as_array().unwrap().len(), 36);

    for (options, said) in [
        (
            ["--fail", "somewhere"],
            "before-read, after-read or lost-answer",
        ),
        (["--fail", "lost-answer:nothing"], "uploadCertificate"),
        (["--certificates", "1000000"], "1000000"),
        (["--seed", "x"], "--seed"),
    ] {
        let ran = place.run(&[&["sandbox"][..], &options].concat());
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}

#[test]
fn an_account_that_fails_hides_no_other() {
    let place = Place::new();
    let served = Served::start();
    let config = format!(
        "{}\n[[account]]\nprovider = \"openai\"\nname = \"dead\"\nbase_url = \"http://127.0.0.1:{}\"\nadmin_key = \"env:SANDBOX_OPENAI_ADMIN_KEY\"\n",
        served.config,
        closed_port()
    );
    let config = place.write("config.toml", &config);
    let run = |arguments: &[&str]| -> Ran {
        let mut command = place.certfleet(arguments);
        command.env("CERTFLEET_CONFIG", &config);
        command.envs(served.variables.iter().cloned());
        command.output().unwrap().into()
    };

    let table = run(&["list"]);
    assert_eq!(table.code, Some(5), "{table:?}");
    let row = table
        .stdout
        .lines()
        .find(|line| line.contains("dead"))
        .unwrap();
    assert!(row.contains("failed"), "{row}");
    assert!(
        table.stdout.contains("6 accounts read, 1 failed"),
        "{}",
        table.stdout
    );
    assert!(
        table
            .stderr
            .starts_with("error: the account openai/dead could not be read"),
        "{}",
        table.stderr
    );
    assert_eq!(table.stderr.lines().count(), 1);

    let json = run(&["list", "--output", "json"]);
    assert_eq!(json.code, Some(5));
    let inventory: Value = serde_json::from_str(&json.stdout).unwrap();
    let failed: Vec<_> = inventory["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|a| a["complete"] == false)
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["error"]["kind"], "network");
    assert!(!inventory["certificates"].as_array().unwrap().is_empty());

    assert_eq!(run(&["list", "--output", "csv"]).code, Some(5));
    assert_eq!(run(&["list", "--output", "ndjson"]).code, Some(5));
    assert_eq!(run(&["get", "openai/dead/cert_x"]).code, Some(5));
    // Only the accounts that are asked for count.
    assert_eq!(run(&["list", "--account", "patchworks"]).code, Some(0));
}

#[test]
fn every_kind_of_reference_leads_to_its_secret() {
    let place = Place::new();
    let served = Served::start();
    let secret = |account: &str| {
        let name = format!("SANDBOX_{account}");
        let found = served
            .variables
            .iter()
            .find(|(variable, _)| *variable == name);
        found.unwrap().1.clone()
    };
    place.write_private("key", &format!("{}\n", secret("OPENAI_ADMIN_KEY")));
    let config = served
        .config
        .replace("env:SANDBOX_OPENAI_ADMIN_KEY", "file:key")
        .replace(
            "env:SANDBOX_PATCHWORKS_API_KEY",
            &format!("cmd:echo '{}'", secret("PATCHWORKS_API_KEY")),
        );
    let config = place.write("config.toml", &config);
    let ran: Ran = place
        .certfleet(&["--config", config.to_str().unwrap(), "list"])
        .envs(served.variables.iter().cloned())
        .output()
        .unwrap()
        .into();
    let inside = place.run(&["--sandbox", "list", "--output", "csv"]).ok();
    let certificates = inside
        .lines()
        .filter(|line| line.starts_with("certificate,"))
        .count();
    assert!(ran.ok().contains(&format!("{certificates} certificates, ")));
}

#[test]
fn only_secrets_that_are_needed_are_fetched() {
    let place = Place::new();
    let port = closed_port();
    let config = place.write(
        "config.toml",
        &format!(
            "[[account]]\nprovider = \"patchworks\"\nbase_url = \"http://127.0.0.1:{port}\"\napi_key = \"env:THE_KEY\"\n\
             [[account]]\nprovider = \"openai\"\nadmin_key = \"cmd:touch fetched\"\n"
        ),
    );
    let ran: Ran = place
        .certfleet(&[
            "--config",
            config.to_str().unwrap(),
            "list",
            "--provider",
            "patchworks",
        ])
        .env("THE_KEY", "canary")
        .output()
        .unwrap()
        .into();
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert!(!place.0.path().join("fetched").exists());
}

#[test]
fn secrets_are_never_shown() {
    let place = Place::new();
    let port = closed_port();
    place.write_private("secret", "canary-file-7f3a\n");
    let config = place.write(
        "config.toml",
        &format!(
            "[[account]]\nprovider = \"openai\"\nbase_url = \"http://127.0.0.1:{port}\"\nadmin_key = \"env:THE_KEY\"\n\
             [[account]]\nprovider = \"cloudflare\"\nbase_url = \"http://127.0.0.1:{port}\"\naccount_id = \"a\"\napi_token = \"file:secret\"\n\
             [[account]]\nprovider = \"patchworks\"\nbase_url = \"http://127.0.0.1:{port}\"\napi_key = \"cmd:echo canary-command-9b2c\"\n"
        ),
    );
    for arguments in [
        &["list"][..],
        &["list", "--output", "json"],
        &["list", "--output", "ndjson"],
        &["list", "--output", "csv"],
        &["list", "--provider", "openai"],
        &["get", "openai/openai/cert_x"],
        &["get", "cloudflare/cloudflare/x", "--native"],
        &["get", "openai/other/x"],
    ] {
        let ran: Ran = place
            .certfleet(arguments)
            .env("CERTFLEET_CONFIG", &config)
            .env("THE_KEY", "canary-variable-1d8e")
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .output()
            .unwrap()
            .into();
        assert_ne!(ran.code, Some(0), "{arguments:?}");
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains("canary"), "{arguments:?}: {text}");
        }
    }
}

/// What an operator is told of an answer that is not the vendor's, or that refuses the credentials.
#[test]
fn refusals_say_what_to_look_at() {
    let page = "<!DOCTYPE html><title>Sign in</title>";
    let json = r#"{"error":{"message":"no"}}"#;
    let token = ["token", "wrong", "expired", "account id", "openai/acme"];
    let proxy = ["a proxy or a login page may have answered", "openai/acme"];
    for (status, kind, body, words) in [
        (401, "application/json", json, &token[..]),
        (403, "application/json", json, &token),
        (
            401,
            "text/html",
            page,
            &[token, ["text/html", proxy[0], "", "", ""]].concat(),
        ),
        (403, "", page, &[token, ["", proxy[0], "", "", ""]].concat()),
        (200, "text/html; charset=utf-8", page, &proxy),
        (200, "", page, &proxy),
        (302, "text/html", page, &proxy),
        (404, "text/html", page, &proxy),
        (407, "text/html", page, &proxy),
        (502, "text/html", page, &proxy),
    ] {
        let server = Server::start(move |_: &Request| {
            let mut headers = vec![("location", "/login".to_owned())];
            if !kind.is_empty() {
                headers.push(("content-type", kind.to_owned()));
            }
            Then::Answer(status, headers, body.as_bytes().to_vec())
        });
        let place = Place::new();
        let base = server.base();
        let config = format!(
            "[[account]]\nprovider = \"openai\"\nname = \"acme\"\nbase_url = \"{base}\"\nadmin_key = \"env:KEY\"\n"
        );
        place.write("config.toml", &config);
        for arguments in [&["list"][..], &["get", "openai/acme/cert_a"]] {
            let mut command = place.certfleet(&[&["--config", "config.toml"], arguments].concat());
            let ran: Ran = command.env("KEY", "k-1234").output().unwrap().into();
            assert_ne!(ran.code, Some(0), "{status} {kind}: {ran:?}");
            for word in words {
                let says = ran.stderr.contains(word);
                assert!(says, "{status} {kind}: {word}: {}", ran.stderr);
            }
            for once in ["login page", "be wrong"] {
                assert!(ran.stderr.matches(once).count() <= 1, "{}", ran.stderr);
            }
        }
    }
}
