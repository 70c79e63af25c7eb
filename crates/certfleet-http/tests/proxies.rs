//! Forward proxies, and what of them a caller is told.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/proxy.rs"]
mod proxy;
#[path = "support/server.rs"]
mod server;
mod support;

use certfleet_http::{
    Effect, Error, ErrorKind, Network, Proxy, Reason, Response, Retry, Secret, Session,
};
use proxy::{Listening, PASSWORD, TOKEN, authority, issued};
use std::sync::Arc;
use support::{CREATE, READ, SET, Thing, builder, call};

const BODY: &str = r#"{"id":"a"}"#;

/// A vendor over TLS, and what it is trusted by.
async fn vendor(status: &'static str, body: String) -> (Listening, Vec<u8>) {
    let (issuer, der) = authority();
    (Listening::server(issued(&issuer), status, body).await, der)
}

/// A session with the vendor through a proxy.
fn session(host: &str, vendor: &Listening, root: &[u8], proxy: Proxy) -> Session {
    let network = Network::new().trust(root.to_vec()).proxy(proxy);
    builder()
        .base_url(format!("https://{host}:{}", vendor.address.port()))
        .transport(Arc::new(network))
        .retry(Retry::off())
        .build()
        .unwrap()
}

fn at(scheme: &str, listening: &Listening) -> Proxy {
    Proxy::new(&format!("{scheme}://{}", listening.address)).unwrap()
}

fn known(proxy: Proxy) -> Proxy {
    proxy.credentials("it", Secret::new(PASSWORD)).unwrap()
}

/// The failure of a write that never reached the vendor, as a text that holds no credentials.
fn refused(result: Result<Response<Thing>, Error>, reason: Reason) -> String {
    let error = result.map(|_| ()).unwrap_err();
    let text = error.to_string();
    assert_eq!(error.kind(), ErrorKind::NotSent, "{text}");
    assert_eq!(error.reason(), Some(reason), "{text}");
    assert_eq!(
        (error.effect(), error.status()),
        (Effect::None, None),
        "{text}"
    );
    assert!(text.contains("Nothing was sent"), "{text}");
    let debugged = format!("{error:?}");
    for secret in ["canary", TOKEN] {
        assert!(
            !text.contains(secret) && !debugged.contains(secret),
            "{text}"
        );
    }
    text
}

#[tokio::test]
async fn tls_goes_through_a_proxy_that_wants_to_know_who_asks() {
    let (vendor, root) = vendor("200 OK", BODY.to_owned()).await;
    let wanted = Some("Basic aXQ6cHJveHktY2FuYXJ5LTUxNTA=");
    let proxy = Listening::proxy(None, wanted, None).await;
    let session = session("127.0.0.1", &vendor, &root, known(at("http", &proxy)));
    for operation in [&READ, &CREATE, &SET] {
        assert_eq!(call(&session, operation).await.unwrap().id, "a");
    }
    let at_proxy = proxy.seen();
    let target = format!("CONNECT {} HTTP/1.1", vendor.address);
    assert!(!at_proxy.is_empty());
    for request in &at_proxy {
        assert!(request.starts_with(&target), "{request}");
        // The vendor's token is for the vendor.
        assert!(!request.contains(support::TOKEN), "{request}");
    }
    let at_vendor = vendor.seen();
    assert_eq!(at_vendor.len(), 3);
    for request in &at_vendor {
        assert!(request.contains(support::TOKEN), "{request}");
        let low = request.to_lowercase();
        assert!(
            !low.contains("proxy") && !request.contains(TOKEN),
            "{request}"
        );
    }
}

#[tokio::test]
async fn a_proxy_may_be_reached_over_tls() {
    let (issuer, root) = authority();
    let vendor = Listening::server(issued(&issuer), "200 OK", BODY.to_owned()).await;
    let proxy = Listening::proxy(Some(issued(&issuer)), None, None).await;
    let session = session("127.0.0.1", &vendor, &root, at("https", &proxy));
    assert_eq!(call(&session, &CREATE).await.unwrap().id, "a");
    assert_eq!((proxy.seen().len(), vendor.seen().len()), (1, 1));

    // One that is not trusted is told from a vendor that is not.
    let (stranger, _) = authority();
    let proxy = Listening::proxy(Some(issued(&stranger)), None, None).await;
    let through = at("https", &proxy);
    let named = format!("the proxy {through} cannot be reached: the server's certificate is not");
    let session = self::session("127.0.0.1", &vendor, &root, through);
    let text = refused(call(&session, &CREATE).await, Reason::Tls);
    assert!(text.contains(&named), "{text}");
    assert!(proxy.seen().is_empty());
}

