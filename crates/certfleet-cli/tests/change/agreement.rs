//! Nothing is changed without agreement.

use crate::served::{Served, only_reads};
use serde_json::Value;

#[test]
fn scripts_name_every_consequence() {
    let served = Served::new();
    let delete = ["delete", "retired-vpn-ca", "--account", "openai"];
    for (options, words) in [
        (
            &[][..],
            "not an interactive terminal: pass --yes --acknowledge cannot_be_undone",
        ),
        (&["--yes"], "pass --acknowledge cannot_be_undone"),
        (
            &["--yes", "--acknowledge", "deploys"],
            "pass --acknowledge cannot_be_undone",
        ),
        (
            &["--acknowledge", "cannot_be_undone"],
            "not an interactive terminal: pass --yes",
        ),
    ] {
        let ran = served.run(&[&delete[..], options].concat());
        assert_eq!(ran.code, Some(2), "{options:?}: {ran:?}");
        assert!(ran.stderr.contains(words), "{options:?}: {}", ran.stderr);
        assert!(ran.stdout.contains("is gone for good"), "{}", ran.stdout);
        let document = served.json(&[&delete[..], options].concat());
        assert_eq!(document["outcome"], "refused");
        served.validate("write", &document);
    }
    assert!(only_reads(&served));
    let done = served.run(&[&delete[..], &["--yes", "--acknowledge", "cannot_be_undone"]].concat());
    assert_eq!(done.code, Some(0), "{done:?}");
}

#[test]
fn a_dry_run_only_reads() {
    let served = Served::new();
    let document = served.json(&[
        "delete",
        "retired-vpn-ca",
        "--account",
        "openai",
        "--dry-run",
    ]);
    assert_eq!(document["outcome"], "planned");
    assert_eq!(
        document["plan"]["consequences"][0]["kind"],
        "cannot_be_undone"
    );
    assert!(only_reads(&served));
}

#[test]
fn read_only_reads_nothing_either() {
    let served = Served::new();
    for arguments in [
        &["upload", "new.pem", "--account", "openai", "--yes"][..],
        &["generate", "--account", "cloudflare-corp", "--yes"],
        &["rename", "a", "--to", "b", "--yes"],
        &["activate", "a", "--at", "organization", "--yes"],
        &["deactivate", "a", "--at", "organization", "--yes"],
        &[
            "replace",
            "a",
            "--with",
            "new.pem",
            "--environment",
            "x",
            "--references",
            "keep",
        ],
        &["delete", "a", "--yes"],
        &["apply", "plan.json", "--yes"],
        &["rotate", "deadbeefdeadbeef", "--with", "new.pem", "--yes"],
        &["rotate", "--resume", "all", "--yes"],
        &["rotate", "--roll-back", "all", "--yes"],
    ] {
        let ran = served.run(&[&["--read-only"], arguments].concat());
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains("--read-only"), "{}", ran.stderr);
        assert_eq!(served.requests(), 0, "{arguments:?}");
    }
    assert!(!served.place.0.path().join("state").exists());
    let plan = [
        "--read-only",
        "plan",
        "delete",
        "retired-vpn-ca",
        "--account",
        "openai",
    ];
    assert_eq!(served.run(&plan).code, Some(0));
}

