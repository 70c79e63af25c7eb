//! Answers without an end, and answers far longer than what is kept of them.

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

use certfleet_http::{Error, ErrorKind, Network, Retry, Session};
use server::{Server, Then, response};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use support::{CREATE, PASSPHRASE, READ, TOKEN, builder, call};

/// What is kept of a failure.
const KEPT: usize = 64 * 1024;

fn session(address: SocketAddr, deadline: Duration) -> Session {
    builder()
        .base_url(format!("http://{address}"))
        .transport(Arc::new(Network::new()))
        .deadline(deadline)
        .retry(Retry::off())
        .body_limit(64 * 1024 * 1024)
        .build()
        .unwrap()
}

async fn failure(then: Then) -> Error {
    let server = Server::new(then).await;
    let session = session(server.address, Duration::from_secs(60));
    call(&session, &READ).await.unwrap_err()
}

#[tokio::test]
async fn of_an_endless_failure_the_start_is_kept() {
    let chunk = format!("1000\r\n{}\r\n", "y".repeat(4096)).into_bytes();
    let error = failure(Then::Endless(
        b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n",
        chunk,
    ))
    .await;
    assert_eq!(error.kind(), ErrorKind::Status, "{error}");
    assert_eq!(
        error.detail(),
        "answered 503 (Service Unavailable) with more than 65536 bytes of text/plain"
    );
    let body = error.body().unwrap();
    assert!(
        body.len() <= KEPT && body.len() > KEPT - 1024,
        "{}",
        body.len()
    );
    assert!(body.iter().all(|&byte| byte == b'y'));
}

#[tokio::test]
async fn a_failure_up_to_the_limit_is_parsed() {
    let json = "content-type: application/json\r\n";
    let filled = |size: usize| {
        let start = r#"{"code":"E1","message":"no","filler":""#;
        format!("{start}{}\"}}", "z".repeat(size - start.len() - 2))
    };
    let error = failure(Then::Write(response(
        "400 Bad Request",
        json,
        &filled(KEPT),
    )))
    .await;
    assert_eq!(error.vendor().code.as_deref(), Some("E1"));
    assert_eq!(error.body().unwrap().len(), KEPT);
    let error = failure(Then::Write(response(
        "400 Bad Request",
        json,
        &filled(KEPT + 1),
    )))
    .await;
    assert_eq!(error.vendor().code, None);
    assert_eq!(
        error.detail(),
        "answered 400 (Bad Request) with more than 65536 bytes of application/json"
    );
    // Half a document cannot be searched for the operation's secret fields.
    assert_eq!(error.body().unwrap(), "[redacted]");
    // 8 MB of what takes a hundred times as much once it is parsed.
    let long = format!("[{}0]", "[0],".repeat(2_000_000));
    let error = failure(Then::Write(response(
        "500 Internal Server Error",
        json,
        &long,
    )))
    .await;
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(error.body().unwrap(), "[redacted]");
    // The same as a success that is not of the documented shape.
    let error = failure(Then::Write(response("200 OK", json, &long))).await;
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert_eq!(error.body().unwrap(), "[redacted]");
}

/// Where the start ends, no half of a secret stays.
#[tokio::test]
async fn no_start_of_a_secret_stays_at_the_end() {
    for secret in [TOKEN, PASSPHRASE] {
        for shift in 0..=secret.len() {
            let text = format!(
                "{}{secret}{}",
                "y".repeat(KEPT - shift),
                "y".repeat(2 * KEPT)
            );
            let server = Server::new(Then::Write(response(
                "500 Internal Server Error",
                "content-type: text/plain\r\n",
                &text,
            )))
            .await;
            let session = session(server.address, Duration::from_secs(60));
            let error = call(&session, &CREATE).await.unwrap_err();
            let body = String::from_utf8(error.body().unwrap().to_vec()).unwrap();
            assert!(body.len() > KEPT / 2, "{}", body.len());
            let rest = body.trim_start_matches('y');
            assert!(
                rest.is_empty() || "[redacted]".starts_with(rest),
                "{shift}: {rest}"
            );
        }
    }
}
