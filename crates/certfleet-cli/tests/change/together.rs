//! Rotations that belong together: none retires anything before every new certificate is verified, whichever
//! command drives them.

use crate::{
    served::Served,
    story::{rotate, share},
};
use serde_json::Value;

/// The command that rotates what is shared, without `--verified`.
fn unverified(served: &Served) -> Vec<String> {
    let mut rotate = rotate(&served.sha256("old.pem"));
    rotate.retain(|argument| argument != "--verified");
    rotate
}

fn run(served: &Served, arguments: &[String], more: &[&str]) -> Value {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let report = served.json(&[&arguments[..], more].concat());
    served.validate("rotate", &report);
    report
}

fn rotation_of(report: &Value, provider: &str) -> String {
    let parts = report["parts"].as_array().unwrap();
    let part = parts
        .iter()
        .find(|part| part["rotation"]["provider"] == provider);
    part.unwrap()["rotation"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn one_of_them_alone_is_held_by_the_others() {
    let served = Served::new();
    share(&served);
    let old = served.sha256("old.pem");
    let waiting = run(&served, &unverified(&served), &[]);
    let openai = rotation_of(&waiting, "openai");
    let alone = ["rotate", "--resume", &openai, "--verified", "--yes"].map(str::to_owned);
    let held = run(&served, &alone, &[]);
    assert_eq!(held["outcome"], "under_way", "{held:#}");
    assert_eq!(held["parts"][0]["rotation"]["step"], "retire");
    let by: Vec<_> = held["held_by"].as_array().unwrap().iter().collect();
    assert_eq!(by.len(), 2, "{held:#}");
    assert_eq!(by[0], "patchworks/patchworks/1048");
    assert_eq!(by[1], "apinizer/apinizer-payments/shared");
    let next = held["next"][0].as_str().unwrap();
    assert!(next.contains("no old certificate is retired"), "{next}");
    assert_eq!(
        served.holding(&old)["openai"][0].placements,
        ["organization"]
    );
    let all = ["rotate", "--resume", "all", "--verified", "--yes"].map(str::to_owned);
    assert_eq!(run(&served, &all, &[])["outcome"], "done");
    assert!(served.holding(&old).is_empty());
}

#[test]
fn one_that_is_under_way_is_joined_by_the_others() {
    let served = Served::new();
    share(&served);
    let old = served.sha256("old.pem");
    let first = run(&served, &unverified(&served), &["--account", "openai"]);
    assert_eq!(first["outcome"], "under_way", "{first:#}");
    let openai = rotation_of(&first, "openai");

    let joined = run(&served, &unverified(&served), &[]);
    assert_eq!(joined["outcome"], "under_way", "{joined:#}");
    assert_eq!(joined["plans"].as_array().unwrap().len(), 2);
    assert_eq!(rotation_of(&joined, "openai"), openai, "it is gone on with");
    for part in joined["parts"].as_array().unwrap() {
        let together = part["rotation"]["spec"]["together"].as_array().unwrap();
        assert_eq!(together.len(), 3, "{joined:#}");
    }

    // The first one alone does not retire anything any more.
    let alone = ["rotate", "--resume", &openai, "--verified", "--yes"].map(str::to_owned);
    let held = run(&served, &alone, &[]);
    assert_eq!(held["held_by"].as_array().unwrap().len(), 2, "{held:#}");

    let resumed = served.json(&["resume", "--yes", "--verified"]);
    assert_eq!(resumed["outcome"], "done", "{resumed:#}");
    assert!(served.holding(&old).is_empty());
}