#[test]
fn a_plan_is_applied_as_it_is_or_not_at_all() {
    let served = Served::new();
    let plan = [
        "plan",
        "--save",
        "plan.json",
        "activate",
        "device-fleet-root",
        "--account",
        "openai",
    ];
    let ran = served.run(&[&plan[..], &["--at", "organization"]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let path = served.place.0.path().join("plan.json");
    let text = std::fs::read_to_string(&path).unwrap();
    served.validate("plan", &serde_json::from_str::<Value>(&text).unwrap());
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).unwrap());
    assert_eq!(mode & 0o777, 0o600);
    // It is not overwritten.
    assert_eq!(
        served
            .run(&[&plan[..], &["--at", "organization"]].concat())
            .code,
        Some(2)
    );

    // What is there changes: now it would start enforcement.
    for name in ["payments-mtls-2026", "payments-mtls-2027"] {
        let off = [
            "deactivate",
            name,
            "--account",
            "openai",
            "--at",
            "organization",
            "--yes",
        ];
        let acknowledged = ["--acknowledge", "trust_ends,enforcement_stops"];
        assert_eq!(
            served.run(&[&off[..], &acknowledged].concat()).code,
            Some(0)
        );
    }
    let before = served.settled();
    let changed = served.run(&[
        "apply",
        "plan.json",
        "--yes",
        "--acknowledge",
        "enforcement_starts",
    ]);
    assert_eq!(changed.code, Some(2), "{changed:?}");
    assert!(
        changed
            .stderr
            .contains("enforcement_starts at organization would follow too"),
        "{changed:?}"
    );
    assert_eq!(served.settled(), before);

    let on = [
        "activate",
        "payments-mtls-2027",
        "--account",
        "openai",
        "--at",
        "organization",
    ];
    let acknowledged = ["--yes", "--acknowledge", "enforcement_starts"];
    assert_eq!(served.run(&[&on[..], &acknowledged].concat()).code, Some(0));
    let applied = served.json(&["apply", "plan.json", "--yes"]);
    assert_eq!(applied["outcome"], "done", "{applied:#}");
    let again = served.json(&["apply", "plan.json", "--yes"]);
    assert_eq!(again["outcome"], "unchanged", "{again:#}");
}

#[test]
fn secrets_are_no_part_of_a_plan() {
    let served = Served::new();
    let key = "-----BEGIN PRIVATE KEY-----\nQ0FOQVJZ\n-----END PRIVATE KEY-----\n";
    served.place.write_private("client.key", key);
    served
        .place
        .write_private("passphrase", "canary-passphrase\n");
    let secrets = [
        "--key-ref",
        "file:client.key",
        "--passphrase-ref",
        "file:passphrase",
    ];
    let upload = [
        "plan",
        "--save",
        "plan.json",
        "upload",
        "new.pem",
        "--account",
        "patchworks",
        "--connector",
        "306",
    ];
    let ran = served.run(&[&upload[..], &secrets].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let text = std::fs::read_to_string(served.place.0.path().join("plan.json")).unwrap();
    let without = served.run(&["apply", "plan.json", "--yes"]);
    assert_eq!(without.code, Some(2), "{without:?}");
    assert!(without.stderr.contains("--key-ref"), "{without:?}");
    let with = served.run(&[&["apply", "plan.json", "--yes"][..], &secrets].concat());
    assert_eq!(with.code, Some(0), "{with:?}");
    let journal = served.place.0.path().join("state/certfleet/journal.jsonl");
    let journal = std::fs::read_to_string(journal).unwrap();
    for shown in [
        &text,
        &journal,
        &ran.stdout,
        &with.stdout,
        &with.stderr,
        &without.stderr,
    ] {
        assert!(
            !shown.contains("Q0FOQVJZ") && !shown.contains("canary"),
            "{shown}"
        );
    }
}

/// A reader that stops takes nothing from what is true.
#[test]
fn a_closed_pipe_changes_no_exit_code() {
    let served = Served::new();
    let run = |arguments: &[&str]| {
        let mut command = served.command(arguments);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = command.stdout(writer).spawn().unwrap();
        drop(command);
        served.attach(&child);
        let ended = child.wait_with_output().unwrap();
        (
            ended.status.code(),
            String::from_utf8(ended.stderr).unwrap(),
        )
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
    let (code, said) = run(&upload);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("the output was lost"), "{said}");
    let holding = served.holding(&served.sha256("new.pem"));
    assert_eq!(holding["openai"].len(), 1, "it was carried out, once");

    let refused = ["delete", "retired-vpn-ca", "--account", "openai", "--yes"];
    assert_eq!(run(&refused).0, Some(2));
    // What a command found, its exit code says.
    assert_eq!(run(&["check", "--within", "30d"]).0, Some(4));
    assert_eq!(run(&["list"]), (Some(0), String::new()));
}
