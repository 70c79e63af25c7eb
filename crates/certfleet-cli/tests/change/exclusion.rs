//! Changes of one account exclude each other, between processes that share a journal: many programs that are
//! started at random moments, and ask for the same, make it once. Those that come too late end well, and say who
//! made it and when. `CERTFLEET_ROUNDS` sets how many rounds there are of each crowd.

use crate::{
    kills_cases::{Case, cases},
    served::Served,
};
use certfleet_sandbox::Provider;
use serde_json::Value;
use std::{process::Output, thread, time::Duration};

/// The latest moment at which a program is started, in milliseconds.
const OFFSET_MS: u64 = 250;

fn rounds() -> usize {
    let asked = std::env::var("CERTFLEET_ROUNDS");
    asked.map_or(1, |rounds| rounds.parse().expect("a number of rounds"))
}

/// Starts so many programs at random moments.
fn all_at_once(served: &Served, programs: usize, arguments: &[String]) -> Vec<Value> {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let arguments = [&arguments[..], &["--output", "json"]].concat();
    // Requests are answered once one is known that could be killed.
    served.attach(&served.command(&["capabilities"]).spawn().unwrap());
    let outputs: Vec<Output> = thread::scope(|scope| {
        let programs: Vec<_> = (0..programs)
            .map(|_| {
                scope.spawn(|| {
                    thread::sleep(Duration::from_millis(fastrand::u64(0..=OFFSET_MS)));
                    let child = served.command(&arguments).spawn().unwrap();
                    child.wait_with_output().unwrap()
                })
            })
            .collect();
        let ended = programs.into_iter().map(|one| one.join().unwrap());
        ended.collect()
    });
    let reports = outputs
        .into_iter()
        .map(|output| served.json_of(output.into()));
    reports.collect()
}

/// Whether one of them made it, and all others were told by whom.
fn assert_made_once(reports: &[Value], what: &str) {
    let mut made = 0;
    for report in reports {
        assert_eq!(report["exit_code"], 0, "{what}: {report:#}");
        match report["outcome"].as_str() {
            Some("done") => made += 1,
            Some("unchanged") => {
                let text = report.to_string();
                let told = text.contains("made the same change at") && text.contains('@');
                assert!(told, "{what}: who made it is not told: {report:#}");
            }
            other => panic!("{what}: {other:?}: {report:#}"),
        }
    }
    assert_eq!(made, 1, "{what}");
}

/// The address of a record at OpenAI.
fn address(served: &Served, name: &str) -> String {
    let snapshot = served.snapshot();
    let mut records = snapshot.of(Provider::OpenAi);
    let record = records.find(|one| one.name.as_deref() == Some(name));
    format!("openai/openai/{}", record.unwrap().id)
}

fn hold(case: &Case, programs: usize) {
    let what = format!("{} by {programs}", case.name);
    let served = Served::new();
    (case.prepare)(&served);
    let before = (case.times)(&served);
    assert_eq!(before, 0, "{what}");
    let mut arguments = (case.arguments)(&served);
    if arguments[0] == "delete" && !arguments[1].contains('/') {
        // Of a record that is gone, nothing has the name any more.
        arguments[1] = address(&served, &arguments[1]);
    }
    let reports = all_at_once(&served, programs, &arguments);
    if arguments[0] == "rotate" {
        for report in &reports {
            assert_eq!(report["exit_code"], 0, "{what}: {report:#}");
        }
    } else {
        assert_made_once(&reports, &what);
    }
    assert_eq!((case.times)(&served), 1, "{what}");
    let journal = served.run(&["journal", "--output", "json"]).ok();
    let journal: Value = serde_json::from_str(&journal).unwrap();
    assert_eq!(
        journal["pending"].as_array().map(Vec::len),
        Some(0),
        "{what}"
    );
}

#[test]
fn two_programs() {
    for case in cases() {
        (0..rounds()).for_each(|_| hold(&case, 2));
    }
}

#[test]
fn twelve_programs() {
    for case in cases() {
        (0..rounds()).for_each(|_| hold(&case, 12));
    }
}

#[test]
fn fifty_programs() {
    let cases = cases();
    let upload = &cases[0];
    (0..rounds()).for_each(|_| hold(upload, 50));
}

/// Two generated certificates are two on purpose, unless they are of one plan.
#[test]
fn a_plan_that_many_programs_apply_is_carried_out_once() {
    for programs in [2, 12] {
        let served = Served::new();
        let before = served.snapshot().count(Provider::Cloudflare);
        let plan = "plan --save plan.json generate --account cloudflare-corp";
        let plan: Vec<_> = plan.split(' ').collect();
        served.run(&plan).ok();
        let apply = "apply plan.json --yes --acknowledge consumes_daily_quota";
        let apply: Vec<_> = apply.split(' ').map(str::to_owned).collect();
        let reports = all_at_once(&served, programs, &apply);
        assert_made_once(&reports, "generate");
        assert_eq!(served.snapshot().count(Provider::Cloudflare), before + 1);
    }
}
