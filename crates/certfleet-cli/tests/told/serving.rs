//! `serve`.

use crate::{
    client::Serving,
    support::{
        NOW, Place,
        server::{Server, Then},
    },
};
use rustix::process::Signal;

const SANDBOX: [&str; 3] = ["--sandbox", "--sandbox-time", NOW];

#[test]
fn three_addresses_and_a_graceful_stop() {
    for signal in [Signal::TERM, Signal::INT] {
        let place = Place::new();
        let serving = Serving::start(&place, &SANDBOX, &[]);
        let metrics = serving.get("/metrics");
        assert_eq!(metrics.status, 200, "{metrics:?}");
        for header in [
            "content-type: text/plain; version=0.0.4; charset=utf-8",
            "cache-control: no-store",
            "x-content-type-options: nosniff",
            "content-security-policy: default-src 'none'",
            "connection: close",
        ] {
            assert!(metrics.head.contains(header), "{header}: {}", metrics.head);
        }
        // What `check` writes, and how the endpoint itself is doing.
        let written = place.sandbox(&["check", "--output", "prometheus"]).ok();
        let served: Vec<_> = metrics
            .body
            .lines()
            .filter(|line| !line.contains("certfleet_refresh_"))
            .collect();
        assert_eq!(served, written.lines().collect::<Vec<_>>());
        assert!(
            metrics
                .body
                .contains("certfleet_refresh_interval_seconds 300\n")
        );

        let health = serving.get("/healthz");
        assert_eq!(
            (health.status, health.body.lines().next()),
            (200, Some("ok"))
        );
        let page = serving.get("/");
        assert!(page.body.starts_with("<!DOCTYPE html>"), "{}", page.body);
        assert!(
            page.head.contains("frame-ancestors 'none'")
                && page.head.contains("script-src 'sha256-"),
            "{}",
            page.head
        );
        let overview = serving.get("/overview");
        let checked = place.sandbox(&["check"]).stdout;
        assert!(
            overview.body.ends_with(&checked),
            "{}\n{checked}",
            overview.body
        );
        assert_eq!(serving.stop(signal), (Some(0), String::new()));
    }
}

#[test]
fn only_reads_of_known_addresses_by_this_machine() {
    let place = Place::new();
    let serving = Serving::start(&place, &SANDBOX, &[]);
    let length = serving.get("/metrics").body.len();
    let head = serving.request("HEAD", "/metrics");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert!(
        head.head.contains(&format!("content-length: {length}")),
        "{}",
        head.head
    );
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        for path in ["/", "/overview", "/metrics", "/healthz"] {
            let answer = serving.request(method, path);
            assert_eq!(answer.status, 405, "{method} {path}: {answer:?}");
            assert!(answer.head.contains("allow: get,head"), "{}", answer.head);
        }
    }
    for path in [
        "/metrics/",
        "/..",
        "/%2e%2e/metrics",
        "/favicon.ico",
        "//",
        "/metrics/x",
    ] {
        assert_eq!(serving.request("GET", path).status, 404, "{path}");
    }
    let evil = serving.send(b"GET /metrics HTTP/1.1\r\nhost: evil.example\r\n\r\n");
    assert_eq!(evil.status, 421, "{evil:?}");
    assert!(!evil.body.contains("certfleet_"));
    serving.stop(Signal::TERM);
}

