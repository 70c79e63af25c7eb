//! Rotations that a person refused, that are one of several, or that are undone.

use crate::{
    asked::typed_at,
    served::{Served, only_reads},
    story::{rotate, share},
};
use certfleet_sandbox::{Provider, Sample};
use serde_json::Value;

const WORKS: &str = "(yes, no, later) ";

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// The command that rotates OpenAI's record, without its being verified.
fn rotate_unverified(served: &Served) -> Vec<String> {
    let mut arguments = rotate(&served.sha256("old.pem"));
    arguments.retain(|argument| argument != "--verified");
    arguments.extend(["--account", "openai"].map(str::to_owned));
    arguments
}

fn rotations(served: &Served) -> Vec<Value> {
    let ran = served.run(&["journal", "--pending", "--output", "json"]);
    let journal: Value = serde_json::from_str(&ran.stdout).unwrap();
    journal["rotations"].as_array().unwrap().clone()
}

#[test]
fn no_option_covers_what_a_person_refused() {
    let served = Served::new();
    share(&served);
    let old = served.sha256("old.pem");
    let rotate = rotate_unverified(&served);
    let rotate: Vec<_> = rotate.iter().map(String::as_str).collect();
    let (code, shown) = typed_at(80, &served, &rotate, &[(WORKS, "no\n")]);
    assert_eq!(code, Some(3), "{shown}");
    let refused = rotations(&served).remove(0);
    assert!(refused["rotation"]["refused_at"].is_string(), "{refused:#}");
    let id = refused["rotation"]["id"].as_str().unwrap();

    let by_id = format!("resume {id} --yes --verified");
    let again = [&rotate[..], &["--verified"]].concat();
    served.place.write("check.sh", "true\n");
    for arguments in [
        words("resume --yes --verified"),
        words(&by_id),
        words("rotate --resume all --yes --verified"),
        vec!["resume", "--yes", "--verify-command", "/bin/sh check.sh"],
        again,
    ] {
        served.sandbox.forget_requests();
        let report = served.json(&arguments);
        assert_eq!(report["exit_code"], 3, "{arguments:?}: {report:#}");
        let next = report["next"].to_string();
        for said in [id, "does not work", "on a terminal", "--roll-back"] {
            assert!(next.contains(said), "{said}: {report:#}");
        }
        assert!(only_reads(&served), "{arguments:?}");
        assert!(served.holding(&old).contains_key("openai"));
    }

    // On a terminal both are asked, whatever the options say.
    let resume = words("resume --yes --verified");
    for (answers, code, is_kept) in [
        (vec![("go on: ", "no\n")], 1, true),
        (vec![("go on: ", "yes\n"), (WORKS, "no\n")], 3, true),
        (vec![("go on: ", "yes\n"), (WORKS, "later\n")], 3, true),
        (vec![("go on: ", "yes\n"), (WORKS, "yes\n")], 0, false),
    ] {
        let (ended, shown) = typed_at(80, &served, &resume, &answers);
        assert_eq!(ended, Some(code), "{answers:?}: {shown}");
        assert!(shown.contains("said at"), "{shown}");
        assert_eq!(
            served.holding(&old).contains_key("openai"),
            is_kept,
            "{shown}"
        );
    }
}