#[tokio::test]
async fn what_a_proxy_refuses_is_not_the_vendors_answer() {
    let (vendor, root) = vendor("200 OK", BODY.to_owned()).await;
    let wanted = Some("Basic b3RoZXI6b3RoZXI=");
    for (wanted, refusal, credentials, words) in [
        (
            wanted,
            None,
            true,
            "does not accept its username and password: check them (407)",
        ),
        (
            wanted,
            None,
            false,
            "asks for a username and a password: set them (407)",
        ),
        (
            None,
            Some("403 Forbidden"),
            true,
            "refuses to connect to it",
        ),
        (
            None,
            Some("502 Bad Gateway"),
            false,
            "refuses to connect to it",
        ),
    ] {
        let proxy = Listening::proxy(None, wanted, refusal).await;
        let through = at("http", &proxy);
        let named = format!("the proxy {through} {words}");
        let through = if credentials { known(through) } else { through };
        let session = session("127.0.0.1", &vendor, &root, through);
        let text = refused(call(&session, &CREATE).await, Reason::Proxy);
        assert!(text.contains(&named), "{text}");
        assert_eq!(proxy.seen().len(), 1, "{text}");
    }
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn a_proxy_that_is_not_there_or_is_not_one() {
    let (vendor, root) = vendor("200 OK", BODY.to_owned()).await;
    // Bound and not listening: nobody else gets it, and it refuses.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = socket.local_addr().unwrap();
    for scheme in ["http", "https", "socks5", "socks5h"] {
        let proxy = Proxy::new(&format!("{scheme}://{address}")).unwrap();
        let named = format!("the proxy {proxy} cannot be reached");
        let session = session("127.0.0.1", &vendor, &root, known(proxy));
        let text = refused(call(&session, &CREATE).await, Reason::Connect);
        assert!(text.contains(&named), "{text}");
    }
    // A vendor is a server, not a proxy: it ends the connection at what is not TLS.
    for scheme in ["http", "socks5"] {
        let proxy = at(scheme, &vendor);
        let named = format!("the proxy {proxy} ");
        let session = session("127.0.0.1", &vendor, &root, known(proxy));
        let text = refused(call(&session, &CREATE).await, Reason::Proxy);
        assert!(text.contains(&named), "{text}");
    }
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn a_vendor_that_is_not_trusted_is_told_from_its_proxy() {
    let (vendor, _) = vendor("200 OK", BODY.to_owned()).await;
    let (_, another) = authority();
    let proxy = Listening::proxy(None, None, None).await;
    let through = at("http", &proxy);
    let named = format!("through the proxy {through}: the server's certificate is not");
    let session = session("127.0.0.1", &vendor, &another, through);
    let text = refused(call(&session, &CREATE).await, Reason::Tls);
    assert!(text.contains(&named), "{text}");
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn hosts_of_no_proxy_are_reached_directly() {
    let (vendor, root) = vendor("200 OK", BODY.to_owned()).await;
    let proxy = Listening::proxy(None, None, Some("403 Forbidden")).await;
    let through = at("http", &proxy).no_proxy(["127.0.0.0/8"]).unwrap();
    let session = session("127.0.0.1", &vendor, &root, through);
    assert_eq!(call(&session, &CREATE).await.unwrap().id, "a");
    assert!(proxy.seen().is_empty());
}

#[tokio::test]
async fn socks5_with_and_without_credentials() {
    let (vendor, root) = vendor("200 OK", BODY.to_owned()).await;
    let port = vendor.address.port();
    for (scheme, wanted, asked) in [
        ("socks5", None, format!("127.0.0.1:{port}")),
        (
            "socks5",
            Some(("it", PASSWORD)),
            format!("127.0.0.1:{port}"),
        ),
        // The proxy looks up the name.
        (
            "socks5h",
            Some(("it", PASSWORD)),
            format!("localhost:{port}"),
        ),
    ] {
        let proxy = Listening::socks(wanted, 0).await;
        let through = at(scheme, &proxy);
        let through = if wanted.is_some() {
            known(through)
        } else {
            through
        };
        let host = asked.split(':').next().unwrap();
        let session = session(host, &vendor, &root, through);
        assert_eq!(call(&session, &CREATE).await.unwrap().id, "a");
        assert_eq!(proxy.seen(), [asked]);
    }
    for (wanted, credentials, code, words) in [
        (
            Some(("it", "another")),
            true,
            0,
            "does not accept its username and password",
        ),
        (
            Some(("it", PASSWORD)),
            false,
            0,
            "asks for a username and a password",
        ),
        (
            None,
            false,
            2,
            "does not connect to it: connection not allowed",
        ),
        (None, false, 4, "does not connect to it: host unreachable"),
    ] {
        let before = vendor.seen().len();
        let proxy = Listening::socks(wanted, code).await;
        let through = at("socks5", &proxy);
        let named = format!("the proxy {through} {words}");
        let through = if credentials { known(through) } else { through };
        let session = session("127.0.0.1", &vendor, &root, through);
        let text = refused(call(&session, &CREATE).await, Reason::Proxy);
        assert!(text.contains(&named), "{text}");
        assert_eq!(vendor.seen().len(), before);
    }
}

#[tokio::test]
async fn credentials_of_the_proxy_are_cut_from_what_is_answered_behind_it() {
    let echo = format!(r#"{{"message":"{PASSWORD} and {TOKEN}","code":"{TOKEN}"}}"#);
    let (vendor, root) = vendor("400 Bad Request", echo).await;
    let proxy = Listening::proxy(None, None, None).await;
    let session = session("127.0.0.1", &vendor, &root, known(at("http", &proxy)));
    let error = call(&session, &CREATE).await.unwrap_err();
    let body = String::from_utf8_lossy(error.body().unwrap()).into_owned();
    for text in [error.to_string(), body] {
        assert!(text.contains("[redacted] and [redacted]"), "{text}");
        assert!(!text.contains("canary") && !text.contains(TOKEN), "{text}");
    }
}

#[tokio::test]
async fn a_session_has_a_proxy_or_a_transport() {
    let (issuer, _) = authority();
    let vendor = Listening::server(issued(&issuer), "200 OK", BODY.to_owned()).await;
    let proxy = Listening::proxy(None, None, Some("403 Forbidden")).await;
    let base = format!("https://{}", vendor.address);
    let session = builder().base_url(&base).proxy(at("http", &proxy));
    let text = refused(
        call(&session.build().unwrap(), &CREATE).await,
        Reason::Proxy,
    );
    assert!(text.contains("refuses to connect"), "{text}");
    let both = builder()
        .base_url(&base)
        .proxy(at("http", &proxy))
        .transport(Arc::new(Network::new()));
    assert_eq!(both.build().unwrap_err().kind(), ErrorKind::Config);
}
