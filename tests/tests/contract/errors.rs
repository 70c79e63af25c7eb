//! What fails reaches the caller whole: kind, status, the vendor's words, request id, retry hint.

use crate::{
    COVERAGE, each,
    facade::FacadeRead,
    providers,
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
        .map(|body| (providers::by_name(client.provider).said)(&redacted(client.constants(), body)))
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
    if let Some(facade) = FacadeRead::from_client(client) {
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
        let Some(facade) = FacadeRead::from_client(client) else {
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
    let cases = (providers::by_name(client.provider).failures)();
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
        if let Some(facade) = FacadeRead::from_client(client) {
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
