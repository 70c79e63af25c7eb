//! What is answered while accounts come and go, by a clock of the tests'.

use super::{
    answers::{self, Answer},
    refresh::keep_fresh,
    state::State,
};
use crate::{
    cli::{Cli, Command},
    exit::{Failure, Result},
    judging::Judging,
};
use certfleet::Inventory;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser as _;
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// A state and the seconds since its begin.
struct Served {
    state: State,
    seconds: Arc<AtomicI64>,
}

fn begin() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn judging() -> Judging {
    let cli = Cli::try_parse_from(["certfleet", "serve"]).unwrap();
    let Command::Serve(options) = cli.command else {
        unreachable!("that is serve");
    };
    Judging::new(&options.judging, None).unwrap()
}

impl Served {
    fn new() -> Self {
        let seconds = Arc::new(AtomicI64::new(0));
        let clock = Arc::clone(&seconds);
        let clock = move || begin() + TimeDelta::seconds(clock.load(Ordering::Relaxed));
        let state = State::new(Box::new(clock), Duration::from_secs(300), judging());
        Self { state, seconds }
    }

    fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// What an attempt gives now: each account with one certificate, or the reason why it fails.
    fn attempt(&self, accounts: &[(&str, Option<&str>)]) -> Result<(Inventory, Judging)> {
        let report = |(name, error): &(&str, Option<&str>)| {
            let error =
                error.map(|why| json!({"kind": "network", "effect": "none", "message": why}));
            json!({"provider": "openai", "account": name, "complete": error.is_none(),
                   "coverage": "all", "certificates": 1, "error": error})
        };
        let record = |name: &str| {
            json!({"id": format!("openai/{name}/cert_1"), "name": format!("ca-of-{name}"), "origin": "uploaded",
                   "role": "client_ca", "state": "active", "placements": [],
                   "contents": [{"not_after": "2026-06-05T00:00:00Z"}], "not_after": "2026-06-05T00:00:00Z"})
        };
        let well = accounts.iter().filter(|(_, error)| error.is_none());
        let inventory = json!({
            "taken_at": self.state.now(),
            "accounts": accounts.iter().map(report).collect::<Vec<Value>>(),
            "certificates": well.map(|(name, _)| record(name)).collect::<Vec<Value>>(),
        });
        Ok((serde_json::from_value(inventory).unwrap(), judging()))
    }

    fn answers(&self) -> [Answer; 4] {
        [
            answers::metrics(&self.state),
            answers::health(&self.state),
            answers::overview(&self.state),
            answers::page(&self.state),
        ]
    }
}

fn assert_has(answer: &Answer, status: u16, texts: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.body);
    for text in texts {
        assert!(answer.body.contains(text), "{text}: {}", answer.body);
    }
}

#[test]
fn nothing_is_shown_before_something_is_known() {
    for answer in Served::new().answers() {
        assert_has(&answer, 503, &["starting"]);
    }
}

#[test]
fn an_account_that_fails_hides_no_other_and_keeps_what_was_known() {
    let served = Served::new();
    served
        .state
        .take(served.attempt(&[("a", None), ("b", None)]));
    served.pass(300);
    let one_fails = [("a", Some("no network")), ("b", None)];
    served.state.take(served.attempt(&one_fails));
    served.pass(42);
    let [metrics, health, overview, page] = served.answers();
    assert_has(
        &metrics,
        200,
        &[
            "certfleet_account_up{provider=\"openai\",account=\"a\"} 0\n",
            "certfleet_account_up{provider=\"openai\",account=\"b\"} 1\n",
            "certfleet_account_last_success_timestamp_seconds{provider=\"openai\",account=\"a\"} 1780272000\n",
            "certfleet_account_last_success_timestamp_seconds{provider=\"openai\",account=\"b\"} 1780272300\n",
            "certfleet_certificates{provider=\"openai\",account=\"a\",level=\"critical\"} 1\n",
            "certfleet_certificates{provider=\"openai\",account=\"b\",level=\"critical\"} 1\n",
            "name=\"ca-of-a\"",
            "certfleet_refresh_success 1\n",
        ],
    );
    assert_has(
        &health,
        200,
        &[
            "ok\n",
            "seconds_since_refresh 42\n",
            "accounts 2\n",
            "accounts_read 1\n",
        ],
    );
    assert_has(
        &overview,
        200,
        &[
            "read at 2026-06-01T00:05:00Z (42 s ago), again every 300 s\n",
            "openai/a: NOT READ: no network. STALE: what is shown is of 2026-06-01T00:00:00Z (342 s ago)\n",
            "openai/b: read, 1 records\n",
            "critical  openai/a/cert_1",
            "critical  openai/b/cert_1",
            "UNREADABLE: 2 contents, 0 expired, 2 ending within 1w",
        ],
    );
    assert_has(
        &page,
        200,
        &[
            "openai/a: STALE: what is shown is of 2026-06-01T00:00:00Z (342 s ago)",
            "ca-of-a",
            "ca-of-b",
        ],
    );
    // Time alone makes it worse, also of what cannot be read any more.
    served.pass(5 * 86_400);
    let [metrics, ..] = served.answers();
    let expired = "certfleet_certificates{provider=\"openai\",account=\"a\",level=\"expired\"} 1\n";
    assert_has(&metrics, 200, &[expired]);
}

