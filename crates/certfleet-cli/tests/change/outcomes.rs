//! Every exit code of commands that change something, with the outcome that the JSON says.

use crate::served::{Plug, Served};
use certfleet_sandbox::Provider;
use serde_json::Value;

/// The number of the request that changes something, in a run that goes well.
fn writing_request(arguments: &[&str]) -> usize {
    let served = Served::new();
    let ran = served.run(arguments);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let seen = served.sandbox.requests();
    seen.iter().position(|one| one.method != "GET").unwrap() + 1
}

const UPLOAD: [&str; 7] = [
    "upload",
    "new.pem",
    "--account",
    "openai",
    "--name",
    "n",
    "--yes",
];

#[test]
fn exit_codes() {
    let at = writing_request(&UPLOAD);
    for (name, plug, code, outcome, words) in [
        (
            "refused by the vendor",
            Plug::Status(at, 409),
            1,
            "failed",
            "409",
        ),
        (
            "invalid for the vendor",
            Plug::Status(at, 400),
            1,
            "failed",
            "400",
        ),
        (
            "a server's failure, whose effect nobody can read",
            Plug::Status(at, 500),
            4,
            "unknown",
            "resume",
        ),
        (
            "not accepted",
            Plug::Status(1, 401),
            5,
            "unauthenticated",
            "401",
        ),
        (
            "not permitted",
            Plug::Status(at, 403),
            5,
            "unauthenticated",
            "403",
        ),
        (
            "the answer is lost and read back",
            Plug::LoseAnswer(at),
            0,
            "done",
            "",
        ),
    ] {
        let served = Served::new();
        let arguments = [&UPLOAD[..], &["--output", "json"]].concat();
        let ran = served.plugged(plug, &arguments).into();
        let document = served.json_of(ran);
        assert_eq!(
            (&document["exit_code"], &document["outcome"]),
            (&code.into(), &outcome.into()),
            "{name}: {document:#}"
        );
        served.validate("write", &document);
        assert!(document.to_string().contains(words), "{name}: {document:#}");
        let there = served
            .holding(&served.sha256("new.pem"))
            .contains_key("openai");
        assert_eq!(there, code == 0, "{name}");
        if code == 0 {
            assert_eq!(document["result"]["how"], "recovered");
        }
        // The human form ends with the same code and says why on stderr.
        let served = Served::new();
        let ran: crate::support::Ran = served.plugged(plug, &UPLOAD).into();
        assert_eq!(ran.code, Some(code), "{name}: {ran:?}");
        assert!(ran.stderr.contains(words), "{name}: {ran:?}");
        assert_eq!(
            ran.stderr.lines().count(),
            usize::from(code != 0),
            "{name}: {ran:?}"
        );
    }
}

#[test]
fn nobody_listens() {
    let served = Served::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let config = format!(
        "[[account]]\nprovider = \"openai\"\nbase_url = \"http://127.0.0.1:{port}\"\nadmin_key = \"env:KEY_OPENAI\"\n"
    );
    served.place.write("config.toml", &config);
    let document = served.json(&UPLOAD);
    assert_eq!(
        (&document["exit_code"], &document["outcome"]),
        (&7.into(), &"unreachable".into())
    );
}

#[test]
fn too_many_requests() {
    let served = Served::new();
    served.sandbox.change_behaviour(|behaviour| {
        behaviour.openai.rate_limit = Some(certfleet_sandbox::RateLimit {
            requests: 1,
            window: std::time::Duration::from_secs(3600),
        });
    });
    let document = served.json(&UPLOAD);
    assert_eq!(
        (&document["exit_code"], &document["outcome"]),
        (&6.into(), &"rate_limited".into()),
        "{document:#}"
    );
}