#[test]
fn of_several_rotations_those_to_go_on_with_are_named() {
    let served = Served::new();
    share(&served);
    let other = served.sandbox.sample(Sample::Authority, "other", 400);
    served.place.write("other.pem", &other);
    let agreed = [
        "--yes",
        "--acknowledge",
        "trust_ends,cannot_be_undone,enforcement_stops",
    ];
    let device = served.snapshot();
    let device = device
        .of(Provider::OpenAi)
        .find(|one| one.name.as_deref() == Some("device-fleet-root"));
    let device = &device.unwrap().sha256[0];
    for line in [
        format!(
            "rotate {} --account openai --with new.pem",
            served.sha256("old.pem")
        ),
        format!("rotate {device} --account openai --with other.pem"),
    ] {
        let ran = served.run(&[&words(&line)[..], &agreed].concat());
        assert_eq!(ran.code, Some(3), "{line}: {ran:?}");
    }
    let ids: Vec<_> = rotations(&served)
        .iter()
        .map(|one| one["rotation"]["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    served.sandbox.forget_requests();
    for line in [
        "resume --yes --verified",
        "resume --yes --verify-command /bin/true",
    ] {
        let report = served.json(&words(line));
        assert_eq!(report["outcome"], "refused", "{report:#}");
        assert_eq!(report["exit_code"], 2);
        for id in &ids {
            assert!(report["next"].to_string().contains(id), "{report:#}");
        }
    }
    let unknown = served.run(&words("resume nope --yes --verified"));
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(
        unknown.stderr.contains("no rotation nope is under way"),
        "{unknown:?}"
    );
    assert!(only_reads(&served));

    let one = served.json(&["resume", &ids[1], "--yes", "--verified"]);
    served.validate("resume", &one);
    assert_eq!(one["outcome"], "done", "{one:#}");
    assert_eq!(one["rotations"].as_array().unwrap().len(), 1);
    assert_eq!(rotations(&served).len(), 1);
    let rest = served.json(&words("resume all --yes --verified"));
    assert_eq!(rest["outcome"], "done", "{rest:#}");
    assert!(rotations(&served).is_empty());
    let nothing = served.run(&["journal", "--open"]);
    assert_eq!(
        (nothing.code, nothing.stdout.as_str()),
        (Some(0), "Nothing is pending.\n")
    );
}

#[test]
fn a_roll_back_deletes_what_the_rotation_made() {
    for columns in [60, 80, 200] {
        let served = Served::new();
        share(&served);
        let (old, new) = (served.sha256("old.pem"), served.sha256("new.pem"));
        let before = served.settled();
        let rotate = rotate_unverified(&served);
        let rotate: Vec<_> = rotate.iter().map(String::as_str).collect();
        assert_eq!(served.run(&rotate).code, Some(3));
        let made = served.holding(&new)["openai"][0].id.clone();
        let back = words("rotate --roll-back all");
        let plan = served.json(&[&back[..], &["--dry-run"]].concat());
        served.validate("rotate", &plan);
        let steps = plan["roll_backs"][0]["steps"].as_array().unwrap();
        let steps: Vec<_> = steps.iter().map(|one| one.as_str().unwrap()).collect();
        assert_eq!(steps.len(), 3, "{steps:?}");
        assert!(
            steps[0].starts_with("activate ") && !steps[0].contains(&made),
            "{steps:?}"
        );
        assert_eq!(steps[2], format!("delete openai/openai/{made}"));
        let (code, shown) = typed_at(columns, &served, &back, &[("go on: ", "no\n")]);
        assert_eq!(code, Some(1), "{shown}");
        assert!(served.holding(&new).contains_key("openai"));
        let (code, shown) = typed_at(columns, &served, &back, &[("go on: ", "yes\n")]);
        assert_eq!(code, Some(0), "{shown}");
        let (whole, _) = shown.split_once("Do this? Type yes to go on: ").unwrap();
        let asked = whole.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in steps.into_iter().chain(["trust_ends", "cannot_be_undone"]) {
            assert!(asked.contains(said), "{said}: {asked}");
        }
        // Broken between words; at 60 columns an address may be longer than what is left beside its indent.
        assert!(
            columns < 80
                || whole
                    .lines()
                    .all(|line| line.chars().count() <= usize::from(columns)),
            "{whole}"
        );
        assert!(!served.holding(&new).contains_key("openai"));
        assert_eq!(
            served.holding(&old)["openai"][0].placements,
            ["organization"]
        );
        assert_eq!(served.settled(), before, "{columns}");
    }
}

#[test]
fn a_roll_back_leaves_what_was_there_before_the_rotation() {
    let served = Served::new();
    share(&served);
    let new = served.sha256("new.pem");
    let upload = words("upload new.pem --account openai --name before --yes");
    assert_eq!(served.run(&upload).code, Some(0));
    let rotate = rotate_unverified(&served);
    let rotate: Vec<_> = rotate.iter().map(String::as_str).collect();
    let ran = served.run(&rotate);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let back = words("rotate --roll-back all --yes --acknowledge trust_ends --output json");
    let plan = served.run(&words("rotate --roll-back all --dry-run"));
    assert!(plan.stdout.contains("stays, out of force"), "{plan:?}");
    assert!(!plan.stdout.contains("cannot_be_undone"), "{plan:?}");
    let ran = served.run(&back);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(served.holding(&new)["openai"][0].placements, [""; 0]);
}
