//! Cloudflare Zero Trust.

use super::{Failure, Provider, Way, list, number, with, word};
use crate::sandbox::{Watched, record};
use certfleet::ErrorKind as Facade;
use certfleet_cloudflare::Credentials;
use certfleet_sandbox::{CLOUDFLARE_CORP, Credential, Sandbox};
use certfleet_tests::Keys;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    provider: "cloudflare",
    credential,
    other_ways: &[|keys| {
        keys.cloudflare = Credentials::EmailAndKey {
            email: "s3cret-email@example.com".into(),
            key: "s3cret-key".into(),
        };
    }],
    known,
    live,
    limited: Some((
        |behaviour, limit| behaviour.cloudflare.rate_limit = Some(limit),
        "list_certificates",
    )),
    ways: WAYS,
    said,
    failures,
    whole,
};

const WAYS: &[Way] = &[
    (
        "an older word",
        |b| b.cloudflare.says_active = true,
        "is not one of",
    ),
    ("no extras", |b| b.cloudflare.live_extras = false, ""),
    (
        "short groups",
        |b| b.cloudflare.short_fingerprint_groups = true,
        "",
    ),
    ("no result_info", |b| b.cloudflare.result_info = false, ""),
    (
        "short refusals",
        |b| b.cloudflare.short_auth_errors = true,
        "",
    ),
    ("no rate headers", |b| b.cloudflare.rate_headers = false, ""),
    ("older settings", |b| b.cloudflare.older_settings = true, ""),
    (
        "settings that are not set",
        |b| b.cloudflare.shows_unset_settings = true,
        "",
    ),
];

fn credential(keys: &mut Keys, credential: Credential) {
    keys.cloudflare = match credential {
        Credential::EmailAndKey { email, key } => Credentials::EmailAndKey {
            email: email.into(),
            key: key.into(),
        },
        Credential::Bearer(token) => Credentials::ApiToken(token.into()),
        other => panic!("{other:?}"),
    };
}

fn known(sandbox: &Sandbox) -> Vec<(&'static str, Value)> {
    vec![
        ("account_id", json!(CLOUDFLARE_CORP)),
        (
            "certificate_id",
            record(sandbox, "cloudflare", Some(CLOUDFLARE_CORP)),
        ),
    ]
}

fn live(watched: &Watched) {
    let cloudflare = |name: &str, more: Value, body: Option<Value>| {
        let parameters = with(json!({"account_id": CLOUDFLARE_CORP}), more);
        watched.call(&format!("cloudflare.{name}"), parameters, body)
    };
    let made = cloudflare(
        "create_certificate",
        json!({}),
        Some(json!({"validity_period_days": 30})),
    );
    let named = || json!({"certificate_id": made["result"]["id"]});
    let status = |name: &str| {
        let parameters = with(json!({"account_id": CLOUDFLARE_CORP}), named());
        watched
            .answer(&format!("cloudflare.{name}"), parameters, None)
            .status
    };
    let settle = || watched.sandbox.clock().advance(Duration::from_secs(10));
    assert_eq!(status("activate_certificate"), 202);
    cloudflare("get_certificate", named(), None);
    settle();
    let got = cloudflare("get_certificate", named(), None);
    if watched.as_usual {
        assert_eq!(got["result"]["binding_status"], "available");
    }
    cloudflare("list_certificates", json!({}), None);
    let settings =
        || cloudflare("get_configuration", json!({}), None)["result"]["settings"].clone();
    let switch = |id: &Value| {
        let body = json!({"settings": {"certificate": {"id": id}}});
        cloudflare("update_configuration", json!({}), Some(body))
    };
    let before = settings();
    assert_eq!(switch(&made["result"]["id"])["success"], true);
    assert_eq!(settings()["certificate"]["id"], made["result"]["id"]);
    switch(&before["certificate"]["id"]);
    assert_eq!(settings(), before);
    assert_eq!(status("deactivate_certificate"), 201);
    cloudflare("get_certificate", named(), None);
    settle();
    cloudflare("delete_certificate", named(), None);
    let listed = cloudflare("list_certificates", json!({}), None);
    let mut listed = listed["result"].as_array().unwrap().iter();
    assert!(listed.all(|one| one["id"] != made["result"]["id"]));
    watched.saw("cloudflare", 8);
}

fn said(body: &Value) -> (Option<String>, Option<String>) {
    let error = &body["errors"][0];
    (word(&error["code"]), word(&error["message"]))
}

fn failures() -> Vec<Failure> {
    let cloudflare = |code: u32, message: &str| json!({"success": false, "errors": [{"code": code, "message": message}], "messages": [], "result": null});
    vec![
        (
            400,
            cloudflare(9106, "Missing X-Auth-Key"),
            Some("9106"),
            Facade::Unauthenticated,
        ),
        (
            400,
            cloudflare(6003, "Invalid request headers"),
            Some("6003"),
            Facade::Unauthenticated,
        ),
        (
            403,
            json!({"success": false, "errors": [{"code": 10000, "message": "Authentication error"}]}),
            Some("10000"),
            Facade::PermissionDenied,
        ),
        (
            404,
            cloudflare(2027, "Certificate not found in SSL store"),
            Some("2027"),
            Facade::NotFound,
        ),
        (
            400,
            cloudflare(2027, "Certificate not found in SSL store"),
            Some("2027"),
            Facade::NotFound,
        ),
        (
            500,
            cloudflare(2118, "in use"),
            Some("2118"),
            Facade::Precondition,
        ),
        (
            400,
            cloudflare(
                2211,
                "TLS decryption cannot be enabled without a certificate",
            ),
            Some("2211"),
            Facade::Precondition,
        ),
        (
            400,
            cloudflare(
                1000,
                "Up to 3 certificates may be created in a 24 hour period",
            ),
            Some("1000"),
            Facade::QuotaExceeded,
        ),
        (
            429,
            cloudflare(971, "Please wait"),
            Some("971"),
            Facade::RateLimited,
        ),
        (
            200,
            cloudflare(1004, "Failed"),
            Some("1004"),
            Facade::Provider,
        ),
    ]
}

fn whole(mut body: Value, gets: bool) -> (Value, Vec<Value>) {
    body["success"] = json!(true);
    if gets {
        if !body["result"].is_object() {
            body["result"] = json!({});
        }
        body["result"]["id"] = json!("name-0");
        let record = body["result"].clone();
        return (body, vec![record]);
    }
    body.as_object_mut().map(|body| body.remove("result_info"));
    let mut records = list(&mut body["result"]);
    number(&mut records, "id", |index| json!(format!("name-{index}")));
    body["result"] = json!(records);
    (body, records)
}
