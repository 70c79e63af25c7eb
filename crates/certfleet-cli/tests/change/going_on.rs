//! Going on with rotations: with what was begun and nothing else, with what has come up since, and without one
//! account hiding the others.

use crate::{
    served::{Plug, Served},
    story::{rotate, share},
};
use certfleet_sandbox::Sample;
use serde_json::Value;

/// A command line as the command takes it.
fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// Begins to rotate what is shared, up to its verification.
fn begin(served: &Served, more: &[&str]) -> Value {
    share(served);
    let mut arguments = rotate(&served.sha256("old.pem"));
    arguments.retain(|argument| argument != "--verified");
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let report = served.json(&[&arguments[..], more].concat());
    assert_eq!(report["outcome"], "under_way", "{report:#}");
    report
}

#[test]
fn a_rotation_under_way_is_not_taken_for_one_to_another_certificate() {
    let served = Served::new();
    let account = ["--account", "openai"];
    begin(&served, &account);
    let other = served.sandbox.sample(Sample::Authority, "other", 400);
    served.place.write("other.pem", &other);
    let old = served.sha256("old.pem");
    let same = rotate(&old);
    let other: Vec<_> = same
        .iter()
        .map(|argument| match argument.as_str() {
            "new.pem" => "other.pem",
            argument => argument,
        })
        .collect();
    let same: Vec<_> = same.iter().map(String::as_str).collect();
    for arguments in [
        [&other[..], &account].concat(),
        [&same[..], &account, &["--keep-old"]].concat(),
        [&same[..], &account, &["--soak", "1h"]].concat(),
    ] {
        let ran = served.run(&arguments);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stderr.contains("another rotation of"), "{}", ran.stderr);
        assert!(ran.stderr.contains("Nothing was sent"), "{}", ran.stderr);
    }
    assert!(served.holding(&served.sha256("other.pem")).is_empty());
    let in_force = &served.holding(&old)["openai"][0];
    assert_eq!(in_force.placements, ["organization"]);
    // The same goes on with it.
    let done = served.json(&[&same[..], &account].concat());
    assert_eq!(done["outcome"], "done", "{done:#}");
    assert!(!served.holding(&old).contains_key("openai"));
}

