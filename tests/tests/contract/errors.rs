//! What fails reaches the caller whole: kind, status, the vendor's words, request id, retry hint.

use crate::{
    COVERAGE, each, facade,
    redacted::redacted,
    responses::{answered, same},
};
use certfleet::ErrorKind as Facade;
use certfleet_http::{Class, Effect, ErrorKind};
use certfleet_tests::{
    Reply,
    contract::{BODIES, Client, Expected, Kind, generate, variants},
};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use std::{cell::Cell, time::Duration};

pub(crate) fn trials() -> Vec<Trial> {
    each("errors", documented)
        .chain(each("errors::undocumented", undocumented))
        .chain(each("errors::words", words))
        .chain(each("errors::class", class))
        .collect()
}

/// What repeating a request does, read a second time (faults.md, section 2): every effect that an
/// error states, and every retry, follows from it.
fn class(client: &'static Client) {
    let expected = match (client.documented().method.as_str(), client.id) {
        ("GET", _) => Class::Read,
        (_, "upload_certificate" | "create_certificate" | "import_certificate") => Class::Create,
        _ => Class::Idempotent,
    };
    assert_eq!(client.constants().class, expected);
}

/// Concrete statuses of a documented one.
fn concrete(status: &str) -> Vec<u16> {
    match status {
        "4XX" => vec![400, 401, 403, 404, 409, 410, 418, 422, 451],
        "5XX" => vec![500, 501, 502, 503, 504, 599],
        one => vec![one.parse().expect("a status")],
    }
}

/// Documented failures: examples, generated bodies, every edge of their schema.
fn documented(client: &'static Client) {
    let operation = client.documented();
    for response in operation
        .responses
        .iter()
        .filter(|response| !response.is_success())
    {
        let statuses = concrete(&response.status);
        let turn = Cell::new(0);
        for status in &statuses {
            bare(client, *status);
        }
        let check = |body: &Value| {
            let status = statuses[turn.get() % statuses.len()];
            turn.set(turn.get() + 1);
            fails(client, status, Some(body))?;
            COVERAGE.count(operation, Kind::Body(status));
            Ok::<_, String>(())
        };
        let Some(schema) = &response.schema else {
            for status in statuses {
                for body in [None, Some(json!({"message": "No."}))] {
                    fails(client, status, body.as_ref()).unwrap();
                    COVERAGE.count(operation, Kind::Body(status));
                }
            }
            continue;
        };
        for example in &response.examples {
            assert!(
                schema.is_valid(example),
                "the example: {:?}",
                schema.problems(example)
            );
            check(example).unwrap();
        }
        generate::run(
            &operation.key(),
            &generate::values(schema, generate::Side::Answer),
            BODIES,
            |body| check(&body),
        );
        for variant in variants(schema) {
            // A failure is one, whatever its body is.
            let _: Expected = variant.expected;
            check(&variant.value).unwrap_or_else(|why| panic!("{}: {why}", variant.what));
        }
    }
}

/// One failed answer.
fn fails(client: &'static Client, status: u16, body: Option<&Value>) -> Result<(), String> {
    let text = body.map_or(String::new(), Value::to_string);
    let reply = Reply::json(status, text.clone()).header("retry-after", "17");
    let error = answered(client, reply.clone())
        .err()
        .ok_or("it was taken for a success")?;
    same("kind", error.kind(), ErrorKind::Status)?;
    same(
        "status",
        error.status().map(|one| one.as_u16()),
        Some(status),
    )?;
    same("request id", error.request_id(), Some("req_test"))?;
    same(
        "retry hint",
        error.retry_after(),
        Some(Duration::from_secs(17)),
    )?;
    let said = body
        .map(|body| said(client.provider, &redacted(client.constants(), body)))
        .unwrap_or_default();
    same("code", error.vendor().code.clone(), said.0)?;
    same("message", error.vendor().message.clone(), said.1)?;
    let effect = match (client.constants().class, status) {
        (Class::Read, _) => Effect::None,
        // It says that it does not know how.
        (_, 501 | 505) => Effect::None,
        (_, 500..) => Effect::Unknown,
        _ => Effect::None,
    };
    same("effect", error.effect(), effect)?;
    let kept = error.body().ok_or("no body")?;
    match body {
        None => same("body", kept.as_ref(), b"".as_slice())?,
        Some(body) => {
            let kept: Value =
                serde_json::from_slice(kept).map_err(|_| "the body that was kept is no JSON")?;
            same("body", &kept, &redacted(client.constants(), body))?;
        }
    }
    if let Some(facade) = facade::of(client) {
        let error = facade
            .answered(reply)
            .err()
            .ok_or("the facade took it for a success")?;
        same("the facade's status", error.status(), Some(status))?;
        same(
            "the facade's request id",
            error.request_id(),
            Some("req_test"),
        )?;
        same(
            "the facade's retry hint",
            error.retry_after(),
            Some(Duration::from_secs(17)),
        )?;
        same("the facade's effect", error.effect(), Effect::None)?;
    }
    Ok(())
}

