//! Every write at every provider with every fault of its request: exit code, text, JSON, journal, `resume` and
//! what is there say the same.

use crate::{
    served::{Fault, Plug, Served},
    support::Ran,
    verbs_table::{Expect, agreed, rows},
};
use serde_json::Value;
use std::{fmt::Write, sync::Mutex};

/// Every fault, by its name in the snapshot.
const FAULTS: &[(&str, Fault)] = &[
    ("lost before", Fault::LostRequest),
    ("lost after", Fault::LostAnswer),
    ("400", Fault::Refused(400, "{\"message\":\"no\"}")),
    ("401", Fault::Refused(401, "{\"message\":\"no\"}")),
    ("403", Fault::Refused(403, "{\"message\":\"no\"}")),
    ("409", Fault::Refused(409, "{\"message\":\"no\"}")),
    ("500 before", Fault::Refused(500, "{\"message\":\"no\"}")),
    ("500 after", Fault::CarriedOut(500, "{\"message\":\"no\"}")),
    ("200 {} before", Fault::Refused(200, "{}")),
    ("200 {} after", Fault::CarriedOut(200, "{}")),
    (
        "200 error",
        Fault::Refused(200, "{\"success\":false,\"error\":{\"message\":\"no\"}}"),
    ),
];

/// The exit codes of a change that is known not to have been made.
const NOT_MADE: &[i64] = &[1, 5, 6, 7];

#[test]
fn all_that_is_said_of_a_change_agrees() {
    let cases: Vec<_> = rows()
        .filter_map(|(name, line, expect)| match expect {
            Expect::Outcome(_, is_done) => Some((name, line, is_done)),
            Expect::Unsupported(_) => None,
        })
        .flat_map(|row| FAULTS.iter().map(move |fault| (row, *fault)))
        .collect();
    // Most of a case is waiting between attempts.
    let next = Mutex::new(0..cases.len());
    let lines = Mutex::new(vec![String::new(); cases.len()]);
    std::thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| {
                while let Some(index) = { next.lock().unwrap().next() } {
                    let ((name, line, is_done), (fault, plug)) = cases[index];
                    let told = case(&format!("{name}, {fault}"), line, plug, is_done);
                    lines.lock().unwrap()[index] = format!("{name:<40} {fault:<14} {told}");
                }
            });
        }
    });
    let mut table = String::new();
    for line in lines.into_inner().unwrap() {
        writeln!(table, "{}", line.trim_end()).unwrap();
    }
    insta::assert_snapshot!("faults", table);
}

/// Holds one case against itself, and returns what it says, for the snapshot.
fn case(name: &str, line: &str, fault: Fault, is_done: fn(&Served) -> bool) -> String {
    let words = agreed(line);
    let arguments: Vec<_> = words.iter().map(String::as_str).collect();
    let plug = Plug::Writes(fault);
    let served = Served::new();
    let ran: Ran = served
        .plugged(plug, &[&arguments[..], &["--output", "json"]].concat())
        .into();
    let report = served.json_of(ran);
    served.validate("write", &report);
    let (code, outcome) = (report["exit_code"].as_i64().unwrap(), &report["outcome"]);

    let is_there = is_done(&served);
    if NOT_MADE.contains(&code) {
        assert!(!is_there, "{name}: it was made\n{report:#}");
        assert_eq!(report["error"]["effect"], "none", "{name}: {report:#}");
    }
    if code == 0 {
        assert!(is_there, "{name}: it was not made\n{report:#}");
    }

    let journal = journal(&served);
    let pending = journal["pending"].as_array().unwrap().len();
    assert_eq!(pending > 0, code == 4, "{name}: {report:#}\n{journal:#}");
    let told = match pending {
        0 => &journal["closed"][0]["ending"],
        _ => &journal["pending"][0]["ending"],
    };
    let ending = &told["outcome"];
    match code {
        0 | 3 => assert_eq!(ending, "applied", "{name}: {journal:#}"),
        // What became of some environments is not known, or of all of it.
        4 if ending == "applied" => {
            let items = told["items"].as_array().unwrap();
            assert!(
                items.iter().any(|item| item["outcome"] == "unknown"),
                "{name}: {journal:#}"
            );
        }
        _ => assert_eq!(ending, "failed", "{name}: {journal:#}"),
    }

    let resumed = (pending > 0).then(|| resumed(name, &served, is_there));
    if pending == 0 {
        let ran = served.run(&["resume"]);
        assert_eq!(ran.code, Some(0), "{name}: {ran:?}");
        assert!(
            ran.stdout.contains("Nothing is pending."),
            "{name}: {ran:?}"
        );
    }

    // The text says it by the same code, and a failure in words on stderr.
    let served = Served::new();
    let ran: Ran = served.plugged(plug, &arguments).into();
    assert_eq!(ran.code.map(i64::from), Some(code), "{name}: {ran:?}");
    let is_quiet = ran
        .stderr
        .lines()
        .all(|line| line.starts_with("waiting until "));
    assert_eq!(is_quiet, code == 0, "{name}: {ran:?}");
    assert_eq!(
        ran.stderr.contains("certfleet resume"),
        code == 4,
        "{name}: {ran:?}"
    );
    assert_eq!(is_done(&served), is_there, "{name}");

    let how = report["result"]["how"].as_str().unwrap_or_default();
    format!(
        "{code} {:<15} {how:<10} {:<8} {}",
        outcome.as_str().unwrap(),
        ending.as_str().unwrap(),
        resumed.unwrap_or_default()
    )
}

/// What `resume` makes of it at once, and when the request can no longer take effect.
fn resumed(name: &str, served: &Served, is_there: bool) -> String {
    let mut told = Vec::new();
    for window in ["5m", "0s"] {
        let report = served.json(&["resume", "--in-flight-window", window]);
        let settled = report["settled"].as_array().unwrap();
        let Some(one) = settled.first() else {
            continue;
        };
        let is_settled = one["settled"].as_bool().unwrap();
        let ending = one["ending"]["outcome"].as_str().unwrap().to_owned();
        if is_settled {
            let said = if is_there { "applied" } else { "not_applied" };
            assert_eq!(ending, said, "{name}: {report:#}");
        }
        assert_eq!(report["exit_code"] == 0, is_settled, "{name}: {report:#}");
        let left = journal(served)["pending"].as_array().unwrap().len();
        assert_eq!(left == 0, is_settled, "{name}: {report:#}");
        told.push(if is_settled {
            ending
        } else {
            "pending".to_owned()
        });
    }
    told.join(", later ")
}

fn journal(served: &Served) -> Value {
    let ran = served.run(&["journal", "--output", "json"]);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}
