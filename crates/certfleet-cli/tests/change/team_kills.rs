//! Programs, the server and the connection between are killed, over a journal in PostgreSQL: nothing is lost, nothing is
//! doubled, and another process goes on.
//!
//! `CERTFLEET_KILLS` says how often; a small part is taken unless it is set.

use crate::{
    kills::aftermath,
    kills_cases::{Case, cases},
    postgres::Server,
    served::Plug,
    team_wire::{Deed, Team, Wire},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

const KILLS: usize = 16;

/// What is killed, and where.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// The program, at a request to a vendor.
    AtRequest(Plug),
    /// Something, when so many bytes went to and from the server of the journal.
    AtByte(Deed, usize),
}

impl Kill {
    fn what(self) -> &'static str {
        match self {
            Self::AtRequest(_) => "certfleet, at a request to a provider",
            Self::AtByte(Deed::KillServer, _) => "the server",
            Self::AtByte(Deed::Cut, _) => "the connection",
            Self::AtByte(..) => "certfleet, at a byte to or from the journal",
        }
    }
}

/// Runs a case with something that is done on the way to the journal. Returns its exit code and the way.
fn run(
    case: &Case,
    team: &Team,
    plug: Plug,
    deed: Deed,
    at: usize,
) -> (std::process::Output, Wire) {
    (case.prepare)(&team.served);
    let wire = Wire::new(&team.server, deed, at);
    team.use_journal(&team.address(wire.port));
    let arguments = (case.arguments)(&team.served);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    team.served.detach();
    let child = team.served.command(&arguments).spawn().unwrap();
    team.served.attach_plugged(plug, &child);
    wire.attach(&child);
    let output = child.wait_with_output().unwrap();
    team.use_journal(&team.address(team.server.port));
    (output, wire)
}

fn kill(case: &Case, kill: Kill, server: Arc<Server>) {
    let team = Team::on(server);
    let (plug, deed, at) = match kill {
        Kill::AtRequest(plug) => (plug, Deed::None, 0),
        Kill::AtByte(deed, at) => (Plug::In, deed, at),
    };
    let (output, wire) = run(case, &team, plug, deed, at);
    match kill {
        Kill::AtRequest(_) | Kill::AtByte(Deed::KillProgram, _) => {
            assert_eq!(output.status.code(), None, "not killed: {output:?}");
            // It is not heard of for as long as a lease lasts.
            team.end_leases();
        }
        Kill::AtByte(..) => {
            assert!(wire.is_done(), "not killed");
            // The server is there again before the patience ends.
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            assert_eq!((case.times)(&team.served), 1);
        }
    }
    let arguments = (case.arguments)(&team.served);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    aftermath(case, &team.served, &arguments);
    // No entry is lost, and none is there twice.
    let entries = "SELECT count(*) = max(number) AND count(DISTINCT entry::text) = count(*) FROM certfleet.entries";
    assert_eq!(team.sql(entries), "t");
}

/// So many kills of a case, evenly over where it can be killed.
fn points(case: &Case, wanted: usize, server: &Arc<Server>) -> Vec<Kill> {
    let team = Team::on(Arc::clone(server));
    let (output, wire) = run(case, &team, Plug::In, Deed::None, 0);
    assert_eq!(output.status.code(), Some(0), "{}: {output:?}", case.name);
    let (requests, bytes) = (team.served.requests(), wire.bytes());
    (0..wanted)
        .map(|number| {
            let part = |whole: usize| 1 + (number * whole / wanted).min(whole.saturating_sub(2));
            match number % 8 {
                0 => Kill::AtRequest(Plug::Before(part(requests))),
                1 | 5 => Kill::AtRequest(Plug::After(part(requests))),
                2 => Kill::AtByte(Deed::Cut, part(bytes)),
                6 => Kill::AtByte(Deed::KillServer, part(bytes)),
                _ => Kill::AtByte(Deed::KillProgram, part(bytes)),
            }
        })
        .collect()
}

#[test]
fn whatever_is_killed_nothing_is_lost_and_nothing_doubled() {
    let Some(server) = Server::shared() else {
        return;
    };
    let wanted = std::env::var("CERTFLEET_KILLS")
        .ok()
        .map_or(KILLS, |text| text.parse().unwrap());
    let mut cases = cases();
    // The rotation and the upload are all kinds of steps.
    cases.retain(|case| case.name.starts_with("rotate") || case.name == "upload at openai");
    let mut jobs = Vec::new();
    for case in &cases {
        let points = points(case, wanted / cases.len(), &server);
        jobs.extend(points.into_iter().map(|kill| (case, kill)));
    }
    let total = jobs.len();
    let (jobs, failures) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    let counts = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                // A server that is killed is no other test's.
                let own = Arc::new(Server::start(None).unwrap());
                loop {
                    let Some((case, point)) = jobs.lock().unwrap().pop() else {
                        break;
                    };
                    let own = Arc::clone(&own);
                    let ended = std::panic::catch_unwind(|| kill(case, point, own));
                    *counts.lock().unwrap().entry(point.what()).or_insert(0) += 1;
                    if let Err(panic) = ended {
                        let message = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                        let failure = format!("{}, {point:?}: {message}", case.name);
                        eprintln!("{failure}");
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    eprintln!("{total} kills: {:?}", counts.into_inner().unwrap());
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {total}:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}
