//! What cannot be read costs itself: an odd record is a row, a project that fails a warning, an account whose secret
//! is missing a failed row. The exit code says that something is missing, and everything else is shown.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use serde_json::{Value, json};
use support::{
    Place,
    server::{Server, Then},
};

/// A server of Cloudflare's and OpenAI's APIs: one odd record at either, and a project that fails.
fn odd() -> Server {
    Server::start(|request| {
        let record = |id: &str, active: Value| {
            json!({"object": "x", "id": id, "name": id, "created_at": 1, "active": active,
                "certificate_details": {"valid_at": 1, "expires_at": 4_000_000_000_u32}})
        };
        let body = if request.path().contains("gateway") {
            let records =
                json!([{"id": "cf_good"}, {"id": "cf_odd", "expires_on": 17}, {"id": null}]);
            json!({"success": true, "errors": null, "messages": null, "result": records})
        } else if request.path().contains("proj_gone") {
            return Then::json(404, r#"{"error":{"message":"No such project","type":"x"}}"#);
        } else {
            let data = [
                record("cert_good", json!(true)),
                record("cert_odd", Value::Null),
            ];
            json!({"object": "list", "data": data, "has_more": false})
        };
        Then::json(200, body.to_string())
    })
}

fn place(server: &Server) -> Place {
    let place = Place::new();
    let base = server.base();
    place.write(
        "config.toml",
        &format!(
            "[[account]]\nprovider = \"cloudflare\"\nbase_url = \"{base}\"\naccount_id = \"a\"\napi_token = \"cmd:echo x\"\n\
             [[account]]\nprovider = \"openai\"\nbase_url = \"{base}\"\nprojects = [\"proj_gone\"]\nadmin_key = \"cmd:echo x\"\n\
             [[account]]\nprovider = \"openai\"\nname = \"locked\"\nbase_url = \"{base}\"\nadmin_key = \"env:CERTFLEET_NOT_SET\"\n"
        ),
    );
    place
}

#[test]
fn everything_else_is_shown() {
    let server = odd();
    let place = place(&server);
    let ran = place.run(&["--config", "config.toml", "list", "--wide"]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    for shown in [
        "cf_good",
        "cf_odd",
        "cert_good",
        "cert_odd",
        "locked",
        "failed",
    ] {
        assert!(ran.stdout.contains(shown), "{shown}\n{}", ran.stdout);
    }
    assert!(
        ran.stdout.contains(
            "Warning: cloudflare/cloudflare/cf_odd: result[1] could not be read: at expires_on"
        ),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("2 accounts read, 2 of them not whole, 1 failed"),
        "{}",
        ran.stdout
    );
    for said in [
        "error: the account cloudflare/cloudflare could not be read whole: 2 records",
        "error: the account openai/openai could not be read whole: 1 record, project proj_gone",
        "warning: the account openai/openai: the certificates of project proj_gone could not be read",
        "No such project",
        "warning: the account cloudflare/cloudflare: result[2] could not be read: it has no id",
        "error: the account openai/locked could not be read: config.toml:11: admin_key: ",
        "CERTFLEET_NOT_SET",
    ] {
        assert!(ran.stderr.contains(said), "{said}\n{}", ran.stderr);
    }
}

#[test]
fn every_form_counts_it() {
    let server = odd();
    let place = place(&server);
    let ran = place.run(&["--config", "config.toml", "list", "--output", "json"]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    let inventory: Value = serde_json::from_str(&ran.stdout).unwrap();
    let account = |name: &str| {
        let accounts = inventory["accounts"].as_array().unwrap();
        accounts.iter().find(|one| one["account"] == name).unwrap()
    };
    for (name, unreadable) in [("cloudflare", 2), ("openai", 1)] {
        assert_eq!(account(name)["unreadable"], unreadable, "{inventory}");
        assert_eq!(account(name)["complete"], false);
    }
    assert_eq!(account("openai")["unread_scopes"][0]["id"], "proj_gone");
    assert_eq!(account("locked")["error"]["kind"], "config");
    for form in ["csv", "ndjson"] {
        let ran = place.run(&["--config", "config.toml", "list", "--output", form]);
        assert_eq!(ran.code, Some(5), "{ran:?}");
        assert!(
            ran.stdout.contains("cf_odd") && ran.stdout.contains("locked"),
            "{ran:?}"
        );
    }
    let ran = place.run(&["--config", "config.toml", "check", "--within", "30d"]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert!(ran.stdout.contains("cf_odd"), "{}", ran.stdout);
    let ran = place.run(&["--config", "config.toml", "get", "openai/openai/cert_odd"]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert!(
        ran.stderr.contains("of the documented shape"),
        "{}",
        ran.stderr
    );
}

/// One account alone that cannot be opened, and any that is to be changed, is an error before anything is sent.
#[test]
fn what_is_asked_for_alone_is_an_error() {
    let server = odd();
    let place = place(&server);
    let before = server.seen().len();
    for arguments in [
        &["list", "--account", "locked"][..],
        &["delete", "openai/locked/cert_1", "--yes"],
        &["resume"],
    ] {
        let mut all = vec!["--config", "config.toml"];
        all.extend(arguments);
        let ran = place.run(&all);
        if arguments[0] != "resume" {
            assert_eq!(ran.code, Some(2), "{ran:?}");
            assert!(ran.stderr.contains("CERTFLEET_NOT_SET"), "{}", ran.stderr);
        }
    }
    assert_eq!(server.seen().len(), before);
}
