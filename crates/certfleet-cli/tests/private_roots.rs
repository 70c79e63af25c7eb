//! TLS: what is trusted, and what `ca_file` adds to it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
};
use support::{
    Place, Ran,
    server::Server,
    set_mode,
    tls::{authority, self_signed, server},
};

fn account(name: &str, server: &Server, more: &str) -> String {
    account_at(name, server.port, more)
}

fn account_at(name: &str, port: u16, more: &str) -> String {
    format!(
        "[[account]]\nprovider = \"openai\"\nname = \"{name}\"\nbase_url = \"https://127.0.0.1:{port}\"\nadmin_key = \"env:KEY\"\n{more}\n"
    )
}

fn list(place: &Place, config: &str) -> Ran {
    place.write("config.toml", config);
    let output = place
        .certfleet(&["--config", "config.toml", "list"])
        .env("KEY", "canary")
        .output();
    output.unwrap().into()
}

#[test]
fn an_account_trusts_its_own_issuer_and_no_other_account_does() {
    let (issuer, pem) = authority("own");
    let server = server(&issuer, |_| {});
    let place = Place::new();
    place.write("ca.pem", &pem);
    let with = account("with", &server, "ca_file = \"ca.pem\"");

    assert!(list(&place, &with).ok().contains("1 account read"));
    assert_eq!(server.seen().len(), 1);

    let both = list(&place, &(with + &account("without", &server, "")));
    assert_eq!(both.code, Some(5), "{both:?}");
    assert!(
        both.stdout.contains("1 account read, 1 failed"),
        "{}",
        both.stdout
    );
    assert!(
        both.stderr.contains("openai/without") && both.stderr.contains("Nothing was sent"),
        "{}",
        both.stderr
    );
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn nothing_is_sent_to_a_server_that_is_not_the_right_one() {
    let (issuer, pem) = authority("own");
    let (stranger, _) = authority("another");
    let (namesake, _) = authority("own");
    let place = Place::new();
    place.write("ca.pem", &pem);
    for (what, words, server) in [
        (
            "unknown issuer",
            "is not issued by an authority that is trusted here: if it is your own, name the authority's certificate as ca_file",
            server(&stranger, |_| {}),
        ),
        (
            "issuer of the same name",
            "is not signed by the authority that is trusted here under its issuer's name",
            server(&namesake, |_| {}),
        ),
        (
            "another name",
            "is for other.example, not for 127.0.0.1",
            server(&issuer, |params| {
                *params = CertificateParams::new(vec!["other.example".to_owned()]).unwrap();
            }),
        ),
        (
            "expired",
            "has expired, on 2020-01-01",
            server(&issuer, |params| {
                params.not_after = date_time_ymd(2020, 1, 1)
            }),
        ),
        (
            "not yet valid",
            "is valid only from 2090-01-01 on",
            server(&issuer, |params| {
                params.not_before = date_time_ymd(2090, 1, 1)
            }),
        ),
    ] {
        let ran = list(&place, &account("a", &server, "ca_file = \"ca.pem\""));
        assert_eq!(ran.code, Some(5), "{what}: {ran:?}");
        assert!(
            ran.stderr.contains("Nothing was sent"),
            "{what}: {}",
            ran.stderr
        );
        // In plain words, beside the account.
        for words in ["openai/a", words] {
            assert!(ran.stderr.contains(words), "{what}: {}", ran.stderr);
        }
        assert!(!ran.stderr.contains(['{', '}']), "{what}: {}", ran.stderr);
        assert!(server.seen().is_empty(), "{what}");
        assert!(server.connections() > 0, "{what}");
    }
}

#[test]
fn a_server_without_tls_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            // The client may go away at any point.
            drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
            drop(stream.read_to_end(&mut Vec::new()));
        }
    });
    let place = Place::new();
    let ran = list(&place, &account_at("a", port, ""));
    assert_eq!(ran.code, Some(5), "{ran:?}");
    let words = "the server does not speak TLS: check the scheme and the port";
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
}

#[test]
fn files_that_cannot_be_used() {
    let (issuer, pem) = authority("own");
    let server = server(&issuer, |_| {});
    let place = Place::new();
    place.write(
        "key.pem",
        &(pem.clone() + &KeyPair::generate().unwrap().serialize_pem()),
    );
    place.write("text", "no certificate");
    place.write("empty", "");
    set_mode(&place.write("open.pem", &pem), 0o666);
    for (file, word) in [
        ("nothing.pem", "cannot be opened"),
        ("open.pem", "run chmod go-w"),
        ("key.pem", "private key"),
        ("text", "certificate"),
        ("empty", "certificate"),
    ] {
        let ran = list(
            &place,
            &account("a", &server, &format!("ca_file = \"{file}\"")),
        );
        assert_eq!(ran.code, Some(2), "{file}: {ran:?}");
        assert!(
            ran.stderr.contains("ca_file: ") && ran.stderr.contains(word),
            "{file}: {}",
            ran.stderr
        );
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_server_may_present_the_trusted_certificate_itself() {
    let (server, pem) = self_signed("127.0.0.1");
    let (other, _) = self_signed("127.0.0.1");
    let place = Place::new();
    place.write("own.pem", &pem);
    let own = list(&place, &account("a", &server, "ca_file = \"own.pem\""));
    assert!(own.ok().contains("1 account read"));
    assert_eq!(server.seen().len(), 1);

    let another = list(&place, &account("a", &other, "ca_file = \"own.pem\""));
    assert_eq!(another.code, Some(5), "{another:?}");
    assert!(other.seen().is_empty());
}
