//! Saved plans: of every change and of rotations, applied once, twice, and where they are done in part.

use crate::{
    served::{Served, only_reads},
    story::share,
    verbs_table::{Expect, agreed, rows},
};
use serde_json::Value;

fn words(line: &str) -> Vec<String> {
    shlex::split(line).unwrap()
}

fn run(served: &Served, line: &str) -> crate::support::Ran {
    let words = words(line);
    served.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn json(served: &Served, line: &str) -> Value {
    let words = words(line);
    served.json(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Saves a plan as plan.json and gives it.
fn save(served: &Served, what: &str) -> Value {
    let ran = run(served, &format!("plan --save plan.json {what}"));
    assert_eq!(ran.code, Some(0), "{what}: {ran:?}");
    let text = std::fs::read_to_string(served.place.0.path().join("plan.json")).unwrap();
    let plan = serde_json::from_str(&text).unwrap();
    served.validate("plan", &plan);
    plan
}

const AGREED: &str = "--yes --acknowledge trust_ends,cannot_be_undone,deploys,displaces";

/// Whatever a change is: its plan applied again ends as unchanged, and nothing is sent.
#[test]
fn a_plan_of_every_change_is_unchanged_the_second_time() {
    for (name, line, expect) in rows() {
        if !matches!(expect, Expect::Outcome(..)) {
            continue;
        }
        let served = Served::new();
        save(&served, line.trim_end_matches(" --no-wait"));
        let apply = agreed("apply plan.json");
        let apply: Vec<_> = apply.iter().map(String::as_str).collect();
        let first = served.json(&apply);
        assert_eq!(first["outcome"], "done", "{name}: {first:#}");
        served.sandbox.forget_requests();
        for options in [&[][..], &["--dry-run"]] {
            let again: Vec<_> = match options {
                [] => apply.clone(),
                _ => [&["apply", "plan.json"], options].concat(),
            };
            let again = served.json(&again);
            assert_eq!(again["plan"]["unchanged"], true, "{name}: {again:#}");
            assert_eq!(again["exit_code"], 0, "{name}: {again:#}");
            if options.is_empty() {
                assert_eq!(again["outcome"], "unchanged", "{name}: {again:#}");
            }
        }
        assert!(
            only_reads(&served),
            "{name}: {:#?}",
            served.sandbox.requests()
        );
    }
}

/// What is in a PKCS#12 file cannot be compared: that it was uploaded is known by the plan.
#[test]
fn a_plan_whose_certificate_is_not_known_is_applied_once() {
    for place in ["", " --connector 306"] {
        let served = Served::new();
        served
            .place
            .write_private("pair.p12", "MIIKYwIBAzCCCh8GCSqGSIb3DQEHAaCCChAEggoM");
        save(
            &served,
            &format!("upload --key-ref file:pair.p12 --account patchworks{place}"),
        );
        let before = served.snapshot().records.len();
        let apply = "apply plan.json --key-ref file:pair.p12 --yes --acknowledge displaces,deploys,cannot_be_read";
        let first = json(&served, apply);
        assert_ne!(first["exit_code"], 2, "{first:#}");
        let after = served.snapshot().records.len();
        assert_eq!(after, before + 1, "{first:#}");
        let again = json(&served, apply);
        assert_eq!(
            (&again["outcome"], &again["exit_code"]),
            (&"unchanged".into(), &0.into()),
            "{again:#}"
        );
        assert_eq!(served.snapshot().records.len(), after);
        // Another plan of the same is another upload.
        std::fs::remove_file(served.place.0.path().join("plan.json")).unwrap();
        let another = save(
            &served,
            "upload --key-ref file:pair.p12 --account patchworks",
        );
        assert_eq!(another["plan"]["unchanged"], false, "{another:#}");
    }
}

#[test]
fn a_plan_done_in_part_says_which() {
    let served = Served::new();
    let both = run(
        &served,
        "activate device-fleet-root --at organization --account openai --yes",
    );
    assert_eq!(both.code, Some(0), "{both:?}");
    save(
        &served,
        "deactivate payments-mtls-2026 device-fleet-root --at organization --account openai",
    );
    let one = run(
        &served,
        "deactivate payments-mtls-2026 --at organization --account openai --yes --acknowledge trust_ends",
    );
    assert_eq!(one.code, Some(0), "{one:?}");
    served.sandbox.forget_requests();
    let ran = run(
        &served,
        "apply plan.json --yes --acknowledge trust_ends,enforcement_stops",
    );
    assert_eq!(ran.code, Some(2), "{ran:?}");
    for said in [
        "trust_ends at organization would not follow any more",
        "is so already at organization",
        "Plan again",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert!(only_reads(&served));
}

/// The plan of a rotation over all accounts: applied, it stops where a person has to look, goes on, and is done.
#[test]
fn a_rotation_is_planned_saved_and_applied() {
    let served = Served::new();
    share(&served);
    let (old, new) = (served.sha256("old.pem"), served.sha256("new.pem"));
    served.sandbox.forget_requests();
    let rotate = format!("rotate {} --with new.pem", &old[..12]);
    let shown = run(&served, &format!("plan {rotate}"));
    assert_eq!(shown.code, Some(0), "{shown:?}");
    for said in [
        "Rotation of apinizer/",
        "Rotation of openai/",
        "Rotation of patchworks/",
        "trust_ends",
        "cannot_be_undone",
    ] {
        assert!(shown.stdout.contains(said), "{said}: {}", shown.stdout);
    }
    let plan = save(&served, &rotate);
    assert_eq!(plan["rotations"].as_array().unwrap().len(), 3);
    assert!(only_reads(&served));
    let dry = json(&served, "apply plan.json --dry-run");
    assert_eq!(dry["outcome"], "planned", "{dry:#}");
    assert!(only_reads(&served));

    // What follows has to be acknowledged, as for rotate.
    let refused = json(&served, "apply plan.json --yes");
    assert_eq!(refused["outcome"], "refused", "{refused:#}");
    assert!(only_reads(&served));

    // Without a verification nothing old is retired.
    let apply = format!("apply plan.json {AGREED}");
    let stopped = json(&served, &apply);
    served.validate("rotate", &stopped);
    assert_eq!(
        (&stopped["outcome"], &stopped["exit_code"]),
        (&"under_way".into(), &3.into()),
        "{stopped:#}"
    );
    assert_eq!(
        served.holding(&old)["openai"][0].placements,
        ["organization"]
    );
    assert_eq!(served.holding(&new).len(), 3);

    // The same command with a verification goes on with the same rotations.
    let done = json(&served, &format!("{apply} --verified"));
    assert_eq!(done["outcome"], "done", "{done:#}");
    assert_eq!(done["plans"], Value::Array(Vec::new()));
    assert!(served.holding(&old).is_empty());
    assert!(
        served
            .holding(&new)
            .values()
            .all(|records| records.len() == 1)
    );

    // And once it is done, there is nothing to do.
    served.sandbox.forget_requests();
    for command in [
        apply.clone(),
        format!("{apply} --verified"),
        "apply plan.json".to_owned(),
    ] {
        let again = json(&served, &command);
        assert_eq!(
            (&again["outcome"], &again["exit_code"]),
            (&"unchanged".into(), &0.into()),
            "{again:#}"
        );
        assert_eq!(again["parts"].as_array().unwrap().len(), 3);
    }
    assert!(only_reads(&served));
    let told = run(&served, &apply).stdout;
    assert!(
        told.contains("is done already") && told.contains("Unchanged; nothing was sent."),
        "{told}"
    );
}

#[test]
fn of_a_rotation_done_in_part_the_rest_is_done() {
    let served = Served::new();
    share(&served);
    let old = served.sha256("old.pem");
    let rotate = format!("rotate {} --with new.pem", &old[..12]);
    save(&served, &rotate);
    let one = json(
        &served,
        &format!("{rotate} --account openai --verified {AGREED}"),
    );
    assert_eq!(one["outcome"], "done", "{one:#}");
    let rest = json(&served, &format!("apply plan.json --verified {AGREED}"));
    assert_eq!(rest["outcome"], "done", "{rest:#}");
    let begun: Vec<_> = rest["plans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| plan["provider"].as_str().unwrap())
        .collect();
    assert_eq!(begun, ["patchworks", "apinizer"]);
    assert_eq!(rest["parts"].as_array().unwrap().len(), 3);
    assert!(served.holding(&old).is_empty());
}

#[test]
fn a_rotation_that_would_do_something_else_is_refused() {
    let served = Served::new();
    share(&served);
    let old = served.sha256("old.pem");
    save(
        &served,
        &format!("rotate {} --with new.pem --account openai", &old[..12]),
    );
    let switched = run(
        &served,
        "deactivate shared --at organization --account openai --yes --acknowledge trust_ends",
    );
    assert_eq!(switched.code, Some(0), "{switched:?}");
    served.sandbox.forget_requests();
    let ran = run(&served, &format!("apply plan.json --verified {AGREED}"));
    assert!(!matches!(ran.code, Some(0)), "{ran:?}");
    for said in [
        "openai/openai/cert_",
        "trust_ends at organization would not follow any more",
        "Plan again",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert!(only_reads(&served));
}

#[test]
fn plans_that_are_no_plans_are_refused() {
    let served = Served::new();
    share(&served);
    let old = served.sha256("old.pem");
    let plan = save(
        &served,
        &format!("rotate {} --with new.pem --account openai", &old[..12]),
    );
    let mut twice = plan.clone();
    let part = twice["rotations"][0].clone();
    twice["rotations"].as_array_mut().unwrap().push(part);
    let mut none = plan.clone();
    none["rotations"] = Value::Array(Vec::new());
    let mut later = plan.clone();
    later["version"] = 99.into();
    served.sandbox.forget_requests();
    for (file, said) in [
        (twice, " twice"),
        (none, "it has to hold the plan"),
        (later, "plan again"),
    ] {
        served.place.write("odd.json", &file.to_string());
        let ran = run(&served, &format!("apply odd.json {AGREED}"));
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    // Options that have no effect on what was planned.
    let ran = run(
        &served,
        &format!("apply plan.json --key-ref env:HOME {AGREED}"),
    );
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr.contains("planned without what --key-ref names"),
        "{}",
        ran.stderr
    );
    std::fs::remove_file(served.place.0.path().join("plan.json")).unwrap();
    save(&served, "delete retired-vpn-ca --account openai");
    let ran = run(
        &served,
        "apply plan.json --verified --yes --acknowledge cannot_be_undone",
    );
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("plans no rotation"), "{}", ran.stderr);
    assert!(only_reads(&served));
}