#[test]
fn a_refresh_that_fails_whole_leaves_what_was_known() {
    let served = Served::new();
    served.state.take(served.attempt(&[("a", None)]));
    served.pass(300);
    served
        .state
        .take(Err(Failure::usage("config.toml: is not TOML\u{1b}[31m")));
    let [metrics, health, overview, page] = served.answers();
    assert_has(
        &metrics,
        200,
        &[
            "certfleet_refresh_success 0\n",
            "certfleet_inventory_timestamp_seconds 1780272000\n",
            "name=\"ca-of-a\"",
        ],
    );
    assert_has(
        &health,
        200,
        &["refresh_failed true\n", "seconds_since_refresh 0\n"],
    );
    assert_has(
        &overview,
        200,
        &[
            "STALE: the last refresh failed: config.toml: is not TOML\u{fffd}[31m\n",
            "ca-of-a",
        ],
    );
    assert_has(
        &page,
        200,
        &[
            "STALE: the last refresh failed: config.toml: is not TOML\u{fffd}[31m",
            "ca-of-a",
        ],
    );
    served.state.take(served.attempt(&[("a", None)]));
    let [metrics, ..] = served.answers();
    assert_has(&metrics, 200, &["certfleet_refresh_success 1\n"]);
}

#[test]
fn health_says_when_no_refresh_ends() {
    let served = Served::new();
    served.state.take(served.attempt(&[("a", None)]));
    // Twice the interval, and a quarter of an hour.
    served.pass(1_500);
    assert_has(&answers::health(&served.state), 200, &["ok"]);
    served.pass(1);
    assert_has(
        &answers::health(&served.state),
        503,
        &["stuck", "2026-06-01 00:00:00 UTC"],
    );
    served.state.take(Err(Failure::usage("no file")));
    assert_has(&answers::health(&served.state), 200, &["ok"]);
}

#[test]
fn accounts_are_read_again_after_each_pause() {
    let served = Served::new();
    let script = RefCell::new(VecDeque::from([
        served.attempt(&[("a", None)]),
        Err(Failure::usage("no file")),
        served.attempt(&[("b", None)]),
    ]));
    let pauses = RefCell::new(0);
    let refreshed = keep_fresh(
        &served.state,
        async || match script.borrow_mut().pop_front() {
            Some(attempt) => attempt,
            None => unreachable!("nothing is read while it pauses"),
        },
        async || {
            *pauses.borrow_mut() += 1;
            served.pass(300);
            let is_last = *pauses.borrow() == 3;
            if is_last {
                std::future::pending::<()>().await;
            }
        },
    );
    assert!(
        refreshed.now_or_never().is_none(),
        "it never ends by itself"
    );
    assert_eq!(*pauses.borrow(), 3);
    let [metrics, ..] = served.answers();
    assert_has(
        &metrics,
        200,
        &["account=\"b\"", "certfleet_refresh_success 1\n"],
    );
    assert!(!metrics.body.contains("account=\"a\""), "{}", metrics.body);
}
