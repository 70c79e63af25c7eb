//! Which accounts hold a certificate, and what could not be seen.

use crate::{
    ANCHOR, array, configured, grouped, held, on_config, openai, parsed,
    support::{
        Place,
        server::{Request, Server, Then},
        tls,
    },
    validate,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A record of OpenAI's that holds the certificate of three vendors.
fn anchor_at_openai(place: &Place) -> String {
    let report = grouped(place, &["--name", ANCHOR]);
    let ids = held(&report["certificates"][0]);
    let id = ids.iter().find(|id| id.starts_with("openai/")).unwrap();
    (*id).to_owned()
}

#[test]
fn who_has_a_certificate() {
    let place = Place::new();
    let id = anchor_at_openai(&place);
    place.sandbox(&["export", &id, "--to", "anchor.pem"]).ok();
    let report = grouped(&place, &["--name", ANCHOR]);
    let anchor = &report["certificates"][0];
    let print = anchor["sha256"].as_str().unwrap();
    let sha1 = anchor["sha1"].as_str().unwrap();
    for what in [
        "anchor.pem",
        &print[..8],
        print,
        &print.to_uppercase(),
        sha1,
    ] {
        let ran = place.sandbox(&["who-has", what, "--output", "json"]);
        let found = parsed(&ran.ok());
        validate(&place, "who-has", &found);
        assert_eq!(
            (&found["found"], &found["exit_code"]),
            (&json!(true), &json!(0))
        );
        assert_eq!(array(&found["looked_for"]).len(), 1, "{what}");
        assert_eq!(
            found["looked_for"][0]["holdings"], anchor["holdings"],
            "{what}"
        );
        assert_eq!(array(&found["unknown"]).len(), 1);
    }
    let (code, shown) = place.on_terminal(80, &["who-has", "anchor.pem"]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!("who_has_at_80", shown);
    // A certificate of a chain counts too, and each of a file is looked for.
    let other = tls::authority("An authority that no account has").1;
    let both = std::fs::read_to_string(place.0.path().join("anchor.pem")).unwrap() + &other;
    place.write("both.pem", &both);
    let shown = place.sandbox(&["who-has", "both.pem"]).ok();
    assert!(
        shown.contains("\nHeld: 1 of 2 certificates, in 3 records; "),
        "{shown}"
    );
    assert!(shown.contains("\nNo account holds An authority that no account has (SHA-256 "));
    let limited = [
        "who-has",
        "anchor.pem",
        "--provider",
        "cloudflare",
        "--jq",
        ".looked_for[].holdings[].id",
    ];
    let ids = place.sandbox(&limited).ok();
    assert!(
        ids.starts_with("cloudflare/cloudflare-corp/") && ids.lines().count() == 1,
        "{ids}"
    );
}

#[test]
fn who_has_what_is_in_a_chain() {
    let place = Place::new();
    let report = grouped(&place, &[]);
    let in_a_chain = |one: &&Value| one["position"] == 2;
    let row = array(&report["certificates"])
        .iter()
        .find(|row| array(&row["holdings"]).iter().any(|one| in_a_chain(&one)))
        .unwrap();
    let shown = place
        .sandbox(&["who-has", row["sha256"].as_str().unwrap()])
        .ok();
    let line = shown.lines().find(|line| line.contains(" 2 of ")).unwrap();
    let id = array(&row["holdings"]).iter().find(in_a_chain).unwrap()["id"]
        .as_str()
        .unwrap();
    assert!(line.contains(id), "{line}");
}

#[test]
fn none_has_it() {
    let place = Place::new();
    place.write("other.pem", &tls::authority("Another authority").1);
    for what in ["other.pem", "0123456789abcdef"] {
        let ran = place.sandbox(&["who-has", what]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(3), ""), "{what}");
        assert!(
            ran.stdout.starts_with("No account holds "),
            "{}",
            ran.stdout
        );
        // What was not seen is said.
        assert!(
            ran.stdout
                .contains("Note: patchworks/patchworks shows only certificates that are attached")
        );
        assert!(
            ran.stdout
                .contains("Note: patchworks/patchworks/1045 may hold it too"),
            "{}",
            ran.stdout
        );
        let json = place.sandbox(&["who-has", what, "--output", "json"]);
        assert_eq!(json.code, Some(3));
        let report = parsed(&json.stdout);
        validate(&place, "who-has", &report);
        assert_eq!(
            (&report["found"], &report["exit_code"]),
            (&json!(false), &json!(3))
        );
    }
}

#[test]
fn what_a_server_presents_is_looked_for() {
    let (server, pem) = tls::self_signed("localhost");
    let shown = pem.clone();
    let vendor =
        Server::start(move |request: &Request| openai(request, &[("cert_a", "front", &shown)]));
    let place = Place::new();
    configured(&place, &[("front", vendor.base())]);
    let target = format!("127.0.0.1:{}", server.port);
    let ran = on_config(&place, &["who-has", &target, "--output", "json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let report = parsed(&ran.stdout);
    validate(&place, "who-has", &report);
    assert_eq!(
        held(&report["looked_for"][0]),
        BTreeSet::from(["openai/front/cert_a"])
    );
    assert_eq!(report["looked_for"][0]["position"], 1);
    // No account is asked where the server cannot be.
    drop(server);
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let before = vendor.seen().len();
    let ran = on_config(&place, &["who-has", &closed.to_string()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(7), ""), "{ran:?}");
    assert!(
        ran.stderr.contains("refused the connection"),
        "{}",
        ran.stderr
    );
    assert_eq!(vendor.seen().len(), before);
}

#[test]
fn an_account_that_fails_is_not_one_that_has_nothing() {
    let pem = tls::authority("Payments").1;
    let content = pem.clone();
    let good = Server::start(move |request: &Request| {
        openai(request, &[("cert_a", "payments", &content)])
    });
    let bad = Server::start(|_: &Request| Then::json(500, "{}"));
    let place = Place::new();
    place.write("payments.pem", &pem);
    configured(&place, &[("good", good.base()), ("bad", bad.base())]);
    for (what, found) in [("payments.pem", true), ("0123456789", false)] {
        let ran = on_config(&place, &["who-has", what, "--output", "json"]);
        assert_eq!(ran.code, Some(5), "{ran:?}");
        assert!(
            ran.stderr
                .contains("the account openai/bad could not be read"),
            "{}",
            ran.stderr
        );
        let report = parsed(&ran.stdout);
        validate(&place, "who-has", &report);
        assert_eq!(
            (&report["found"], &report["exit_code"]),
            (&json!(found), &json!(5))
        );
        let text = on_config(&place, &["who-has", what]);
        assert_eq!(text.code, Some(5));
        assert!(
            text.stdout.contains("1 account read, 1 failed"),
            "{}",
            text.stdout
        );
    }
    let ran = on_config(&place, &["list", "--by", "certificate"]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    let failed = ran
        .stdout
        .lines()
        .find(|line| line.contains("openai/bad"))
        .unwrap();
    assert!(failed.contains("failed"), "{failed}");
    assert!(
        ran.stdout.contains("openai/good (organization)"),
        "{}",
        ran.stdout
    );
}
