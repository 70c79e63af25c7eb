//! The plug is pulled at every request, and in the middle of every line of the journal: nothing is
//! lost, nothing is doubled, and what is told is true.
//!
//! `CERTFLEET_KILLS` says how often; a small part of all points is taken unless it is set.

use crate::{
    kills_cases::{Case, cases},
    served::{Plug, Served},
};
use serde_json::Value;
use std::{
    os::unix::process::ExitStatusExt as _,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

const KILLS: usize = 60;

/// Everywhere that the plug can be pulled in a run that goes well: before and after every request,
/// and in every line of the journal at its begin, in its middle, and before its end. With more
/// wanted, at further bytes.
fn points(case: &Case, wanted: usize) -> Vec<Plug> {
    let served = Served::new();
    (case.prepare)(&served);
    let begin = journal(&served).len();
    let arguments = (case.arguments)(&served);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let ran = served.run(&arguments);
    assert_eq!(ran.code, Some(0), "{}: {ran:?}", case.name);
    let requests = served.requests();
    let written = journal(&served);
    let mut bytes = Vec::new();
    let mut at = begin;
    for line in written[begin..].split_inclusive(|byte| *byte == b'\n') {
        bytes.extend([at, at + line.len() / 2, at + line.len() - 1]);
        at += line.len();
    }
    let mut points: Vec<_> = (1..=requests)
        .flat_map(|number| [Plug::Before(number), Plug::After(number)])
        .chain(bytes.iter().map(|at| Plug::AtByte(*at as u64)))
        .collect();
    // Further bytes, evenly over what was written.
    let length = written.len() - begin;
    let more = wanted.saturating_sub(points.len()).min(length);
    points.extend((0..more).map(|one| Plug::AtByte((begin + one * length / more) as u64)));
    points
}

fn journal(served: &Served) -> Vec<u8> {
    let path = served.place.0.path().join("state/certfleet/journal.jsonl");
    std::fs::read(path).unwrap_or_default()
}

/// One kill, and everything after it.
fn kill(case: &Case, plug: Plug) {
    let served = Served::new();
    (case.prepare)(&served);
    let arguments = (case.arguments)(&served);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let killed = served.plugged(plug, &arguments);
    let signal = killed.status.signal();
    assert!(
        matches!(
            (plug, signal),
            (Plug::AtByte(_), Some(25)) | (Plug::Before(_) | Plug::After(_), Some(9))
        ),
        "{}: not killed: {killed:?}",
        case.name
    );
    aftermath(case, &served, &arguments);
}

/// Everything after a kill: what is told is what is there, and the same command brings it about once.
pub fn aftermath(case: &Case, served: &Served, arguments: &[&str]) {
    let times = (case.times)(served);
    assert!(times <= 1, "doubled");

    // What is told is what is there.
    let resume = ["resume", "--in-flight-window", "0s", "--yes", "--verified"];
    let told = served.json(&resume);
    for one in told["settled"].as_array().unwrap() {
        let outcome = one["ending"]["outcome"].as_str().unwrap();
        let settled = one["settled"].as_bool().unwrap();
        if told["rotations"].as_array().unwrap().is_empty() {
            match (outcome, settled) {
                ("applied", true) => assert_eq!(times, 1, "{told:#}"),
                ("not_applied", true) => assert_eq!(times, 0, "{told:#}"),
                _ => assert!(!case.readable, "{told:#}"),
            }
        }
    }
    let nothing_was_open = told["settled"].as_array().unwrap().is_empty()
        && told["rotations"].as_array().unwrap().is_empty();
    if nothing_was_open && !wrote_an_end(served) {
        assert_eq!(
            times, 0,
            "something was sent that the journal does not know: {told:#}"
        );
    }

    // The same command brings it about once, whatever was done before.
    if (case.times)(served) == 0 {
        if told["exit_code"] == 4 {
            let operation = told["settled"][0]["operation"].as_str().unwrap();
            let dismiss = [
                "resume",
                "--dismiss",
                operation,
                "--note",
                "looked: it is not there",
            ];
            assert_eq!(served.json(&dismiss)["exit_code"], 0);
        }
        let again = served.run(arguments);
        assert_eq!(again.code, Some(0), "{}: {again:?}", case.name);
    }
    assert_eq!((case.times)(served), 1, "{:#?}", served.snapshot());
    let left = served.json(&resume);
    if case.readable {
        assert_eq!(left["exit_code"], 0, "{left:#}");
    }
    let story = served.run(&["journal", "--output", "json"]);
    let story: Value = serde_json::from_str(&story.stdout).unwrap();
    assert!(!case.readable || story["pending"].as_array().unwrap().is_empty());
    for damaged in story["damaged"].as_array().unwrap() {
        assert_eq!(
            damaged["torn"], true,
            "an acknowledged line is lost: {story:#}"
        );
    }
}

/// Whether the journal has the end of the write that was killed.
fn wrote_an_end(served: &Served) -> bool {
    let story = served.run(&["journal", "--output", "json"]);
    let story: Value = serde_json::from_str(&story.stdout).unwrap();
    !story["closed"].as_array().unwrap().is_empty()
}

#[test]
fn the_plug_is_pulled_everywhere() {
    let wanted = std::env::var("CERTFLEET_KILLS")
        .ok()
        .map_or(KILLS, |text| text.parse().unwrap());
    let cases = cases();
    // A rotation is most of the steps, so it gets half of the kills.
    let share = |case: &Case| {
        if case.name.starts_with("rotate") {
            wanted / 2
        } else {
            wanted.div_ceil(2 * (cases.len() - 1))
        }
    };
    let mut jobs: Vec<(&Case, Plug)> = Vec::new();
    let mut all = 0;
    for case in &cases {
        let share = share(case);
        let points = points(case, share);
        all += points.len();
        // Evenly over all of them, where fewer are wanted.
        let taken = share.min(points.len());
        jobs.extend((0..taken).map(|one| (case, points[one * points.len() / taken])));
    }
    let total = jobs.len();
    let jobs = Mutex::new(jobs);
    let failures = Mutex::new(Vec::new());
    let kills = [
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    ];
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some((case, plug)) = jobs.lock().unwrap().pop() else {
                        break;
                    };
                    let kind = match plug {
                        Plug::Before(_) => 0,
                        Plug::After(_) => 1,
                        _ => 2,
                    };
                    kills[kind].fetch_add(1, Ordering::Relaxed);
                    let ended = std::panic::catch_unwind(|| kill(case, plug));
                    if let Err(panic) = ended {
                        let message = panic
                            .downcast_ref::<String>()
                            .cloned()
                            .or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
                        let message = message.unwrap_or_default();
                        failures
                            .lock()
                            .unwrap()
                            .push(format!("{}, {plug:?}: {message}", case.name));
                    }
                }
            });
        }
    });
    let [before, after, bytes] = kills.map(AtomicUsize::into_inner);
    eprintln!(
        "{total} kills of {all} points: {before} before a request took effect, {after} before its answer, {bytes} in the journal"
    );
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {total}:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
    assert!(total >= wanted.min(all));
}
