//! Servers that are dialled, and those that cannot be.

use crate::{
    made::{issued, parsed, subjects},
    support::Place,
    tls::{Dialogue, after, at, good, presenting, self_signed, serve, serve_at, shake, tls},
};
use std::{
    io::Write as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Exit code 7, with what happened, at which address, and what to do.
#[test]
fn servers_that_do_not_present_anything() {
    let closed = at(serve(drop));
    let text = at(serve(|mut stream| {
        stream.write_all(b"220 mail.example ESMTP\r\n").unwrap();
        // Until the client is gone.
        drop(std::io::copy(&mut stream, &mut std::io::sink()));
    }));
    let silent = at(serve(|mut stream| {
        drop(std::io::copy(&mut stream, &mut std::io::sink()));
    }));
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let place = Place::new();
    let (certificate, _) = issued("beside.example", (2090, 1, 1));
    place.write("beside.pem", &certificate);
    for (server, what, to_do) in [
        (
            &closed,
            "closed the connection during the TLS handshake",
            "check the port",
        ),
        (
            &text,
            "answers with something that is not TLS",
            "--starttls",
        ),
        (
            &silent,
            "did not finish the TLS handshake within 1s",
            "--timeout",
        ),
        (&nobody, "refused the connection", "check host and port"),
    ] {
        let ran = place.run(&["inspect", "--timeout", "1s", server, "beside.pem"]);
        assert_eq!(ran.code, Some(7), "{ran:?}");
        assert!(ran.stdout.contains("beside.example"), "{ran:?}");
        assert!(
            ran.stderr
                .starts_with(&format!("error: {server}: {server} {what}"))
                && ran.stderr.contains(to_do),
            "{ran:?}"
        );
        let ran = place.run(&[
            "inspect",
            "--timeout",
            "1s",
            server,
            "nothing.pem",
            "--output",
            "json",
        ]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert_eq!(parsed(&ran)["failures"][0]["source"], **server);
    }
}

/// Dialogues that lead to TLS.
const DIALOGUES: [(&str, Dialogue); 4] = [
    (
        "smtp",
        &[
            (b"220 mx.example ESMTP\r\n", b"EHLO [127.0.0.1]\r\n"),
            (
                b"250-mx.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n",
                b"STARTTLS\r\n",
            ),
            (b"220 go ahead\r\n", b""),
        ],
    ),
    (
        "imap",
        &[
            (b"* OK ready\r\n", b"a1 STARTTLS\r\n"),
            (b"a1 OK begin\r\n", b""),
        ],
    ),
    (
        "postgres",
        &[(b"", b"\x00\x00\x00\x08\x04\xd2\x16\x2f"), (b"S", b"")],
    ),
    (
        "ldap",
        &[
            (
                b"",
                b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037",
            ),
            (
                b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00",
                b"",
            ),
        ],
    ),
];

#[test]
fn starttls() {
    let (place, _, _, below) = good();
    let presenting = || {
        let (own, key) = below.issue(|_| {});
        presenting(vec![own, below.der.clone()], &key)
    };
    for (protocol, dialogue) in DIALOGUES {
        let server = at(after(dialogue, presenting()));
        let text = place
            .run(&[
                "inspect",
                "--verify",
                "--ca-file",
                "ca.pem",
                "--starttls",
                protocol,
                &server,
            ])
            .ok();
        assert!(
            text.contains(") verifies for 127.0.0.1"),
            "{protocol}: {text}"
        );
    }
    let server = at(after(
        &[
            (b"220 hi\r\n", b"EHLO [127.0.0.1]\r\n"),
            (b"250 mx\r\n", b""),
        ],
        presenting(),
    ));
    let ran = place.run(&["inspect", "--starttls", "smtp", &server]);
    assert_eq!(ran.code, Some(7));
    assert!(
        ran.stderr.contains(&format!(
            "{server}: the server does not offer STARTTLS on this port; check"
        )),
        "{ran:?}"
    );
    // A server that waits for the client, as one of TLS does.
    let server = at(tls(presenting()));
    let ran = place.run(&["inspect", "--timeout", "1s", "--starttls", "imap", &server]);
    assert_eq!(ran.code, Some(7));
    assert!(
        ran.stderr.contains("did not go on to TLS within 1s"),
        "{ran:?}"
    );
}

#[test]
fn arguments() {
    let (place, port, ..) = good();
    let server = at(port);
    // What exists is a file, whatever its name.
    let (certificate, _) = issued("file.example", (2090, 1, 1));
    place.write(&server, &certificate);
    let ran = place.run(&["inspect", &server, "--output", "json"]);
    assert_eq!(subjects(&parsed(&ran)), ["CN=file.example"]);
    assert_eq!(parsed(&ran)["servers"], serde_json::json!([]));
    for (option, value) in [
        ("--verify", None),
        ("--server-name", Some("a.example")),
        ("--starttls", Some("smtp")),
        ("--ca-file", Some("ca.pem")),
        ("--timeout", Some("5s")),
    ] {
        let mut arguments = vec!["inspect", &server, option];
        arguments.extend(value);
        let ran = place.run(&arguments);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.stderr.contains(option) && ran.stderr.contains("HOST:PORT"),
            "{ran:?}"
        );
    }
    for wrong in [
        &["inspect", "https://user:canary@127.0.0.1:1/"][..],
        &["inspect", "http://127.0.0.1:1/canary"],
        &["inspect", "127.0.0.1:99999"],
        &["inspect", "--starttls", "xmpp", "127.0.0.1:1"],
        &["inspect", "--server-name", "a b", "127.0.0.1:1"],
    ] {
        let ran = place.run(wrong);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.stderr.starts_with("error: ") && !ran.stderr.contains("canary"),
            "{ran:?}"
        );
    }
}

