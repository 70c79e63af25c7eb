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
        "kept as PEM".to_owned(),
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
