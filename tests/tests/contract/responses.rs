//! What the vendors answer is read, and nothing of it is lost.

use crate::{COVERAGE, each, facade::FacadeRead, redacted::redacted, wait};
use certfleet_http::{Bytes, Class, Effect, Error, ErrorKind};
use certfleet_tests::{
    Clients, Reply, Scripted,
    contract::{BODIES, Called, Client, Expected, Kind, Schema, generate, variants},
};
use libtest_mimic::Trial;
use serde_json::Value;
use std::sync::Arc;

pub(crate) fn trials() -> Vec<Trial> {
    each("responses", successes)
        .chain(each("responses::unreadable", unreadable))
        .collect()
}

/// What a client makes of a reply.
pub(crate) fn answered(client: &Client, reply: Reply) -> Result<Called, Error> {
    let clients = Clients::over(Arc::new(Scripted::reply(reply)));
    wait(client.call(&clients, &generate::plain(client.documented())))
}

/// Documented successes: examples, generated bodies, and every edge of the schema.
fn successes(client: &'static Client) {
    let operation = client.documented();
    let success = operation.success();
    let status = success.concrete();
    if success.is_binary() {
        let bytes = generate::values(&success_bytes(), generate::Side::Request);
        return generate::run(&operation.key(), &bytes, BODIES, |text| {
            let body: Bytes = text
                .as_str()
                .unwrap_or_default()
                .chars()
                .map(|one| one as u8)
                .collect::<Vec<_>>()
                .into();
            let reply = Reply::json(status, body.clone())
                .header("content-type", "application/octet-stream");
            let called = answered(client, reply).map_err(|error| error.to_string())?;
            if (called.status, &called.body) != (status, &body) {
                return Err("other bytes came out".to_owned());
            }
            COVERAGE.count(operation, Kind::Body(status));
            Ok(())
        });
    }
    let Some(schema) = &success.schema else {
        // Nothing is promised, so nothing that comes is read.
        for body in ["", "{}", "<html>"] {
            let called = answered(client, Reply::json(status, body)).unwrap();
            assert_eq!((called.status, called.value), (status, Some(Value::Null)));
        }
        COVERAGE.count(operation, Kind::Body(status));
        return;
    };
    let facade = FacadeRead::from_client(client);
    let check = |body: &Value, expected: Expected| {
        read(client, schema, status, body, expected)?;
        if let Some(facade) = &facade {
            facade.check(body)?;
            COVERAGE.count(operation, Kind::Facade);
        }
        COVERAGE.count(operation, Kind::Body(status));
        Ok::<_, String>(())
    };
    assert!(
        !success.examples.is_empty(),
        "{}: no example",
        operation.key()
    );
    for example in &success.examples {
        assert!(
            schema.is_valid(example),
            "the example: {:?}",
            schema.problems(example)
        );
        check(example, Expected::Valid).unwrap();
    }
    generate::run(
        &operation.key(),
        &generate::values(schema, generate::Side::Answer),
        BODIES,
        |body| check(&body, Expected::Valid),
    );
    let failed: Vec<String> = variants(schema)
        .into_iter()
        .filter_map(|variant| {
            let outcome = check(&variant.value, variant.expected);
            outcome
                .err()
                .map(|why| format!("{} ({:?}): {why}", variant.what, variant.expected))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn success_bytes() -> Schema {
    Schema::new(
        serde_json::json!({"type": "string", "format": "binary"}),
        &Value::Null,
    )
}

/// One body: read, refused by the vendor's own word, or not readable; with everything kept.
fn read(
    client: &Client,
    schema: &Schema,
    status: u16,
    body: &Value,
    expected: Expected,
) -> Result<(), String> {
    let text = body.to_string();
    let constants = client.constants();
    let outcome = answered(client, Reply::json(status, text.clone()));
    // What is cut out as a secret, whatever its type, cannot be read wrongly.
    let expected = match expected {
        Expected::Refused
            if !schema.is_valid(body) && schema.is_valid(&redacted(constants, body)) =>
        {
            Expected::Accepted
        }
        other => other,
    };
    let says_failed = client.api().shapes.failure.iter().any(|failure| {
        let equals: Value = serde_json::from_str(failure.equals).expect("JSON");
        let is_there = |field| body.get(field).is_some_and(|value| !value.is_null());
        body.get(failure.field) == Some(&equals)
            && failure.unless.is_none_or(|field| !is_there(field))
    });
    let kept = match (&outcome, expected) {
        (Ok(called), Expected::Valid | Expected::Accepted) if !says_failed => {
            same("status", called.status, status)?;
            same("request id", called.request_id.as_deref(), Some("req_test"))?;
            let value = called.value.as_ref().ok_or("no value")?;
            keeps(schema, &schema.value, &redacted(constants, body), value)?;
            &called.body
        }
        (Err(error), _) if says_failed => {
            same("kind", error.kind(), ErrorKind::Refused)?;
            same("effect", error.effect(), Effect::None)?;
            failed(error, status)?
        }
        (Err(error), Expected::Refused) => {
            same("kind", error.kind(), ErrorKind::Unreadable)?;
            let effect = if constants.class == Class::Read {
                Effect::None
            } else {
                Effect::Applied
            };
            same("effect", error.effect(), effect)?;
            failed(error, status)?
        }
        (Ok(_), _) => return Err("it was read".to_owned()),
        (Err(error), _) => return Err(format!("it was not read: {error}")),
    };
    if constants.response_secrets.is_empty() && constants.response_certificates.is_empty() {
        // Byte for byte.
        same("body", kept.as_ref(), text.as_bytes())
    } else {
        let kept: Value =
            serde_json::from_slice(kept).map_err(|_| "the body that was kept is no JSON")?;
        same("body", &kept, &redacted(constants, body))
    }
}

/// An error keeps what came.
fn failed(error: &Error, status: u16) -> Result<&Bytes, String> {
    same(
        "status",
        error.status().map(|one| one.as_u16()),
        Some(status),
    )?;
    same("request id", error.request_id(), Some("req_test"))?;
    error.body().ok_or("no body".to_owned())
}

pub(crate) fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    is: T,
    should: T,
) -> Result<(), String> {
    if is == should {
        Ok(())
    } else {
        Err(format!("{what}: {is:?} instead of {should:?}"))
    }
}

/// The typed value has every declared field with the value that was sent, and invents none.
fn keeps(schema: &Schema, at: &Value, sent: &Value, kept: &Value) -> Result<(), String> {
    let at = schema.resolved(at);
    if let Some(branches) = at["anyOf"].as_array().or(at["oneOf"].as_array()) {
        let mut branches = branches
            .iter()
            .map(|branch| keeps(schema, branch, sent, kept));
        let last = branches.next_back().unwrap_or(Ok(()));
        return branches.find(|outcome| outcome.is_ok()).unwrap_or(last);
    }
    match (sent, kept, at["properties"].as_object()) {
        (Value::Object(sent), Value::Object(kept), Some(properties)) => {
            for (name, property) in properties {
                match (
                    sent.get(name).filter(|value| !value.is_null()),
                    kept.get(name).filter(|value| !value.is_null()),
                ) {
                    (None, None) => {}
                    (Some(sent), Some(kept)) => {
                        keeps(schema, property, sent, kept)
                            .map_err(|why| format!("/{name}{why}"))?;
                    }
                    (sent, kept) => return Err(format!("/{name}: sent {sent:?}, kept {kept:?}")),
                }
            }
            match kept.keys().find(|name| !properties.contains_key(*name)) {
                Some(name) => Err(format!("/{name} is kept and not declared")),
                None => Ok(()),
            }
        }
        (Value::Array(sent), Value::Array(kept), _) if sent.len() == kept.len() => sent
            .iter()
            .zip(kept)
            .enumerate()
            .try_for_each(|(index, (sent, kept))| {
                keeps(schema, &at["items"], sent, kept).map_err(|why| format!("/{index}{why}"))
            }),
        (Value::Number(one), Value::Number(other), _) => {
            let equal = match (one.as_i64(), other.as_i64()) {
                (Some(one), Some(other)) => one == other,
                _ => one.as_f64() == other.as_f64(),
            };
            if equal {
                Ok(())
            } else {
                Err(format!(": sent {one}, kept {other}"))
            }
        }
        _ if sent == kept => Ok(()),
        _ => Err(format!(": sent {sent}, kept {kept}")),
    }
}

/// Successes that are no JSON, or not the one they should be, however they are broken.
fn unreadable(client: &'static Client) {
    let operation = client.documented();
    let status = operation.success().concrete();
    let Some(example) = operation
        .success()
        .examples
        .first()
        .filter(|_| operation.success().schema.is_some())
    else {
        return;
    };
    let good = example.to_string();
    let name = example
        .as_object()
        .and_then(|members| members.keys().next())
        .expect("an object");
    let twice =
        format!("{{\"{name}\":null,{}", &good[1..]).replacen("null", &example[name].to_string(), 1);
    let deep = format!("{{\"x\":{}{}", "[".repeat(200_000), "]".repeat(200_000));
    for (what, body, content_type) in [
        (
            "a page",
            "<html><body>Sign in</body></html>".to_owned(),
            "text/html",
        ),
        (
            "JSON that says it is a page",
            good.clone(),
            "text/html; charset=utf-8",
        ),
        (
            "a page that says it is JSON",
            "<html>".to_owned(),
            "application/json",
        ),
        ("nothing", String::new(), "application/json"),
        (
            "half",
            good[..good.len() / 2].to_owned(),
            "application/json",
        ),
        ("more", format!("{good} x"), "application/json"),
        ("a field twice", twice, "application/json"),
        (
            "a byte order mark",
            format!("\u{feff}{good}"),
            "application/json",
        ),
        ("too deep", deep, "application/json"),
        (
            "too large a number",
            format!("{{\"{name}\":1e400}}"),
            "application/json",
        ),
        ("null", "null".to_owned(), "application/json"),
        ("a list", "[]".to_owned(), "application/json"),
    ] {
        let reply = Reply::json(status, body).header("content-type", content_type);
        let error = answered(client, reply).expect_err(what);
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{what}: {error}");
        failed(&error, status).unwrap_or_else(|why| panic!("{what}: {why}"));
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("Sign in"), "{what}: {shown}");
        match (client.constants().class, what) {
            (Class::Read, _) => assert_eq!(error.effect(), Effect::None, "{what}"),
            // A login page need not come from the vendor; an empty 2xx does.
            (_, "a page" | "JSON that says it is a page") => {
                assert_eq!(error.effect(), Effect::Unknown, "{what}")
            }
            _ => assert_ne!(error.effect(), Effect::None, "{what}"),
        }
    }
    let compressed = Reply::json(status, good.clone()).header("content-encoding", "gzip");
    let error = answered(client, compressed).expect_err("compressed");
    assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
    let invalid = Reply::json(status, [good.as_bytes(), b"\xff"].concat());
    assert_eq!(
        answered(client, invalid).expect_err("no UTF-8").kind(),
        ErrorKind::Unreadable
    );
    // Another success than the documented one is not read as if it were.
    let other = if status == 204 { 299 } else { 204 };
    let error = answered(client, Reply::json(other, "")).expect_err("another success");
    assert_eq!(
        (error.kind(), error.status().map(|one| one.as_u16())),
        (ErrorKind::Status, Some(other))
    );
}
