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

use certfleet_http::{
    Class, Effect, Error, ErrorKind, Expect, Method, Network, Operation, Retry, Session,
};
use server::{Server, Then, response};
use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};
use support::{CREATE, PASSPHRASE, READ, TOKEN, builder, call};

/// What is kept of a failure.
const KEPT: usize = 64 * 1024;

/// An operation whose responses hold no secret field, so that the start of a failure is kept.
static PLAIN: Operation = Operation {
    id: "plain",
    vendor_id: None,
    method: Method::GET,
    path: "/things/{id}",
    class: Class::Read,
    expect: Expect::Json,
    success: &[200],
    statuses: &["200"],
    request_secrets: &[],
    response_secrets: &[],
    response_certificates: &[],
};

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

/// Writes this again and again to whoever connects, from a thread of its own: a server on the test's runtime would
/// write only when the client has stopped.
fn flood(piece: &'static [u8]) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                // As fast as an unoptimised client reads, so that its buffers do not grow.
                while stream.write_all(piece).is_ok() {
                    std::thread::sleep(Duration::from_millis(1));
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn endless_informational_answers_end_by_the_deadline() {
    for informational in [
        &b"HTTP/1.1 100 Continue\r\n\r\n"[..],
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n",
    ] {
        let session = session(flood(informational), Duration::from_secs(1));
        for operation in [&READ, &CREATE] {
            let error = call(&session, operation).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Deadline, "{error}");
            assert_eq!(error.status(), None);
            let effect = if operation.id == CREATE.id {
                Effect::Unknown
            } else {
                Effect::None
            };
            assert_eq!(error.effect(), effect, "{error}");
        }
    }
}

/// What is said is how long was waited, not how long could have been.
#[tokio::test]
async fn a_pause_is_not_the_deadline() {
    let server = Server::new(Then::Stall(b"HTTP/1.1 200 OK\r\n".to_vec())).await;
    let session = builder()
        .base_url(format!("http://{}", server.address))
        .transport(Arc::new(
            Network::new().idle_timeout(Duration::from_millis(300)),
        ))
        .deadline(Duration::from_secs(77))
        .retry(Retry::off())
        .build()
        .unwrap();
    let error = call(&session, &READ).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    let detail = error.detail();
    assert!(detail.starts_with("no complete answer within "), "{detail}");
    assert!(!detail.contains("within 30 "), "{detail}");
    assert!(!detail.contains(" 0 seconds"), "{detail}");
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
    // The same as a success: it is not decoded, and a shorter one is not of the documented shape.
    let shorter = format!("[{}0]", "[0],".repeat(100_000));
    for (long, kind) in [
        (long, ErrorKind::TooLarge),
        (shorter, ErrorKind::Unreadable),
    ] {
        let error = failure(Then::Write(response("200 OK", json, &long))).await;
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.body().unwrap(), "[redacted]");
    }
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

/// The start of JSON cannot be read, and its escapes hide nothing all the same: neither a secret in the middle, nor
/// the half of one at the end.
#[tokio::test]
async fn no_escape_of_a_start_hides_a_secret() {
    let escaped: String = TOKEN.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let some = TOKEN.replace('-', "\\u002d");
    let longer = 2 * KEPT;
    for (text, withheld) in [
        (
            format!(r#"{{"m":"{escaped}","y":"{}"}}"#, "y".repeat(longer)),
            true,
        ),
        (
            format!(r#"{{"m":"{some}","y":"{}"}}"#, "y".repeat(longer)),
            true,
        ),
        (
            format!("y{}{}", "y".repeat(KEPT - escaped.len() / 2), escaped),
            false,
        ),
        (
            format!("y{}{}", "y".repeat(KEPT - some.len() + 4), some),
            false,
        ),
    ] {
        for is_text in [true, false] {
            let body = if is_text {
                format!("<p>{text}")
            } else {
                text.clone()
            };
            let body = format!("{body}{}", "y".repeat(longer));
            let then = Then::Write(response("500 Internal Server Error", "", &body));
            let server = Server::new(then).await;
            let session = session(server.address, Duration::from_secs(60));
            let error = call(&session, &PLAIN).await.unwrap_err();
            let kept = String::from_utf8(error.body().unwrap().to_vec()).unwrap();
            if withheld {
                assert_eq!(kept, "[redacted]");
            } else {
                assert!(kept.len() > KEPT / 2, "{}", kept.len());
                assert!(!kept.contains('\\'), "{kept}");
            }
        }
    }
}

/// Decoded, a small value takes hundreds of times its bytes: how many an answer may hold is bounded by its limit.
#[tokio::test]
async fn an_answer_of_too_many_values_is_not_decoded() {
    let json = "content-type: application/json\r\n";
    let most = 64 * 1024 * 1024 / 256;
    for (values, kind) in [
        (most - 1, ErrorKind::Unreadable),
        (most + 1, ErrorKind::TooLarge),
    ] {
        let body = format!("[{}0]", "0,".repeat(values - 1));
        let error = failure(Then::Write(response("200 OK", json, &body))).await;
        assert_eq!(error.kind(), kind, "{error}");
    }
    let long = format!("[{}{{}}]", "{},".repeat(20_000_000));
    let error = failure(Then::Write(response("200 OK", json, &long))).await;
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert!(
        error.detail().contains("more than 262144 JSON values"),
        "{error}"
    );
}
