//! What the journal tells: who did what to which certificate, and what a plan has done already.

use crate::served::{Plug, Served};
use serde_json::Value;

fn history(served: &Served, options: &[&str]) -> Value {
    let ran = served.run(&[&["journal", "--output", "json"], options].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let history = serde_json::from_str(&ran.stdout).unwrap();
    served.validate("journal", &history);
    history
}

fn words(line: &str) -> Vec<String> {
    shlex::split(line).unwrap()
}

/// Saves a plan and applies it twice. Returns the two reports.
fn applied_twice(served: &Served, change: &str, agreed: &str) -> [Value; 2] {
    let plan = words(&format!("plan --save plan.json {change}"));
    let plan: Vec<_> = plan.iter().map(String::as_str).collect();
    assert_eq!(served.run(&plan).code, Some(0));
    let apply = ["apply", "plan.json", "--yes", "--acknowledge", agreed];
    let reports = [served.json(&apply), served.json(&apply)];
    std::fs::remove_file(served.place.0.path().join("plan.json")).unwrap();
    reports
}

#[test]
fn a_plan_that_is_applied_twice_makes_one_change() {
    let served = Served::new();
    let count = |vendor| served.snapshot().count(vendor);
    let before = count(certfleet_sandbox::Provider::Cloudflare);
    for (change, agreed) in [
        (
            "generate --account cloudflare-corp --days 100",
            "consumes_daily_quota",
        ),
        ("delete retired-vpn-ca --account openai", "cannot_be_undone"),
        ("upload new.pem --account patchworks", "cannot_be_read"),
        (
            "rename device-fleet-root --to devices --account openai",
            "deploys",
        ),
    ] {
        let [first, second] = applied_twice(&served, change, agreed);
        assert_eq!(first["outcome"], "done", "{change}: {first:#}");
        assert_eq!(
            (&second["outcome"], &second["exit_code"]),
            (&"unchanged".into(), &0.into()),
            "{change}: {second:#}"
        );
        let note = second["result"]["notes"][0].as_str().unwrap();
        assert!(note.contains("made the same change at"), "{change}: {note}");
    }
    assert_eq!(count(certfleet_sandbox::Provider::Cloudflare), before + 1);
    let holding = served.holding(&served.sha256("new.pem"));
    assert_eq!(holding["patchworks"].len(), 1);
}

#[test]
fn who_and_what() {
    let served = Served::new();
    let delete =
        words("delete retired-vpn-ca --account openai --yes --acknowledge cannot_be_undone");
    let delete: Vec<_> = delete.iter().map(String::as_str).collect();
    assert_eq!(served.run(&delete).code, Some(0));
    let told = history(&served, &[]);
    let change = &told["closed"][0];
    let sha256 = change["about"][0]["sha256"][0].as_str().unwrap();
    assert_eq!(change["about"][0]["name"], "retired-vpn-ca");
    let kept = change["deleted"][0].as_str().unwrap();
    let kept = certfleet::x509::read_all(kept.as_bytes()).unwrap();
    assert_eq!(kept[0].sha256.to_string(), sha256);
    let who = |part: &str| change["asked_by"][part].as_str().unwrap().to_owned();
    let text = served.run(&["journal"]).stdout;
    for shown in [
        format!("{}@{}", who("user"), who("host")),
        "\"retired-vpn-ca\"".to_owned(),
        format!("SHA-256 {}", &sha256[..12]),
        "take out with: certfleet export --from-journal ".to_owned(),
    ] {
        assert!(text.contains(&shown), "{shown}: {text}");
    }
}

#[test]
fn nothing_is_pending() {
    let served = Served::new();
    let upload = ["upload", "new.pem", "--account", "openai", "--yes"];
    assert_eq!(served.run(&upload).code, Some(0));
    for option in ["--pending", "--open"] {
        let ran = served.run(&["journal", option]);
        assert_eq!((ran.code, &*ran.stdout), (Some(0), "Nothing is pending.\n"));
    }
    assert_eq!(
        history(&served, &["--pending"])["pending"],
        Value::Array(vec![])
    );

    let rename = [
        "rename",
        "device-fleet-root",
        "--account",
        "openai",
        "--to",
        "devices",
        "--yes",
    ];
    // The listing for the name, that for the plan and that before it is sent come first.
    let reads = {
        let served = Served::new();
        assert_eq!(served.run(&rename).code, Some(0));
        let seen = served.sandbox.requests();
        seen.iter().position(|one| one.method != "GET").unwrap()
    };
    served.plugged(Plug::After(reads + 1), &rename);
    let text = served.run(&["journal", "--pending"]).stdout;
    assert!(text.starts_with("Pending ("), "{text}");
    let pending = history(&served, &["--pending"]);
    assert_eq!(pending["pending"].as_array().unwrap().len(), 1);
    assert_eq!(pending["closed"], Value::Array(vec![]));
}

#[test]
fn a_roll_back_shows_what_it_would_do() {
    let served = Served::new();
    crate::story::share(&served);
    let mut rotate = crate::story::rotate(&served.sha256("old.pem"));
    rotate.retain(|argument| argument != "--verified");
    let rotate: Vec<_> = rotate.iter().map(String::as_str).collect();
    assert_eq!(served.run(&rotate).code, Some(3));
    let before = served.settled();
    let ran = served.run(&["rotate", "--roll-back", "all", "--dry-run"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for shown in [
        "1. activate openai/openai/",
        "2. deactivate openai/openai/",
        "trust_ends",
        "import what apinizer/apinizer-payments/shared had in environment test, environment dev",
        "deploys",
    ] {
        assert!(ran.stdout.contains(shown), "{shown}: {}", ran.stdout);
    }
    assert_eq!(served.settled(), before);
}

#[test]
fn parts_of_the_journal() {
    let served = Served::new();
    for (line, agreed) in [
        ("upload new.pem --account openai --name a", ""),
        ("rename a --account openai --to b", ""),
        (
            "upload new.pem --account patchworks",
            " --acknowledge cannot_be_read",
        ),
        ("rename b --account openai --to c", ""),
    ] {
        let words = words(&format!("{line} --yes{agreed}"));
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        assert_eq!(served.json(&words)["exit_code"], 0, "{line}");
    }
    let all = history(&served, &[]);
    let verbs = |told: &Value| -> Vec<String> {
        let closed = told["closed"].as_array().unwrap().iter();
        let verb = |one: &Value| {
            one["change"]["verb"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        closed
            .map(|one| format!("{} {}", one["account"].as_str().unwrap(), verb(one)))
            .collect()
    };
    assert_eq!(
        (all["closed"].as_array().unwrap().len(), &all["left_out"]),
        (4, &0.into())
    );
    // The newest are left, the newest last.
    let everything = verbs(&all);
    for (options, kept, left_out) in [
        (&["--limit", "2"][..], &everything[2..], 2),
        (&["--limit", "9"], &everything[..], 0),
        (&["--limit", "0"], &everything[..0], 4),
        (&["--account", "patchworks"], &everything[2..3], 3),
        (
            &["--account", "patchworks/patchworks,nobody"],
            &everything[2..3],
            3,
        ),
        (&["--since", "1h"], &everything[..], 0),
        (&["--since", "2999-01-01"], &everything[..0], 4),
        (
            &["--since", "1h", "--account", "openai", "--limit", "1"],
            &everything[3..],
            3,
        ),
        (&["--pending", "--account", "openai"], &everything[..0], 0),
    ] {
        let told = history(&served, options);
        assert_eq!(verbs(&told), kept, "{options:?}");
        assert_eq!(told["left_out"], left_out, "{options:?}");
        let text = served.run(&[&["journal"], options].concat()).stdout;
        let said = text.contains(&format!("{left_out} more are left out by --"));
        assert_eq!(said, left_out > 0, "{options:?}: {text}");
    }
    let text = served.run(&["journal", "--account", "nobody"]).stdout;
    assert!(
        text.starts_with("Nothing in the journal is what the options ask for."),
        "{text}"
    );
    for (option, value) in [("--since", "yesterday"), ("--limit", "few")] {
        let ran = served.run(&["journal", option, value]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(value), "{}", ran.stderr);
    }
}

/// What is pending is not hidden by a limit, unless it is all that is asked for.
#[test]
fn a_limit_hides_nothing_that_is_pending() {
    let served = Served::new();
    let rename = words("rename device-fleet-root --account openai --to devices --yes");
    let rename: Vec<_> = rename.iter().map(String::as_str).collect();
    let reads = {
        let served = Served::new();
        assert_eq!(served.run(&rename).code, Some(0));
        let seen = served.sandbox.requests();
        seen.iter().position(|one| one.method != "GET").unwrap()
    };
    served.plugged(Plug::After(reads + 1), &rename);
    let upload = ["upload", "new.pem", "--account", "openai", "--yes"];
    assert_eq!(served.run(&upload).code, Some(0));
    for (options, pending, closed, left_out) in [
        (&["--limit", "1"][..], 1, 1, 0),
        (&["--limit", "0"], 1, 0, 1),
        (&["--limit", "0", "--pending"], 0, 0, 1),
        (&["--limit", "1", "--pending"], 1, 0, 0),
        (&["--since", "2999-01-01"], 0, 0, 2),
    ] {
        let told = history(&served, options);
        let count = |part: &str| told[part].as_array().unwrap().len();
        assert_eq!(
            (count("pending"), count("closed")),
            (pending, closed),
            "{options:?}"
        );
        assert_eq!(told["left_out"], left_out, "{options:?}");
    }
}
