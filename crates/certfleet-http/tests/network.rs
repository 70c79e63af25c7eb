//! The session over real sockets: what a server can do, and what the caller is then told.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use certfleet_http::{
    Authorization, Effect, Error, ErrorKind, Network, ResponseParts, Retry, Secret, Session,
    SessionBuilder,
};
use server::{Server, Then, response};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use support::{API, BEARER, CREATE, PASSPHRASE, READ, SET, TOKEN, builder, call};

/// Enough for a machine under load.
const PATIENT: Duration = Duration::from_secs(20);

/// Runs out, where it is to.
const HASTY: Duration = Duration::from_secs(1);

fn session(server: &Server) -> Session {
    within(server, &Arc::new(Network::new()), PATIENT)
}

fn within(server: &Server, network: &Arc<Network>, deadline: Duration) -> Session {
    builder()
        .base_url(format!("http://{}", server.address))
        .transport(network.clone())
        .deadline(deadline)
        .retry(Retry::off())
        .body_limit(64 * 1024)
        .build()
        .unwrap()
}

const JSON: &str = "content-type: application/json\r\n";

/// Calls a server that stalls, until it is given up. On a busy machine that may come before the head of the answer;
/// where there `has_head`, the server then gets more time.
async fn stalled(then: &Then, has_head: bool) -> (Server, Session, Error) {
    let mut idle = HASTY;
    loop {
        let server = Server::new(then.clone()).await;
        let network = Arc::new(Network::new().idle_timeout(idle));
        let session = within(&server, &network, PATIENT);
        let error = call(&session, &CREATE).await.unwrap_err();
        if error.status().is_some() || !has_head || idle >= PATIENT {
            return (server, session, error);
        }
        idle *= 2;
    }
}

