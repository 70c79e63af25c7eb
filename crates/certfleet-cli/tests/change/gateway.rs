//! The certificate that intercepts at Cloudflare, from the command line.

use crate::{
    served::{Plug, Served, only_reads},
    verbs_table::agreed,
};
use certfleet_sandbox::{Provider, Record};
use serde_json::Value;
use std::time::Duration;

const AGREED: &str = "consumes_daily_quota,clients_must_trust,trust_ends,cannot_be_undone";

/// The record that intercepts in the account.
fn in_use(served: &Served) -> Record {
    let is_it = |one: &&Record| {
        one.account == certfleet_sandbox::CLOUDFLARE_CORP
            && one.placements.iter().any(|place| place == "in_use")
    };
    let snapshot = served.settled();
    let mut all = snapshot.of(Provider::Cloudflare);
    all.find(is_it).unwrap().clone()
}

fn address(record: &Record) -> String {
    format!("cloudflare/cloudflare-corp/{}", record.id)
}

#[test]
fn it_is_rotated_through_the_command_and_a_crash() {
    let served = Served::new();
    let old = in_use(&served);
    let rotate = ["rotate", &address(&old), "--generate", "--verified"];

    let plan = served.json(&[&rotate[..], &["--dry-run"]].concat());
    served.validate("rotate", &plan);
    assert_eq!(plan["outcome"], "planned", "{plan:#}");
    let plan = &plan["plans"][0];
    let says = |step: &str| {
        let mut steps = plan["steps"].as_array().unwrap().iter();
        steps.find(|one| one["step"] == step).unwrap()["message"].clone()
    };
    assert_eq!(says("activate"), "activate the new one at edge");
    let address = address(&old);
    let retire = format!(
        "activate the new one at gateway, where it takes the place of {address}; deactivate {address} at edge"
    );
    assert_eq!(says("retire"), retire.as_str());

    // Nobody has verified it: nothing old is touched.
    let rotate = [&rotate[..3], &["--yes", "--acknowledge", AGREED]].concat();
    let waits = served.json(&rotate);
    assert_eq!(waits["outcome"], "under_way", "{waits:#}");
    assert_eq!(in_use(&served).id, old.id);

    // The plug is pulled after the switch was sent.
    let resume = ["resume", "--yes", "--verified"];
    let killed = served.plugged(Plug::After(5), &resume);
    assert_eq!(killed.status.code(), None, "{killed:?}");
    let resumed = served.json(&resume);
    served.validate("resume", &resumed);
    assert_eq!(resumed["outcome"], "done", "{resumed:#}");
    let new = in_use(&served);
    assert_ne!(new.id, old.id);
    assert_eq!(new.placements, ["available", "in_use"]);
    assert!(
        served
            .snapshot()
            .record(Provider::Cloudflare, &old.id)
            .is_none()
    );
}

#[test]
fn it_is_rolled_back_after_the_switch() {
    let served = Served::new();
    served
        .sandbox
        .change_behaviour(|behaviour| behaviour.cloudflare.settles_after = Duration::ZERO);
    let old = in_use(&served);
    let rotate = format!(
        "rotate {} --generate --verified --soak 1h --no-wait",
        address(&old)
    );
    let words = agreed(&rotate);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let soaks = served.json(&words);
    assert_eq!(soaks["outcome"], "under_way", "{soaks:#}");
    let new = in_use(&served);
    assert_ne!(new.id, old.id);

    let roll_back = ["rotate", "--roll-back", "all", "--yes"];
    let refused = served.json(&roll_back);
    assert_eq!(refused["outcome"], "refused", "{refused:#}");
    let kinds = refused["roll_backs"][0]["consequences"].as_array().unwrap();
    assert_eq!(kinds[0]["kind"], "clients_must_trust");
    assert_eq!(in_use(&served).id, new.id);
    let agreed = ["--acknowledge", "clients_must_trust,cannot_be_undone"];
    let undone = served.json(&[&roll_back[..], &agreed].concat());
    served.validate("rotate", &undone);
    assert_eq!(undone["outcome"], "done", "{undone:#}");
    let back = in_use(&served);
    assert_eq!((back.id, back.placements), (old.id, old.placements));
    let snapshot = served.snapshot();
    assert!(snapshot.record(Provider::Cloudflare, &new.id).is_none());
}

#[test]
fn a_switch_says_how_to_go_back() {
    let served = Served::new();
    let old = in_use(&served);
    let switch = |words: &str| {
        let words = agreed(words);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let report = served.json(&words);
        assert_eq!(report["outcome"], "done", "{report:#}");
        report["next"][0].as_str().unwrap().to_owned()
    };
    let said = switch(
        "activate 'Northwind Edge Trust Anchor 2029' --account cloudflare-corp --at gateway",
    );
    let command = format!("activate {} --at gateway", address(&old));
    assert!(
        said.starts_with("to go back: certfleet ") && said.contains(&command),
        "{said}"
    );
    let back = switch(&command);
    assert_eq!(in_use(&served).id, old.id);
    assert_ne!(back, said);
}

#[test]
fn the_one_in_use_is_not_taken_away() {
    let served = Served::new();
    let old = in_use(&served);
    for (verb, says) in [
        ("deactivate", "activate another one at gateway first"),
        ("delete", "activate another one there first"),
    ] {
        let words = agreed(&format!("{verb} {}", address(&old)));
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let report = served.json(&words);
        assert_eq!(report["outcome"], "failed", "{report:#}");
        let message = &report["error"]["message"];
        assert!(message.as_str().unwrap().contains(says), "{message}");
    }
    assert!(only_reads(&served));
    let listed: Value = serde_json::from_str(
        &served
            .run(&["get", &address(&old), "--output", "json"])
            .stdout,
    )
    .unwrap();
    assert_eq!(listed["in_use"], true);
    assert_eq!(listed["placements"][1]["scope"]["kind"], "gateway");
}
