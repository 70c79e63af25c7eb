//! Completions in a shell: what the last listing named, and no request.

use crate::served::Served;
use std::process::Command;

/// What certfleet answers a completion script of fish after these words.
fn offered(served: &Served, words: &[&str], cache: &str) -> Vec<String> {
    let mut command = served.command(&["--", "certfleet"]);
    command
        .args(words)
        .env("CERTFLEET_COMPLETE", "fish")
        .env("CERTFLEET_COMPLETION_CACHE", cache);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines();
    lines
        .map(|line| line.split('\t').next().unwrap().to_owned())
        .collect()
}

#[test]
fn what_the_last_listing_named_is_offered_without_a_request() {
    let served = Served::new();
    assert!(offered(&served, &["list", "--account", ""], "").is_empty());
    assert_eq!(served.run(&["list", "--name", "device*"]).code, Some(0));
    // A part of a listing is not kept.
    let file = served.place.0.path().join(".cache/certfleet/listed.json");
    assert!(!file.exists());
    assert_eq!(served.run(&["list"]).code, Some(0));
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap());
    assert_eq!(mode & 0o777, 0o600);
    let kept = std::fs::read_to_string(&file).unwrap();
    for secret in served
        .sandbox
        .accounts()
        .iter()
        .filter_map(|one| one.token())
    {
        assert!(!kept.contains(secret));
    }
    assert!(!kept.contains("BEGIN CERTIFICATE"));
    served.sandbox.forget_requests();
    for (words, offer) in [
        (&["list", "--account", "open"][..], "openai/openai"),
        (&["activate", "device"], "device-fleet-root"),
        (&["get", "openai/openai/cert_"], "openai/openai/cert_"),
        (
            &["activate", "x", "--at", ""],
            "project:proj_sandboxstaging",
        ),
        (&["activate", "x", "--at", "e"], "edge"),
        (&["upload", "new.pem", "--environment", "te"], "test"),
        (&["upload", "new.pem", "--connector", "30"], "301"),
        (&["plan", "delete", "device"], "device-fleet-root"),
        (&["get", "new"], "new.pem"),
        (&["rota"], "rotate"),
        (&["list", "--output", "nd"], "ndjson"),
    ] {
        let offers = offered(&served, words, "");
        assert!(
            offers.iter().any(|one| one.starts_with(offer)),
            "{words:?}: {offers:?}"
        );
    }
    // Whoever wants nothing kept is offered nothing of it, and nothing is written.
    assert!(offered(&served, &["list", "--account", "open"], "none").is_empty());
    std::fs::write(&file, "damaged").unwrap();
    assert!(offered(&served, &["list", "--account", "open"], "").is_empty());
    assert!(served.sandbox.requests().is_empty());
}

/// The script that is printed, in a real bash.
#[test]
fn bash_completes() {
    let served = Served::new();
    assert_eq!(served.run(&["list"]).code, Some(0));
    let certfleet = std::path::Path::new(env!("CARGO_BIN_EXE_certfleet"));
    let path = format!("{}:/usr/bin:/bin", certfleet.parent().unwrap().display());
    let script = "eval \"$(certfleet completions bash)\"; COMP_WORDS=(certfleet activate device); COMP_CWORD=2; \
                  COMP_TYPE=9; _clap_complete_certfleet certfleet device activate; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let mut command = Command::new("bash");
    command.args(["-c", script]).env_clear();
    let as_certfleet = served.command(&[]);
    for (name, value) in as_certfleet.get_envs() {
        command.env(name, value.unwrap());
    }
    let output = command
        .env("PATH", path)
        .current_dir(served.place.0.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("device-fleet-root"),
        "{text} {:?}",
        String::from_utf8(output.stderr)
    );
}

#[test]
fn wrong_shells_are_refused() {
    let served = Served::new();
    for (shell, words, said) in [
        (
            "tcsh",
            &["--", "certfleet", ""][..],
            "is not a shell with completions",
        ),
        ("bash", &["list"], "no words to complete"),
    ] {
        let output = served
            .command(words)
            .env("CERTFLEET_COMPLETE", shell)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(said), "{stderr}");
    }
}