#[test]
fn an_address_of_six() {
    let (place, _, _, below) = good();
    let (own, key) = below.issue(|_| {});
    let config = Arc::new(presenting(vec![own, below.der], &key));
    let Ok(port) = serve_at("[::1]:0", move |stream| shake(&config, stream)) else {
        return;
    };
    let server = format!("[::1]:{port}");
    let ran = place.run(&["inspect", "--ca-file", "ca.pem", &server]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout.contains(&format!(
            "{server} ({server}) does NOT verify for ::1: the certificate is not for ::1, but for server.example"
        )),
        "{ran:?}"
    );
}

/// Servers are dialled together and shown in the order in which they are named.
#[test]
fn the_order_is_the_callers() {
    let (place, second, ..) = good();
    let (own, key) = self_signed(|_| {});
    let config = Arc::new(presenting(vec![own], &key));
    let (begun, wait) = std::sync::mpsc::channel();
    let wait = Mutex::new(wait);
    // The first answers only once the one after the second has been dialled.
    let first = at(serve(move |stream| {
        wait.lock().unwrap().recv().unwrap();
        shake(&config, stream);
    }));
    let third = at(serve(move |_| begun.send(()).unwrap()));
    place.write("last.pem", &issued("last.example", (2090, 1, 1)).0);
    let ran = place.run(&[
        "inspect",
        "--output",
        "json",
        &first,
        &at(second),
        &third,
        "last.pem",
    ]);
    assert_eq!(ran.code, Some(7), "{ran:?}");
    let names = ["on its own", "the server", "the CA below", "last.example"];
    assert_eq!(
        subjects(&parsed(&ran)),
        names.map(|name| format!("CN={name}"))
    );
    assert_eq!(parsed(&ran)["servers"][1]["source"], at(second));
}

#[test]
fn no_proxy_of_the_environment_is_used() {
    let (place, port, ..) = good();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let proxy = serve(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let mut command = place.certfleet(&["inspect", "--verify", "--ca-file", "ca.pem", &at(port)]);
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(name, format!("http://{}", at(proxy)));
    }
    let ran = crate::support::Ran::from(command.output().unwrap());
    assert!(ran.ok().contains(") verifies for 127.0.0.1"));
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}
