//! Successes of several statuses and types, over a loopback socket.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/server.rs"]
mod server;
#[allow(dead_code, reason = "another test uses the rest")]
mod support;

use certfleet_http::{
    ByStatus, Bytes, Class, Effect, Error, ErrorKind, Expect, Method, Network, Operation, Response,
    Retry, Session, read_json,
};
use server::{Server, Then, response};
use std::{sync::Arc, time::Duration};
use support::{PASSPHRASE, builder};

/// An export that answers with JSON, with a file, or with the place of what it made.
static EXPORT: Operation = Operation {
    id: "export",
    vendor_id: None,
    method: Method::POST,
    path: "/exports",
    class: Class::Create,
    expect: Expect::Json,
    success: &[200, 201, 302],
    statuses: &["200", "201", "302"],
    request_secrets: &["passphrase"],
    response_secrets: &["passphrase"],
    response_certificates: &[],
};

#[derive(Debug, PartialEq)]
enum Export {
    Json(serde_json::Value),
    File(Bytes),
    Elsewhere,
}

impl ByStatus for Export {
    fn expect(status: u16) -> Expect {
        match status {
            201 => Expect::Bytes,
            302 => Expect::Nothing,
            _ => Expect::Json,
        }
    }

    fn read(status: u16, body: &Bytes) -> Result<Self, String> {
        match status {
            201 => Ok(Self::File(body.clone())),
            302 => Ok(Self::Elsewhere),
            _ => read_json(body).map(Self::Json),
        }
    }
}

fn session(server: &Server, network: Network) -> Session {
    builder()
        .base_url(format!("http://{}", server.address))
        .transport(Arc::new(network))
        .retry(Retry::off())
        .build()
        .unwrap()
}

/// Calls a server. Only what pauses for ever runs out; on a busy machine that may come before the head of the answer,
/// and then there is more time.
async fn export(then: Then) -> Result<Response<Export>, Error> {
    let mut idle = Duration::from_millis(500);
    loop {
        let network = match then {
            Then::Stall(_) => Network::new().idle_timeout(idle),
            _ => Network::new(),
        };
        let server = Server::new(then.clone()).await;
        let session = session(&server, network);
        let request = session
            .request(&EXPORT)
            .json(&serde_json::json!({"passphrase": PASSPHRASE}))
            .build()
            .unwrap();
        match session.by_status(request).await {
            Err(error) if error.status().is_none() && idle < Duration::from_secs(20) => idle *= 2,
            result => return result,
        }
    }
}

const JSON: &str = "content-type: application/json\r\n";

#[tokio::test]
async fn a_success_by_status_may_say_that_it_failed() {
    let refusal = r#"{"success":false,"code":"E1","message":"no"}"#;
    let error = export(Then::Write(response("200 OK", JSON, refusal)))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert_eq!(error.effect(), Effect::None);
    assert_eq!(error.vendor().message.as_deref(), Some("no"));
    assert_eq!(error.vendor().code.as_deref(), Some("E1"));
    // A file is a file, whatever stands in it.
    let file = export(Then::Write(response("201 Created", JSON, refusal)))
        .await
        .unwrap();
    assert_eq!(*file, Export::File(Bytes::from(refusal)));
    let done = r#"{"success":true}"#;
    let done = export(Then::Write(response("200 OK", JSON, done)))
        .await
        .unwrap();
    assert_eq!(*done, Export::Json(serde_json::json!({"success": true})));
}

/// The start of a failure is enough; a success is whole, whatever its status.
#[tokio::test]
async fn a_documented_redirect_is_a_success_in_every_respect() {
    let place = "location: /exports/7\r\n";
    let long = format!("\"{}\"", "y".repeat(100 * 1024));
    let elsewhere = export(Then::Write(response("302 Found", place, &long)))
        .await
        .unwrap();
    assert_eq!(*elsewhere, Export::Elsewhere);
    assert_eq!(elsewhere.body().len(), long.len());
    assert_eq!(elsewhere.headers()["location"], "/exports/7");

    let mut broken = response("302 Found", place, &long);
    broken.truncate(1024);
    let error = export(Then::Stall(broken)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline, "{error}");
    assert_eq!(error.effect(), Effect::Applied);

    let compressed = format!("{place}content-encoding: gzip\r\n");
    let error = export(Then::Write(response("302 Found", &compressed, "y")))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
    assert_eq!(error.effect(), Effect::Applied);

    // Another redirect is one still.
    let error = export(Then::Write(response("307 Temporary Redirect", place, "")))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
    assert_eq!(error.effect(), Effect::None);
}

/// The secret fields belong to the JSON that the operation can also answer with.
#[tokio::test]
async fn a_file_stays_as_it_is() {
    for bytes in [
        "-----BEGIN CERTIFICATE-----",
        r#"{"passphrase": "its own"}"#,
    ] {
        let file = export(Then::Write(response("201 Created", "", bytes)))
            .await
            .unwrap();
        assert_eq!(*file, Export::File(Bytes::from(bytes)));
    }
    let body = r#"{"passphrase":"its own"}"#;
    let json = export(Then::Write(response("200 OK", JSON, body)))
        .await
        .unwrap();
    assert_eq!(json.body(), r#"{"passphrase":"[redacted]"}"#);
}