#[test]
fn some_environments_fail() {
    let served = Served::new();
    served.sandbox.change_behaviour(|behaviour| {
        behaviour
            .apinizer
            .failing_environments
            .insert("dev".to_owned());
    });
    let document = served.json(&[
        "upload",
        "new.pem",
        "--account",
        "apinizer-payments",
        "--name",
        "n",
        "--alias",
        "n",
        "--description",
        "N",
        "--environment",
        "test,dev",
        "--yes",
        "--acknowledge",
        "deploys",
    ]);
    assert_eq!(
        (&document["exit_code"], &document["outcome"]),
        (&3.into(), &"partial".into())
    );
    let outcomes: Vec<_> = document["result"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["done", "failed"]);
}

#[test]
fn every_environment_fails() {
    let served = Served::new();
    served.sandbox.change_behaviour(|behaviour| {
        let failing = &mut behaviour.apinizer.failing_environments;
        failing.extend(["dev".to_owned(), "test".to_owned()]);
    });
    let upload = "upload new.pem --account apinizer-payments --name n --alias n --description N \
                  --environment test,dev --yes --acknowledge deploys";
    let upload: Vec<_> = upload.split_whitespace().collect();
    let document = served.json(&upload);
    assert_eq!(
        (&document["exit_code"], &document["outcome"]),
        (&1.into(), &"failed".into()),
        "{document:#}"
    );
    let served = Served::new();
    served.sandbox.change_behaviour(|behaviour| {
        let failing = &mut behaviour.apinizer.failing_environments;
        failing.extend(["dev".to_owned(), "test".to_owned()]);
    });
    let ran = served.run(&upload);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("it failed in every scope"), "{ran:?}");
}

/// Patchworks accepts a deletion without a word, and lists only what is attached to something.
#[test]
fn accepted_and_not_confirmable() {
    let served = Served::new();
    let upload = "upload new.pem --account patchworks --yes --acknowledge cannot_be_read";
    let upload: Vec<_> = upload.split_whitespace().collect();
    let uploaded = served.json(&upload);
    let id = uploaded["result"]["certificates"][0]["id"]
        .as_str()
        .unwrap();
    let agreed = ["--yes", "--acknowledge", "cannot_be_undone"];
    let deleted = served.json(&[&["delete", id][..], &agreed].concat());
    served.validate("write", &deleted);
    assert_eq!(
        (&deleted["exit_code"], &deleted["outcome"]),
        (&3.into(), &"accepted".into()),
        "{deleted:#}"
    );
    assert_eq!(deleted["result"]["how"], "accepted");
    assert!(
        !served
            .holding(&served.sha256("new.pem"))
            .contains_key("patchworks")
    );
    let told = served.run(&["journal"]).stdout;
    assert!(
        told.contains("accepted, and nothing confirms that it was done"),
        "{told}"
    );
    assert!(!told.contains("Pending"), "{told}");

    let uploaded = served.json(&upload);
    let id = uploaded["result"]["certificates"][0]["id"]
        .as_str()
        .unwrap();
    let ran = served.run(&[&["delete", id][..], &agreed].concat());
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(
        ran.stdout.contains("Accepted, but not confirmed"),
        "{ran:?}"
    );
    assert!(
        ran.stdout.contains("look at the vendor's own pages"),
        "{ran:?}"
    );
}

#[test]
fn waiting_in_vain() {
    let served = Served::new();
    served.sandbox.change_behaviour(|behaviour| {
        behaviour.cloudflare.settles_after = std::time::Duration::from_secs(3600)
    });
    let activate = [
        "activate",
        "Northwind TLS Inspection CA",
        "--yes",
        "--wait-for",
        "1s",
    ];
    let document = served.json(&activate);
    assert_eq!(
        (&document["exit_code"], &document["outcome"]),
        (&3.into(), &"pending".into())
    );
    served.validate("write", &document);
    let ran = served.run(&["journal", "--pending", "--output", "json"]);
    let story: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        story["pending"].as_array().unwrap().len(),
        0,
        "it was accepted"
    );
}