/// A failure without anything: nothing is made up.
fn bare(client: &Client, status: u16) {
    let reply = Reply {
        status,
        headers: Vec::new(),
        body: Default::default(),
    };
    let error = answered(client, reply).expect_err("a failure");
    assert_eq!(error.status().map(|one| one.as_u16()), Some(status));
    assert_eq!(
        (error.retry_after(), error.request_id()),
        (None, None),
        "{status}"
    );
    assert_eq!(
        (&error.vendor().code, &error.vendor().message),
        (&None, &None),
        "{status}"
    );
}

/// Where each vendor keeps its code and its message (providers.md), read a second time.
fn said(provider: &str, body: &Value) -> (Option<String>, Option<String>) {
    let word = |value: &Value| match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match provider {
        "openai" => {
            let error = &body["error"];
            (
                word(&error["code"]).or(word(&error["type"])),
                word(&error["message"]),
            )
        }
        "cloudflare" => (
            word(&body["errors"][0]["code"]),
            word(&body["errors"][0]["message"]),
        ),
        "patchworks" => (None, word(&body["message"])),
        _ => (
            word(&body["error"]),
            word(&body["error_description"])
                .or(word(&body["resultMessage"]))
                .or(word(&body["message"])),
        ),
    }
}

/// Failures that no document has, and that happen.
fn undocumented(client: &'static Client) {
    let page = "<!DOCTYPE html><html><title>403</title></html>";
    for (status, content_type, body, retry_after, seconds) in [
        (401, "text/html", page, None, None),
        (403, "text/html; charset=UTF-8", page, None, None),
        (404, "text/plain", "404 page not found", None, None),
        (405, "application/json", "{}", None, None),
        (407, "text/html", page, None, None),
        (413, "text/html", page, None, None),
        (429, "application/json", "{}", Some("120"), Some(120)),
        (
            429,
            "text/plain",
            "slow down",
            Some("Sun, 22 Nov 2026 10:00:20 GMT"),
            Some(20),
        ),
        (429, "text/plain", "slow down", Some("soon"), None),
        (429, "text/plain", "slow down", Some("-5"), None),
        (
            429,
            "text/plain",
            "slow down",
            Some("99999999999999999999"),
            Some(u64::MAX),
        ),
        (500, "application/json", "", None, None),
        (500, "application/json", "[1,", None, None),
        (502, "text/html", page, None, None),
        (503, "application/json", "null", Some("1"), Some(1)),
        (520, "text/plain", "error code: 520", None, None),
    ] {
        let mut reply = Reply::json(status, body)
            .header("content-type", content_type)
            .header("date", "Sun, 22 Nov 2026 10:00:00 GMT");
        if let Some(value) = retry_after {
            reply = reply.header("retry-after", value);
        }
        let error = answered(client, reply.clone()).expect_err("a failure");
        let what = format!("{status} {content_type} {retry_after:?}: {error}");
        assert_eq!(error.kind(), ErrorKind::Status, "{what}");
        assert_eq!(
            error.status().map(|one| one.as_u16()),
            Some(status),
            "{what}"
        );
        assert_eq!(error.request_id(), Some("req_test"), "{what}");
        assert_eq!(
            error.retry_after(),
            seconds.map(Duration::from_secs),
            "{what}"
        );
        assert_eq!(
            (&error.vendor().code, &error.vendor().message),
            (&None, &None),
            "{what}"
        );
        assert!(
            error.body().is_some_and(|kept| kept == body.as_bytes()),
            "{what}"
        );
        assert!(!format!("{error} {error:?}").contains("DOCTYPE"), "{what}");
        let Some(facade) = facade::of(client) else {
            continue;
        };
        let error = facade.answered(reply).expect_err("a failure");
        let kind = match status {
            401 => Facade::Unauthenticated,
            403 => Facade::PermissionDenied,
            404 => Facade::NotFound,
            413 => Facade::InvalidInput,
            429 => Facade::RateLimited,
            500.. => Facade::Provider,
            _ => Facade::Unexpected,
        };
        assert_eq!(
            (error.kind(), error.status()),
            (kind, Some(status)),
            "{what}"
        );
        assert_eq!(
            error.retry_after(),
            seconds.map(Duration::from_secs),
            "{what}"
        );
        assert_eq!(error.is_retryable(), kind == Facade::RateLimited, "{what}");
    }
    for status in [301, 302, 303, 307, 308] {
        let reply = Reply::json(status, "").header("location", "https://elsewhere.example/canary");
        let error = answered(client, reply).expect_err("a redirect");
        assert_eq!(error.kind(), ErrorKind::Redirect, "{status}");
        assert!(!error.to_string().contains("canary"), "{error}");
        let unknown = status == 303 && client.constants().class != Class::Read;
        assert_eq!(
            error.effect(),
            if unknown {
                Effect::Unknown
            } else {
                Effect::None
            },
            "{status}"
        );
    }
}