#[test]
fn what_has_come_up_since_can_be_acknowledged() {
    // Cut off once it is begun, before anything is changed: there is no request between the two, so it is cut off in the
    // journal's line of its first change, which is longer than a step.
    let served = (1..)
        .map(|at| {
            let served = Served::new();
            share(&served);
            let arguments = [
                rotate(&served.sha256("old.pem")),
                vec!["--account=openai".into()],
            ];
            let arguments = arguments.concat();
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            let journal = served.place.0.path().join("state/certfleet/journal.jsonl");
            let before = std::fs::metadata(journal).map_or(0, |journal| journal.len());
            drop(served.plugged(Plug::AtByte(before + 512 * at), &arguments));
            served
        })
        .find(|served| {
            let journal = served.run(&["journal", "--pending", "--output", "json"]);
            let journal: Value = serde_json::from_str(&journal.stdout).unwrap();
            journal["rotations"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
        })
        .unwrap();
    for name in ["payments-mtls-2026", "payments-mtls-2027", "shared"] {
        let off = format!("deactivate {name} --account openai --at organization --yes");
        let acknowledged = ["--acknowledge", "trust_ends,enforcement_stops"];
        let ran = served.run(&[&words(&off)[..], &acknowledged].concat());
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    // The old one was in force at the organization in the beginning, so the new one is to be.
    let resume = words("resume --yes --verified");
    let stopped = served.run(&resume);
    assert!(stopped.stderr.contains("enforcement_starts"), "{stopped:?}");
    let resumed = served.json(&[&resume[..], &["--acknowledge", "enforcement_starts"]].concat());
    assert_eq!(resumed["outcome"], "done", "{resumed:#}");
    let new = &served.holding(&served.sha256("new.pem"))["openai"][0];
    assert_eq!(new.placements, ["organization"]);
}

/// An import that was lost on its way is sent again: twice the same leaves what once does.
#[test]
fn a_lost_import_holds_up_no_rotation() {
    let rotate = |served: &Served| {
        let mut arguments = rotate(&served.sha256("old.pem"));
        arguments.extend(["--account", "apinizer-payments"].map(str::to_owned));
        arguments
    };
    let writes = {
        let served = Served::new();
        share(&served);
        served.sandbox.forget_requests();
        let arguments = rotate(&served);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        assert_eq!(served.run(&arguments).code, Some(0));
        let seen = served.sandbox.requests();
        seen.iter().position(|one| one.method != "GET").unwrap()
    };
    for plug in [Plug::Before(writes + 1), Plug::After(writes + 1)] {
        let served = Served::new();
        share(&served);
        let old = served.sha256("old.pem");
        let arguments = rotate(&served);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        assert_eq!(served.plugged(plug, &arguments).status.code(), None);
        let has_old = served.holding(&old).contains_key("apinizer");
        assert_eq!(has_old, plug == Plug::Before(writes + 1));
        let resumed = served.json(&words("resume --yes --verified"));
        assert_eq!(resumed["outcome"], "done", "{plug:?}: {resumed:#}");
        assert!(!served.holding(&old).contains_key("apinizer"), "{plug:?}");
        // What the rotation did itself is not told as another one's doing.
        let notes = &resumed["rotations"][0]["rotation"]["notes"];
        assert!(notes.is_null(), "{plug:?}: {notes}");
        let nothing = served.run(&words("journal --open"));
        assert_eq!(nothing.stdout, "Nothing is pending.\n", "{plug:?}");
    }
}

/// A note of an attempt that failed is not told of the one that did not.
#[test]
fn what_is_mended_is_not_noted_any_more() {
    let served = Served::new();
    share(&served);
    served.sandbox.change_behaviour(|behaviour| {
        let failing = &mut behaviour.apinizer.failing_environments;
        failing.insert("test".to_owned());
    });
    let mut arguments = rotate(&served.sha256("old.pem"));
    arguments.extend(["--account", "apinizer-payments"].map(str::to_owned));
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let stopped = served.json(&arguments);
    let notes = stopped["parts"][0]["rotation"]["notes"].to_string();
    assert!(notes.contains("could not resolve"), "{stopped:#}");
    served
        .sandbox
        .change_behaviour(|behaviour| behaviour.apinizer.failing_environments.clear());
    let resumed = served.run(&words("resume --yes --verified"));
    assert_eq!(resumed.code, Some(0), "{resumed:?}");
    assert!(!resumed.stdout.contains("Note:"), "{resumed:?}");
    // Nothing is advised that has been done.
    assert!(!resumed.stdout.contains("certfleet resume"), "{resumed:?}");
}

#[test]
fn an_account_that_is_gone_hides_nothing_of_the_others() {
    let served = Served::new();
    begin(&served, &[]);
    let path = served.place.0.path().join("config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let without: Vec<_> = text
        .split_inclusive("\n\n")
        .filter(|account| !account.contains("patchworks"))
        .collect();
    served.place.write("config.toml", &without.concat());
    for arguments in [
        "resume --yes --verified",
        "rotate --resume all --yes --verified",
    ] {
        let report = served.json(&words(arguments));
        let parts = report["rotations"]
            .as_array()
            .or(report["parts"].as_array());
        let parts = parts.unwrap();
        assert_eq!(parts.len(), 3, "{report:#}");
        for part in parts {
            let is_gone = part["rotation"]["provider"] == "patchworks";
            assert_eq!(part["error"].is_object(), is_gone, "{part:#}");
            // No old one is retired before that of the account that is gone is verified.
            assert_ne!(part["rotation"]["step"], "done", "{part:#}");
        }
        assert!(!served.holding(&served.sha256("old.pem")).is_empty());
    }
    served.place.write("config.toml", &text);
    let resumed = served.json(&words("resume --yes --verified"));
    assert_eq!(resumed["outcome"], "done", "{resumed:#}");
}

#[test]
fn options_that_would_have_no_effect_are_refused() {
    let served = Served::new();
    for line in [
        "rotate --resume all --account openai --yes",
        "rotate --roll-back all --provider openai --yes",
        "rotate --roll-back all --verified --yes",
        "rotate --roll-back all --key-ref env:X --yes",
        "resume --dismiss x --note y --dry-run",
    ] {
        let ran = served.run(&words(line));
        assert_eq!(ran.code, Some(2), "{line}: {ran:?}");
        assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
    }
    let dismiss = words("--read-only resume --dismiss x --note y");
    let ran = served.run(&dismiss);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("--read-only"), "{}", ran.stderr);
}

#[test]
fn a_journal_that_cannot_be_read_whole_is_not_called_empty() {
    let served = Served::new();
    served
        .place
        .write_private("journal.jsonl", "what was this?\n");
    let ran = served.run(&words("journal --pending --journal journal.jsonl"));
    assert!(!ran.stdout.contains("Nothing is pending"), "{ran:?}");
    assert!(ran.stdout.contains("line 1 of the journal"), "{ran:?}");
}