#[tokio::test]
async fn what_a_server_can_do() {
    use {Effect as E, ErrorKind as K};
    let big = "x".repeat(70 * 1024);
    let echo = format!(
        r#"{{"message":"bad {PASSPHRASE} for {TOKEN}","code":7,"passphrase":"{PASSPHRASE}"}}"#
    );
    // What the server does; kind, status and effect on a create; a word of the message.
    type Row = (
        &'static str,
        Then,
        ErrorKind,
        Option<u16>,
        Effect,
        &'static str,
    );
    let rows: Vec<Row> = vec![
        ("reset", Then::Reset, K::Interrupted, None, E::Unknown, "connection broke"),
        ("no answer", Then::Stall(vec![]), K::Deadline, None, E::Unknown, "no complete answer within"),
        ("garbage", Then::Write(b"hello\r\n\r\n".to_vec()), K::Interrupted, None, E::Unknown, "connection broke"),
        ("cut body", Then::Write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"id\"\r\nnonsense".to_vec()), K::Interrupted, Some(200), E::Applied, "connection broke"),
        ("stalled body", Then::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec()), K::Deadline, Some(200), E::Applied, "no complete answer"),
        ("too large, announced", Then::Write(response("200 OK", JSON, &big)), K::TooLarge, Some(200), E::Applied, "65536 bytes"),
        ("too large, endless", Then::Endless(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", format!("1000\r\n{}\r\n", "x".repeat(4096)).into_bytes()), K::TooLarge, Some(200), E::Applied, "65536 bytes"),
        ("not JSON", Then::Write(response("200 OK", "content-type: text/html; charset=utf-8\r\n", "<p>login</p>")), K::Unreadable, Some(200), E::Unknown, "text/html, not JSON"),
        ("empty", Then::Write(response("200 OK", JSON, "")), K::Unreadable, Some(200), E::Applied, "empty"),
        ("compressed", Then::Write(response("200 OK", "content-type: application/json\r\ncontent-encoding: gzip\r\n", "x")), K::Unreadable, Some(200), E::Applied, "compressed"),
        ("compressed page", Then::Write(response("200 OK", "content-type: text/html\r\ncontent-encoding: gzip\r\n", "x")), K::Unreadable, Some(200), E::Unknown, "was not asked for; a proxy or a login page may have answered"),
        ("page without a type", Then::Write(response("200 OK", "", "\n<!DOCTYPE html><p>login</p>")), K::Unreadable, Some(200), E::Unknown, "a page, not JSON (28 bytes): a proxy or a login page"),
        ("page that says it is JSON", Then::Write(response("200 OK", JSON, "<HTML>")), K::Unreadable, Some(200), E::Applied, "; a proxy or a login page may have answered"),
        ("failure that breaks off", Then::Write(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 100\r\n\r\n{".to_vec()), K::Status, Some(400), E::None, "truncated"),
        ("request timeout", Then::Write(response("408 Request Timeout", "", "")), K::Status, Some(408), E::None, "safe to send again"),
        ("another shape", Then::Write(response("200 OK", JSON, r#"{"id":7}"#)), K::Unreadable, Some(200), E::Applied, "at id"),
        ("says it failed", Then::Write(response("200 OK", JSON, r#"{"success":false,"message":"no","code":"E1"}"#)), K::Refused, Some(200), E::None, "no (code E1)"),
        ("says it failed, well formed", Then::Write(response("200 OK", JSON, r#"{"id":"a","success":false,"message":"no"}"#)), K::Refused, Some(200), E::None, "says that it failed: no"),
        ("says it failed and repeats secrets", Then::Write(response("200 OK", JSON, &format!(r#"{{"success":false,"message":"bad {PASSPHRASE} of {TOKEN}"}}"#))), K::Refused, Some(200), E::None, "bad [redacted] of [redacted]"),
        ("another shape with secrets", Then::Write(response("200 OK", JSON, &format!(r#"{{"id":["{TOKEN}","{PASSPHRASE}"]}}"#))), K::Unreadable, Some(200), E::Applied, "at id"),
        ("redirect with secrets", Then::Write(response("302 Found", "location: http://127.0.0.1:1/\r\n", &echo)), K::Redirect, Some(302), E::None, "not followed"),
        ("undocumented success", Then::Write(response("201 Created", JSON, r#"{"id":"a"}"#)), K::Status, Some(201), E::Applied, "does not know"),
        ("bad request", Then::Write(response("400 Bad Request", JSON, &echo)), K::Status, Some(400), E::None, "(code 7) [request req-1]"),
        ("HTML of a firewall", Then::Write(response("403 Forbidden", "content-type: text/html\r\n", "<h1>no</h1>")), K::Status, Some(403), E::None, "11 bytes of text/html; a proxy or a login page may have answered"),
        ("HTML of a firewall that repeats a secret", Then::Write(response("403 Forbidden", "content-type: text/html\r\n", &format!("<h1>no {TOKEN}</h1>"))), K::Status, Some(403), E::None, "29 bytes of text/html"),
        ("page of a gateway", Then::Write(response("502 Bad Gateway", "", "<html>no</html>")), K::Status, Some(502), E::Unknown, "no stated type; a proxy or a login page"),
        ("redirect to a page", Then::Write(response("302 Found", "location: http://127.0.0.1:1/\r\ncontent-type: text/html\r\n", "<p>")), K::Redirect, Some(302), E::None, "check the base URL; a proxy or a login page"),
        ("server failure", Then::Write(response("502 Bad Gateway", "", "")), K::Status, Some(502), E::Unknown, "502 (Bad Gateway)"),
        ("redirect", Then::Write(response("307 Temporary Redirect", "location: http://127.0.0.1:1/\r\n", "")), K::Redirect, Some(307), E::None, "not followed"),
        ("see other", Then::Write(response("303 See Other", "location: http://127.0.0.1:1/\r\n", "")), K::Redirect, Some(303), E::Unknown, "not followed"),
    ];
    let patient = Arc::new(Network::new());
    for (name, then, kind, status, effect, word) in rows {
        let (server, session, error) = match kind {
            K::Deadline => stalled(&then, status.is_some()).await,
            _ => {
                let server = Server::new(then).await;
                let session = within(&server, &patient, PATIENT);
                let error = call(&session, &CREATE).await.unwrap_err();
                (server, session, error)
            }
        };
        let (shown, debugged) = (error.to_string(), format!("{error:?} {session:?}"));
        assert_eq!(error.kind(), kind, "{name}: {shown}");
        assert_eq!(
            error.status().map(|s| s.as_u16()),
            status,
            "{name}: {shown}"
        );
        assert_eq!(error.effect(), effect, "{name}: {shown}");
        assert!(shown.contains(word), "{name}: {shown}");
        assert!(shown.starts_with("acme: create: "), "{name}: {shown}");
        for text in [&shown, &debugged] {
            assert!(!text.contains("canary"), "{name}: {text}");
        }
        let body = error
            .body()
            .map(|body| String::from_utf8_lossy(body).into_owned());
        assert!(!body.unwrap_or_default().contains("canary"), "{name}");
        assert_eq!(server.seen().len(), 1, "{name}: a create is sent once");
        // The same as a read changes nothing.
        let error = call(&session, &READ).await.unwrap_err();
        assert_eq!(error.effect(), Effect::None, "{name}");
    }
}

#[tokio::test]
async fn nothing_is_sent_where_nobody_listens() {
    let server = Server::new(Then::Reset).await;
    let session = session(&server);
    let address = server.address;
    drop(server);
    // Until the listener's task has ended, its socket may still accept.
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let error = call(&session, &CREATE).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::NotSent, Effect::None)
    );
    assert!(error.to_string().contains("Nothing was sent"), "{error}");
}

#[tokio::test]
async fn what_is_sent() {
    let server = Server::new(Then::Write(response(
        "200 OK",
        JSON,
        r#"{"id":"a","passphrase":"p"}"#,
    )))
    .await;
    let session = session(&server);
    let response = call(&session, &SET).await.unwrap();
    assert_eq!(
        (response.id.as_str(), response.request_id()),
        ("a", Some("req-1"))
    );
    assert_eq!(
        &response.body()[..],
        br#"{"id":"a","passphrase":"[redacted]"}"#
    );
    let sent = server.seen().remove(0);
    let head = sent.to_ascii_lowercase();
    assert!(head.starts_with("put /things/x http/1.1\r\n"), "{sent}");
    assert!(
        head.contains(&format!("authorization: bearer {TOKEN}\r\n")),
        "{sent}"
    );
    assert!(head.contains("user-agent: certfleet/"), "{sent}");
    assert!(
        head.contains("content-type: application/json\r\n"),
        "{sent}"
    );
    // Other codings are refused, so the server is told (RFC 9110, 12.5.3).
    assert!(head.contains("accept-encoding: identity\r\n"), "{sent}");
    for absent in ["api-version", "referer", "gzip", "cookie"] {
        assert!(!head.contains(absent), "{absent}: {sent}");
    }
}

#[tokio::test]
async fn reads_share_a_connection_and_writes_do_not() {
    let server = Server::new(Then::Write(response("200 OK", JSON, r#"{"id":"a"}"#))).await;
    let session = session(&server);
    for _ in 0..3 {
        call(&session, &READ).await.unwrap();
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
    for _ in 0..3 {
        call(&session, &SET).await.unwrap();
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_redirect_reaches_no_other_server() {
    let second = Server::new(Then::Write(response("200 OK", JSON, r#"{"id":"b"}"#))).await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let location = format!("location: http://{}/things/x\r\n", second.address);
        let first = Server::new(Then::Write(response(status, &location, ""))).await;
        for operation in [&READ, &CREATE] {
            let error = call(&session(&first), operation).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Redirect);
        }
    }
    assert_eq!(second.connections.load(Ordering::SeqCst), 0);
}

#[test]
fn what_cannot_be_set_up() {
    let token = || Authorization::new(&BEARER, &[&Secret::new(TOKEN)]);
    for (base_url, authorization, word) in [
        (None, token(), "has no default"),
        (Some("http://gw.example"), token(), "uses http"),
        (
            Some("https://me:canary@gw.example"),
            token(),
            "holds credentials",
        ),
        (
            Some("https://gw.example"),
            Authorization::new(&BEARER, &[&Secret::new("")]),
            "is empty",
        ),
        (
            Some("https://gw.example"),
            Authorization::new(&BEARER, &[&Secret::new("a\ncanary")]),
            "no header can carry",
        ),
    ] {
        let mut builder = SessionBuilder::new(&API, authorization);
        if let Some(base_url) = base_url {
            builder = builder.base_url(base_url);
        }
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(word), "{error}");
        assert!(!error.to_string().contains("canary"), "{error}");
    }
}

#[test]
fn identifiers_that_would_address_something_else_are_refused() {
    let session = builder()
        .base_url("http://127.0.0.1:1/base")
        .build()
        .unwrap();
    for id in ["", ".", "..", "%2e%2E", "a/b", "a\\b", "a\u{0}", "a\r\nb"] {
        let error = session.request(&READ).path("id", id).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}");
        assert!(error.to_string().starts_with("read: id "), "{error}");
    }
    let request = session
        .request(&READ)
        .path("id", "a b?c#d%é")
        .build()
        .unwrap();
    assert_eq!(request.url().path(), "/base/things/a%20b%3Fc%23d%25%C3%A9");
    assert!(
        session.request(&READ).build().is_err(),
        "a parameter that is not filled"
    );
}

/// A body that stalls for longer than a transport waits has taken at least that time since its head.
#[tokio::test]
async fn the_vendors_clock_is_read_when_the_head_arrives() {
    let head =
        b"HTTP/1.1 200 OK\r\ndate: Sun, 22 Nov 2026 10:00:00 GMT\r\ncontent-length: 9\r\n\r\n{";
    let (_, session, _) = stalled(&Then::Stall(head.to_vec()), true).await;
    let stated: chrono::DateTime<chrono::Utc> = "2026-11-22T10:00:00Z".parse().unwrap();
    assert!(session.vendor_time().unwrap() >= stated + HASTY);
}

/// A success of a read that is not of the documented shape can be read another way. What says that it failed, what
/// repeats a member, and what a write says, cannot.
#[tokio::test]
async fn a_success_of_another_shape_is_kept_whole() {
    for (operation, body, kept) in [
        (
            &READ,
            r#"{"id":7,"passphrase":"x"}"#,
            Some(r#"{"id":7,"passphrase":"[redacted]"}"#),
        ),
        (&READ, r#"{"id":7,"success":false}"#, None),
        (&READ, r#"{"id":7,"id":8}"#, None),
        (&READ, r#"{"id":7,"success":false,"success":true}"#, None),
        (&READ, r#"{"id":7"#, None),
        (&READ, "[]", None),
        (&READ, "<html>", None),
        (&SET, r#"{"id":7}"#, None),
    ] {
        let json = "content-type: application/json\r\n";
        let server = Server::new(Then::Write(response("200 OK", json, body))).await;
        let error = call(&session(&server), operation).await.unwrap_err();
        let text = |body: &certfleet_http::Bytes| String::from_utf8(body.to_vec()).unwrap();
        assert_eq!(error.misshapen().map(text).as_deref(), kept, "{body}");
        match (ResponseParts::from_misshapen(error), kept) {
            (Ok(parts), Some(kept)) => {
                assert_eq!(parts.body(), kept);
                assert_eq!(parts.call().request_id.as_deref(), Some("req-1"));
            }
            (Err(error), None) => assert!(error.operation().is_some(), "{error}"),
            (other, _) => panic!("{body}: {other:?}"),
        }
    }
}