/// What the vendors are known to say, and what the facade understands of it.
fn words(client: &'static Client) {
    let cloudflare = |code: u32, message: &str| json!({"success": false, "errors": [{"code": code, "message": message}], "messages": [], "result": null});
    let openai = |code: Value, kind: &str| json!({"error": {"message": "No.", "type": kind, "param": null, "code": code}});
    let apinizer = |text: &str| json!({"error": "bad_request", "error_description": text});
    let newer = |text: &str| json!({"status": "FAILURE", "resultMessage": text});
    let cases: Vec<(u16, Value, Option<&str>, Facade)> = match client.provider {
        "openai" => vec![
            (
                401,
                openai(json!("invalid_api_key"), "invalid_request_error"),
                Some("invalid_api_key"),
                Facade::Unauthenticated,
            ),
            (
                403,
                openai(Value::Null, "insufficient_permissions"),
                Some("insufficient_permissions"),
                Facade::PermissionDenied,
            ),
            (
                404,
                openai(json!("not_found"), "invalid_request_error"),
                Some("not_found"),
                Facade::NotFound,
            ),
            (
                429,
                openai(json!("rate_limit_exceeded"), "requests"),
                Some("rate_limit_exceeded"),
                Facade::RateLimited,
            ),
            (
                500,
                openai(Value::Null, "server_error"),
                Some("server_error"),
                Facade::Provider,
            ),
        ],
        "cloudflare" => vec![
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
        ],
        "patchworks" => vec![
            (
                401,
                json!({"message": "Unauthenticated."}),
                None,
                Facade::Unauthenticated,
            ),
            (
                403,
                json!({"message": "This action is unauthorized."}),
                None,
                Facade::PermissionDenied,
            ),
            (
                422,
                json!({"message": "No.", "errors": {"page": ["too small"]}}),
                None,
                Facade::InvalidInput,
            ),
        ],
        _ => vec![
            (
                400,
                apinizer("Certificate (name: x) is not found!"),
                Some("bad_request"),
                Facade::NotFound,
            ),
            (
                400,
                newer("Certificate (name: x) is not found!"),
                None,
                Facade::NotFound,
            ),
            (
                400,
                apinizer("Certificate (name: x) is already exist!"),
                Some("bad_request"),
                Facade::AlreadyExists,
            ),
            (
                400,
                newer("User does not have required permission (SECRETS + MANAGE) in the project!"),
                None,
                Facade::PermissionDenied,
            ),
            (
                401,
                newer("Token is not valid!"),
                None,
                Facade::Unauthenticated,
            ),
            (200, newer("Something else"), None, Facade::Provider),
            (
                200,
                json!({"success": false, "resultMessage": "Something else"}),
                None,
                Facade::Provider,
            ),
        ],
    };
    for (status, body, code, kind) in cases {
        let success = client.documented().success();
        if status == 200 && success.schema.is_none() {
            continue;
        }
        let status = if status == 200 {
            success.concrete()
        } else {
            status
        };
        let reply = Reply::json(status, body.to_string());
        let error = answered(client, reply.clone()).expect_err("a failure");
        let refused = (200..300).contains(&status);
        let expected = if refused {
            ErrorKind::Refused
        } else {
            ErrorKind::Status
        };
        assert_eq!(error.kind(), expected, "{body}: {error}");
        assert_eq!(error.vendor().code.as_deref(), code, "{body}");
        assert!(error.vendor().message.is_some(), "{body}");
        if refused {
            assert_eq!(error.effect(), Effect::None, "{body}");
        }
        if let Some(facade) = facade::of(client) {
            let error = facade.answered(reply).expect_err("a failure");
            assert_eq!(
                (error.kind(), error.status()),
                (kind, Some(status)),
                "{body}"
            );
            assert_eq!(error.code(), code, "{body}");
        }
    }
}
