//! One fleet, several machines: they share a journal in PostgreSQL.

use crate::{
    served::{Plug, only_reads},
    story,
    support::Ran,
    team_wire::{Team, names_hosts, wait_until},
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Read as _},
    thread,
};

fn ended(child: std::process::Child) -> Ran {
    child.wait_with_output().unwrap().into()
}

fn words(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// Checks whose name something has, where machines have their own.
fn assert_host(holder: &Value, host: &str) {
    if names_hosts() {
        assert_eq!(holder["host"], host, "{holder:#}");
    }
}

/// A rotation begins in a container, which is gone in the middle of it. Another operator, elsewhere and with another clock,
/// sees it, waits for the lease, goes on and comes to its end.
#[test]
fn a_rotation_is_gone_on_with_elsewhere() {
    let Some(team) = Team::new() else { return };
    let served = &team.served;
    story::share(served);
    let (old, new) = (served.sha256("old.pem"), served.sha256("new.pem"));
    let rotate = story::rotate(&old);
    let container = team.machine("container-a", false, &words(&rotate));
    let mut container = team.start(Plug::HoldWrites, container);
    team.wait_until_begun();
    container.kill().unwrap();
    container.wait().unwrap();
    // It does not end by itself before this test has looked, however slow the machine is.
    team.hold_leases();

    let status = team.json("laptop-b", &["journal", "status"]);
    served.validate("journal-status", &status);
    assert_eq!(status["pending"], 1, "{status:#}");
    assert_eq!(status["rotations"], 3, "{status:#}");
    let lock = &status["locks"][0];
    assert_host(&lock["holder"], "container-a");
    assert_eq!(lock["has_ended"], false, "{status:#}");
    let purpose = lock["holder"]["purpose"].as_str().unwrap();
    assert!(purpose.starts_with("rotation "), "{purpose}");
    let shown: Ran = ended(team.start(
        Plug::In,
        team.machine("laptop-b", false, &["journal", "status"]),
    ));
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(
        shown.stdout.lines().all(|line| line.chars().count() <= 80),
        "{}",
        shown.stdout
    );

    let resume = [
        "resume",
        "--yes",
        "--verified",
        "--in-flight-window",
        "0s",
        "--output",
        "json",
    ];
    let laptop = team.machine("laptop-b", true, &resume);
    let mut laptop = team.start(Plug::In, laptop);
    let mut told = BufReader::new(laptop.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("waiting for the lock of ") {
        line.clear();
        assert_ne!(told.read_line(&mut line).unwrap(), 0, "it does not wait");
    }
    // The last heartbeat is so long ago that the lease ends.
    team.end_leases();
    let rest = thread::spawn(move || {
        let mut rest = String::new();
        told.read_to_string(&mut rest).unwrap();
        rest
    });
    let ran = ended(laptop);
    let rest = rest.join().unwrap();
    assert_eq!(ran.code, Some(0), "{ran:?} {rest}");
    let resumed: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(resumed["outcome"], "done", "{resumed:#}");

    assert!(served.holding(&old).is_empty());
    let holding = served.holding(&new);
    assert_eq!(
        holding.values().map(Vec::len).collect::<Vec<_>>(),
        [1, 1, 1]
    );
    let history = team.json("third", &["journal"]);
    served.validate("journal", &history);
    assert_eq!(
        history["taken_over"].as_array().map(Vec::len),
        Some(1),
        "{history:#}"
    );
    let takeover = &history["taken_over"][0];
    assert_host(&takeover["from"], "container-a");
    assert_host(&takeover["by"], "laptop-b");
    let shown = ended(team.start(Plug::In, team.machine("third", false, &["journal"])));
    assert!(shown.stdout.contains("taken over at"), "{}", shown.stdout);
    let status = team.json("third", &["journal", "status"]);
    assert_eq!(status["pending"], 0, "{status:#}");
    assert_eq!(status["rotations"], 0, "{status:#}");
    assert_eq!(
        status["locks"].as_array().map(Vec::len),
        Some(0),
        "{status:#}"
    );
}

/// A program stands still in the middle of a write, and another takes over. When the first one comes back, it writes
/// nothing into the journal and sends nothing more that changes anything.
#[test]
fn whoever_comes_back_does_nothing_wrong() {
    let Some(team) = Team::new() else { return };
    let served = &team.served;
    let new = served.sha256("new.pem");
    story::share(served);
    let old = served.sha256("old.pem");
    let rotate = story::rotate(&old);
    let slow = team.machine("container-a", false, &words(&rotate));
    let slow = team.start(Plug::HoldWrites, slow);
    wait_until("the write is at the provider", || served.held() > 0);
    let pid = Pid::from_child(&slow);
    kill_process(pid, Signal::STOP).unwrap();
    team.end_leases();
    // What it had sent takes effect; it does not hear of it.
    served.release();
    wait_until("the write is there", || !served.holding(&new).is_empty());

    let resume = ["resume", "--yes", "--verified"];
    let resumed = team.json("laptop-b", &resume);
    assert_eq!(resumed["outcome"], "done", "{resumed:#}");
    let writes = || {
        let requests = served.sandbox.requests();
        requests.iter().filter(|seen| seen.method != "GET").count()
    };
    let entries = || team.sql("SELECT count(*) FROM certfleet.entries");
    let before = (writes(), entries(), served.settled());

    kill_process(pid, Signal::CONT).unwrap();
    let ran = ended(slow);
    assert_ne!(ran.code, None, "{ran:?}");
    assert!(
        ran.stderr.contains("taken over") || ran.stdout.contains("taken over"),
        "{ran:?}"
    );
    assert_eq!((writes(), entries(), served.settled()), before, "{ran:?}");
    assert!(served.holding(&old).is_empty());
    assert_eq!(team.sql("SELECT count(*) FROM certfleet.leases"), "0");
}

/// Many machines ask for the same at once: it is made once, and the others are told by whom.
#[test]
fn changes_of_one_account_exclude_each_other() {
    let Some(team) = Team::new() else { return };
    let upload = [
        "upload",
        "new.pem",
        "--account",
        "openai",
        "--name",
        "n",
        "--yes",
        "--output",
        "json",
    ];
    team.served.detach();
    let children: Vec<_> = (0..8)
        .map(|number| {
            let mut command = team.machine(&format!("machine-{number}"), false, &upload);
            command.spawn().unwrap()
        })
        .collect();
    team.served.attach(&children[0]);
    let mut done = 0;
    for child in children {
        let ran = ended(child);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        match report["outcome"].as_str() {
            Some("done") => done += 1,
            other => assert_eq!(other, Some("unchanged"), "{report:#}"),
        }
    }
    assert_eq!(done, 1);
    let holding = team.served.holding(&team.served.sha256("new.pem"));
    assert_eq!(holding["openai"].len(), 1);
}

/// A change that cannot be journalled is not made. What only reads goes on.
#[test]
fn a_journal_that_cannot_be_reached_stops_writes_alone() {
    let Some(team) = Team::new() else { return };
    team.use_journal(&team.address(1));
    let served = &team.served;
    let upload = [
        "upload",
        "new.pem",
        "--account",
        "openai",
        "--name",
        "n",
        "--yes",
    ];
    let ran = served.run(&upload);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("cannot be reached"), "{ran:?}");
    assert!(served.sandbox.requests().is_empty());
    let ran = served.run(&["list"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(only_reads(served));
}

/// A journal of one machine becomes that of a team, and can be taken back into a file.
#[test]
fn a_journal_is_copied_whole() {
    let Some(team) = Team::new() else { return };
    let served = &team.served;
    let address = team.address(team.server.port);
    let address = address.replace(
        "file:password",
        &format!("file:{}", served.place.0.path().join("password").display()),
    );
    let run = |line: &str| {
        let arguments = shlex::split(line).unwrap();
        served.run(&words(&arguments))
    };
    for line in [
        "upload old.pem --account openai --name n --yes --journal own.jsonl",
        "rename n --to m --account openai --yes --journal own.jsonl",
    ] {
        let ran = run(line);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    let copied = run(&format!("journal copy own.jsonl '{address}'"));
    assert_eq!(copied.code, Some(0), "{copied:?}");
    let again = run(&format!("journal copy own.jsonl '{address}'"));
    assert!(
        again.stdout.starts_with("0 entries were copied; 4 were"),
        "{again:?}"
    );
    let back = run(&format!("journal copy '{address}' back.jsonl"));
    assert_eq!(back.code, Some(0), "{back:?}");
    let read = |name: &str| std::fs::read_to_string(served.place.0.path().join(name)).unwrap();
    assert_eq!(read("own.jsonl"), read("back.jsonl"));

    let ran = run("upload new.pem --account openai --name o --yes --journal back.jsonl");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let refused = run("journal copy own.jsonl back.jsonl");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("other entries"), "{refused:?}");
    for line in [
        "journal copy none.jsonl back.jsonl",
        "journal migrate --journal own.jsonl",
    ] {
        assert_eq!(run(line).code, Some(2), "{line}");
    }
    let read_only = run("--read-only journal copy own.jsonl third.jsonl");
    assert_eq!(read_only.code, Some(2), "{read_only:?}");
    assert!(!served.place.0.path().join("third.jsonl").exists());
}
