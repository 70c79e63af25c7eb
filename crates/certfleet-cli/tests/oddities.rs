//! What is odd about an account and no failure: pages that repeat items, a clock that is off.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use support::{
    Place, Ran,
    server::{Server, Then},
};

/// An OpenAI account whose organization is this server.
fn over(server: &Server, arguments: &[&str]) -> Ran {
    run_in(&Place::new(), server, arguments)
}

/// The same, compared with an inventory that has nothing.
fn diff(server: &Server) -> Ran {
    let place = Place::new();
    let nothing = json!({"taken_at": Utc::now(), "certificates": [], "accounts": [
        {"provider": "openai", "account": "odd", "complete": true, "coverage": "complete", "certificates": 0}]});
    let saved = place.write("before.json", &nothing.to_string());
    run_in(&place, server, &["diff", saved.to_str().unwrap()])
}

fn run_in(place: &Place, server: &Server, arguments: &[&str]) -> Ran {
    let config = place.write(
        "config.toml",
        &format!(
            "[[account]]\nprovider = \"openai\"\nname = \"odd\"\nbase_url = \"{}\"\nadmin_key = \"env:THE_KEY\"\n",
            server.base()
        ),
    );
    place
        .certfleet(arguments)
        .env("CERTFLEET_CONFIG", &config)
        .env("THE_KEY", "canary")
        .output()
        .unwrap()
        .into()
}

fn record(id: u32, ends: DateTime<Utc>) -> Value {
    let begins = ends - TimeDelta::days(730);
    json!({"object": "organization.certificate", "id": format!("cert_{id}"), "name": format!("ca-{id}"),
           "active": true, "created_at": begins.timestamp(),
           "certificate_details": {"valid_at": begins.timestamp(), "expires_at": ends.timestamp()}})
}

fn page(ids: &[u32], more: bool, ends: DateTime<Utc>) -> String {
    let data: Vec<_> = ids.iter().map(|id| record(*id, ends)).collect();
    json!({"object": "list", "data": data, "has_more": more,
           "first_id": null, "last_id": ids.last().map(|id| format!("cert_{id}"))})
    .to_string()
}

/// The only account of a JSON answer.
fn account(json: &str) -> Value {
    let document: Value = serde_json::from_str(json).unwrap();
    document["accounts"][0].clone()
}

#[test]
fn repeated_items_are_shown_once_and_counted() {
    let ends = Utc::now() + TimeDelta::days(365);
    let server = Server::start(move |request| {
        if !request.path().ends_with("/certificates") {
            return Then::json(200, record(1, ends).to_string());
        }
        let is_second = request.line.contains("after=");
        let ids: &[u32] = if is_second { &[2, 3] } else { &[1, 2] };
        Then::json(200, page(ids, !is_second, ends))
    });
    let warning = "warning: the account openai/odd: the vendor's pages repeated 1 item, each of which counts once: something changed while it was listed\n";
    for arguments in [
        &["list"][..],
        &["list", "--output", "csv"],
        &["list", "--output", "ndjson"],
        &["list", "--output", "json"],
        &["check", "--within", "30d"],
        &["check", "--within", "30d", "--output", "json"],
    ] {
        let ran = over(&server, arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
        assert_eq!(ran.stderr, warning, "{arguments:?}");
        if arguments.contains(&"json") {
            let account = account(&ran.stdout);
            assert_eq!(account["repeated"], 1);
            assert_eq!(account["certificates"], 3);
            assert_eq!(account["complete"], true);
            assert_eq!(account["warnings"][0]["kind"], "items_repeated");
        } else {
            // Nothing of `check` is due, and a table cuts identifiers.
            let shown = if arguments[0] == "check" { 0 } else { 1 };
            let found = ran.stdout.matches("ca-2").count();
            assert_eq!(found, shown, "{arguments:?}: {}", ran.stdout);
        }
    }
    let ran = diff(&server);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ran.stderr, warning);
}

#[test]
fn what_has_expired_is_judged_by_the_later_clock() {
    let year = TimeDelta::days(365);
    let soon = TimeDelta::days(10);
    // How far the vendor's clock is ahead, when the certificate ends by ours, what `check` exits with, whether
    // `list --expires-within 30d` shows it, and what is said.
    for (ahead, ends, code, is_shown, says) in [
        (TimeDelta::zero(), year, 0, false, None),
        (TimeDelta::minutes(4), soon, 3, true, None),
        (TimeDelta::minutes(-4), soon, 3, true, None),
        (
            TimeDelta::minutes(210),
            year,
            0,
            false,
            Some("3 hours ahead of"),
        ),
        (year * 10, year, 4, true, Some("days ahead of")),
        // A clock that is behind hides nothing, whosever it is.
        (year * -10, -soon, 4, true, Some("days behind")),
        (-year, soon, 3, true, Some("days behind")),
        (-year, year, 0, false, Some("days behind")),
    ] {
        let ends = Utc::now() + ends;
        let server = Server::start(move |request| {
            let date = (Utc::now() + ahead).format("%a, %d %b %Y %H:%M:%S GMT");
            let headers = vec![
                ("content-type", "application/json".to_owned()),
                ("date", date.to_string()),
            ];
            let body = if request.path().ends_with("/certificates") {
                page(&[1], false, ends)
            } else {
                record(1, ends).to_string()
            };
            Then::Answer(200, headers, body.into_bytes())
        });
        let said = |ran: &Ran| match says {
            None => assert_eq!(ran.stderr, ""),
            Some(words) => {
                assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
                assert!(
                    ran.stderr
                        .starts_with("warning: the account openai/odd: the vendor's clock is "),
                    "{}",
                    ran.stderr
                );
                assert!(ran.stderr.contains(words), "{}", ran.stderr);
                assert!(ran.stderr.contains("judged by the later of the two"));
            }
        };

        let ran = over(&server, &["check", "--within", "30d", "--output", "json"]);
        assert_eq!(ran.code, Some(code), "{ahead}: {ran:?}");
        said(&ran);
        let account = account(&ran.stdout);
        match account["clock_skew_seconds"].as_i64() {
            None => assert!(says.is_none(), "{account}"),
            Some(skew) => {
                assert!((skew - ahead.num_seconds()).abs() <= 60, "{skew}");
                assert_eq!(account["warnings"][0]["kind"], "clock_skew");
            }
        }

        for output in ["csv", "ndjson"] {
            let list = ["list", "--expires-within", "30d", "--output", output];
            let ran = over(&server, &list);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            assert_eq!(ran.stdout.contains("cert_1"), is_shown, "{ahead}: {output}");
            said(&ran);
        }
        let one = over(&server, &["get", "openai/odd/cert_1"]);
        assert_eq!(one.code, Some(0), "{one:?}");
        said(&one);
        // It judges no end.
        let difference = diff(&server);
        assert_eq!(difference.code, Some(1), "{difference:?}");
        assert_eq!(difference.stderr, "");
        let table = over(&server, &["list"]);
        let expired = format!("{} expired", i32::from(code == 4));
        assert!(table.stdout.contains(&expired), "{}", table.stdout);
        said(&table);
    }
}