#[test]
fn interrupted_in_the_middle() {
    let at = writing_request(&UPLOAD);
    let served = Served::new();
    let arguments = [&UPLOAD[..], &["--output", "json"]].concat();
    let document = served.json_of(served.plugged(Plug::Interrupt(at), &arguments).into());
    assert_eq!(
        (&document["exit_code"], &document["outcome"]),
        (&130.into(), &"interrupted".into())
    );
    assert!(
        document["next"][0]
            .as_str()
            .unwrap()
            .contains("certfleet resume"),
        "{document:#}"
    );
    let open = |served: &Served| -> usize {
        let ran = served.run(&["journal", "--pending", "--output", "json"]);
        let story: Value = serde_json::from_str(&ran.stdout).unwrap();
        story["pending"].as_array().unwrap().len()
    };
    assert_eq!(open(&served), 1);
    let resumed = served.json(&["resume"]);
    assert_eq!(resumed["exit_code"], 0, "{resumed:#}");
    assert_eq!(resumed["settled"][0]["ending"]["outcome"], "applied");
    served.validate("resume", &resumed);
    assert_eq!(open(&served), 0);

    // While it only reads, nothing can be open; also while it looks up what a name means.
    let delete = "delete retired-vpn-ca --account openai --yes --output json";
    let delete: Vec<_> = delete.split(' ').collect();
    for arguments in [&arguments[..], &delete] {
        let served = Served::new();
        let document = served.json_of(served.plugged(Plug::Interrupt(1), arguments).into());
        assert_eq!(document["exit_code"], 130);
        assert_eq!(document["next"][0], "nothing was sent", "{document:#}");
        assert_eq!(open(&served), 0);
    }
}

#[test]
fn what_may_still_take_effect_stays_pending() {
    let at = writing_request(&UPLOAD);
    let served = Served::new();
    served.plugged(Plug::Before(at), &UPLOAD);
    let early = served.json(&["resume"]);
    assert_eq!(
        (&early["exit_code"], &early["outcome"]),
        (&4.into(), &"unknown".into())
    );
    // Until it is known, the same is not sent again.
    let again = served.json(&UPLOAD);
    assert_eq!(again["outcome"], "failed", "{again:#}");
    let operation = early["settled"][0]["operation"].as_str().unwrap();
    let refused = served.run(&["resume", "--dismiss", operation]);
    assert_eq!(refused.code, Some(2), "a note is needed: {refused:?}");
    let unknown = served.run(&["resume", "--dismiss", "x", "--note", "y"]);
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    let dismissed = served.json(&[
        "resume",
        "--dismiss",
        operation,
        "--note",
        "it is not there",
    ]);
    assert_eq!(dismissed["exit_code"], 0);
    served.validate("resume", &dismissed);
    assert_eq!(served.json(&UPLOAD)["outcome"], "done");
}

#[test]
fn more_than_one_request_takes() {
    let served = Served::new();
    let ids: Vec<_> = served
        .snapshot()
        .of(Provider::OpenAi)
        .take(11)
        .map(|one| format!("openai/openai/{}", one.id))
        .collect();
    let mut arguments = vec!["activate", "--at", "project:proj_sandboxstaging", "--yes"];
    arguments.extend(ids.iter().map(String::as_str));
    let refused = served.json(&arguments);
    assert_eq!(
        (&refused["exit_code"], &refused["outcome"]),
        (&2.into(), &"refused".into())
    );
    assert!(
        refused["error"]["message"].as_str().unwrap().contains("11"),
        "{refused:#}"
    );
    arguments.push("--allow-partial");
    assert_eq!(
        served.json(&arguments)["outcome"],
        "refused",
        "its consequence is not agreed to"
    );
    arguments.extend(["--acknowledge", "may_be_partial"]);
    let done = served.json(&arguments);
    assert_eq!(done["outcome"], "done", "{done:#}");
    assert_eq!(done["result"]["items"].as_array().unwrap().len(), 11);
}