#[test]
fn what_is_too_large_or_not_http_is_not_answered_and_nothing_breaks() {
    let place = Place::new();
    let serving = Serving::start(&place, &SANDBOX, &[]);
    let long = "x".repeat(64 * 1024);
    for (what, bytes) in [
        (
            "a long path",
            format!("GET /{long} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes(),
        ),
        (
            "a long header",
            format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {long}\r\n\r\n").into_bytes(),
        ),
        (
            "many headers",
            format!(
                "GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n",
                "a: b\r\n".repeat(2_000)
            )
            .into_bytes(),
        ),
        (
            "no HTTP",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(),
        ),
    ] {
        let answer = serving.send(&bytes);
        assert!(
            matches!(answer.status, 0 | 400 | 414 | 431),
            "{what}: {answer:?}"
        );
        assert!(answer.body.is_empty(), "{what}: {answer:?}");
    }
    // A body is not waited for.
    let body = serving
        .send(b"GET /nothing HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999\r\n\r\n");
    assert_eq!(body.status, 404, "{body:?}");
    // Clients that say nothing take no other's turn.
    let silent: Vec<_> = (0..10)
        .map(|_| std::net::TcpStream::connect(&serving.address).unwrap())
        .collect();
    assert_eq!(serving.get("/metrics").status, 200);
    drop(silent);
    serving.stop(Signal::TERM);
}

/// An account that fails is 0 and hides no other; the vendor repeats what it was sent, and none of it is shown.
#[test]
fn a_failing_account_and_no_secrets() {
    let well =
        Server::start(|_| Then::json(200, r#"{"object": "list", "data": [], "has_more": false}"#));
    let failing = Server::start(|request| {
        let sent = request
            .header("authorization")
            .unwrap_or_default()
            .to_owned();
        let body = serde_json::json!({"error": {"message": format!("not accepted: {sent}"), "code": sent}});
        Then::json(401, body.to_string())
    });
    let place = Place::new();
    let account = |name: &str, base: String| {
        format!(
            "[[account]]\nprovider = \"openai\"\nname = \"{name}\"\nbase_url = \"{base}\"\nadmin_key = \"env:THE_KEY\"\n"
        )
    };
    place.write(
        "config.toml",
        &(account("well", well.base()) + &account("failing", failing.base())),
    );
    let secret = "sk-canary-0123456789abcdef";
    let serving = Serving::start(&place, &["--config", "config.toml"], &[("THE_KEY", secret)]);
    for (path, texts) in [
        (
            "/metrics",
            &[
                "certfleet_account_up{provider=\"openai\",account=\"failing\"} 0\n",
                "certfleet_account_up{provider=\"openai\",account=\"well\"} 1\n",
            ][..],
        ),
        ("/healthz", &["accounts_read 1\n"]),
        (
            "/",
            &[
                "openai/failing: nothing is known of it from before",
                "<!DOCTYPE html>",
            ],
        ),
        (
            "/overview",
            &[
                "openai/failing: NOT READ: ",
                "openai/well: read, 0 records\n",
            ],
        ),
    ] {
        let answer = serving.get(path);
        assert_eq!(answer.status, 200);
        for text in texts {
            assert!(answer.body.contains(text), "{text}: {}", answer.body);
        }
        assert!(!answer.body.contains("canary"), "{}", answer.body);
    }
    for server in [&well, &failing] {
        let seen = server.seen();
        assert!(!seen.is_empty() && seen.iter().all(|one| one.line.starts_with("GET ")));
    }
    let (code, stderr) = serving.stop(Signal::TERM);
    assert_eq!(code, Some(0));
    assert!(
        stderr.starts_with("error: the account openai/failing could not be read"),
        "{stderr}"
    );
    assert!(!stderr.contains("canary"), "{stderr}");
}

#[test]
fn what_cannot_be_served_ends_at_once() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (arguments, code, words) in [
        (
            &["--sandbox", "serve", "--listen", &taken][..],
            1,
            "name another address or port",
        ),
        (
            &["--sandbox", "serve", "--listen", "0.0.0.0:0"],
            2,
            "add --expose",
        ),
        (
            &["--sandbox", "serve", "--listen", "[::]:0"],
            2,
            "add --expose",
        ),
        (
            &[
                "--config",
                "nothing.toml",
                "serve",
                "--listen",
                "127.0.0.1:0",
            ],
            2,
            "nothing.toml",
        ),
        (
            &["--sandbox", "serve", "--ignore", "nothing.toml"],
            2,
            "nothing.toml",
        ),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}
