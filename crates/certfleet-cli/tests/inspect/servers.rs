//! Whether the chain of a server verifies.

use crate::{
    made::{parsed, subjects},
    support::{Place, Ran},
    tls::{Authority, at, good, presenting, self_signed, tls},
};
use rcgen::{BasicConstraints, IsCa, KeyPair, date_time_ymd};
use serde_json::Value;
use std::sync::Arc;

/// What is wrong with the only server, in one text.
fn problems(place: &Place, arguments: &[&str]) -> String {
    let mut all = vec!["inspect", "--output", "json"];
    all.extend(arguments);
    let ran = place.run(&all);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let json = parsed(&ran);
    let server = &json["servers"][0];
    let problems: Vec<_> = server["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect();
    assert_eq!(server["verified"], problems.is_empty(), "{json}");
    // No name of Rust is in them.
    let text = problems.join("; ");
    for debug in ["Context", "UnknownIssuer", "NotValid", "::", " {", "Err("] {
        assert!(!text.contains(debug), "{text}");
    }
    text
}

#[test]
fn a_good_chain() {
    let (place, port, ..) = good();
    let server = at(port);
    let table = place
        .run(&["inspect", "--verify", "--ca-file", "ca.pem", &server])
        .ok();
    assert!(
        table.contains("CN=the server") && table.contains("CN=the CA below"),
        "{table}"
    );
    let verdict = format!(
        "{server} ({server}) verifies for 127.0.0.1 against the system's roots and those of --ca-file\n"
    );
    assert!(table.ends_with(&verdict), "{table}");
    let details = place
        .run(&["inspect", "--details", "--ca-file", "ca.pem", &server])
        .ok();
    assert!(details.ends_with(&verdict), "{details}");

    let url = format!("https://{server}/path?token=canary");
    let arguments = [
        "inspect",
        "--ca-file",
        "ca.pem",
        "--server-name",
        "server.example",
        &url,
    ];
    let ran = place.run(&[&arguments[..], &["--output", "json"]].concat());
    let whole = parsed(&ran);
    assert_eq!(subjects(&whole), ["CN=the server", "CN=the CA below"]);
    assert_eq!(whole["certificates"][1]["position"], 2);
    assert_eq!(
        whole["servers"],
        serde_json::json!([{
            "source": server, "address": server, "server_name": "server.example", "certificates": 2,
            "roots": "the system's roots and those of --ca-file", "verified": true, "problems": [],
        }])
    );
    assert!(!ran.stdout.contains("canary"), "{ran:?}");
    let schema: Value = serde_json::from_str(&place.run(&["schema", "inspect"]).ok()).unwrap();
    assert!(jsonschema::is_valid(&schema, &whole), "{whole}");

    let lines = place
        .run(&[&arguments[..], &["--output", "ndjson"]].concat())
        .ok();
    let schema: Value = serde_json::from_str(&place.run(&["schema", "inspect-line"]).ok()).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.iter().all(|line| jsonschema::is_valid(&schema, line)));
    assert_eq!(lines[2]["type"], "server");
    assert_eq!(lines[2]["verified"], true);

    // CSV has no row for the verdict: a bad one is a warning.
    let csv = place
        .run(&[&arguments[..], &["--output", "csv"]].concat())
        .ok();
    assert_eq!(csv.lines().count(), 3, "{csv}");
    let ran = place.run(&["inspect", "--output", "csv", &server]);
    assert_eq!((ran.code, ran.stdout), (Some(0), csv));
    let warning = format!("warning: {server} ({server}) does NOT verify for 127.0.0.1: ");
    assert!(ran.stderr.starts_with(&warning), "{}", ran.stderr);
}

/// The system's roots are those that `SSL_CERT_FILE` names, as everywhere.
#[test]
fn the_roots() {
    let (place, port, ..) = good();
    let server = at(port);
    let inspect = |roots: &str| {
        let mut command = place.certfleet(&["inspect", "--verify", &server]);
        command
            .env("SSL_CERT_FILE", roots)
            .env_remove("SSL_CERT_DIR");
        Ran::from(command.output().unwrap())
    };
    let verified = inspect("ca.pem").ok();
    assert!(
        verified.ends_with("against the system's roots\n"),
        "{verified}"
    );
    let ran = inspect("nothing.pem");
    assert_eq!(ran.code, Some(4));
    assert!(
        ran.stdout.contains("CN=the server")
            && ran
                .stdout
                .contains("the system has no roots to verify it against"),
        "{ran:?}"
    );
    // Another root than the right one.
    let other = Authority::new("another root", None);
    place.write("other.pem", &other.pem);
    let ran = place.run(&["inspect", "--verify", "--ca-file", "other.pem", &server]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(4), ""));
    assert!(
        ran.stdout.contains(
            "the issuer CN=the root is not presented and not one of the system's roots and those of --ca-file"
        ),
        "{ran:?}"
    );
    place.write("text", "nothing");
    for (file, word) in [("none.pem", "cannot be opened"), ("text", "certificate")] {
        let ran = place.run(&["inspect", "--ca-file", file, &server]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.stderr.contains(&format!("--ca-file: {file} ")) && ran.stderr.contains(word),
            "{ran:?}"
        );
    }
}

/// A chain that does not verify is shown, and everything that is wrong with it.
#[test]
fn what_does_not_verify_is_shown() {
    let (place, port, root, below) = good();
    let server = at(port);
    assert!(
        problems(&place, &[&server]).contains(
            "the issuer CN=the root is not presented and not one of the system's roots: if it is an intermediate CA"
        )
    );
    assert_eq!(
        problems(
            &place,
            &[
                "--ca-file",
                "ca.pem",
                "--server-name",
                "other.example",
                &server
            ]
        ),
        "the certificate is not for other.example, but for server.example, 127.0.0.1"
    );

    let (expired, key) = below.issue(|params| params.not_after = date_time_ymd(2026, 1, 1));
    let old = at(tls(presenting(
        vec![expired.clone(), below.der.clone()],
        &key,
    )));
    let is_over = "certificate 1 (CN=the server) expired on 2026-01-01T00:00:00Z";
    assert_eq!(problems(&place, &["--ca-file", "ca.pem", &old]), is_over);
    // One problem does not hide another.
    let all = problems(&place, &["--server-name", "other.example", &old]);
    assert!(
        all.starts_with(is_over)
            && all.contains("; the issuer CN=the root")
            && all.contains("; the certificate is not for other.example"),
        "{all}"
    );
    let run =
        |more: &[&str]| place.sandbox(&[&["inspect", "--ca-file", "ca.pem", &old], more].concat());
    assert_eq!(run(&[]).code, Some(0));
    assert_eq!(run(&["--verify"]).code, Some(4));
    let ran = run(&["--expires-within", "30d"]);
    assert_eq!(ran.code, Some(4));
    assert!(
        ran.stdout.contains("1 of 2 certificates") && ran.stdout.contains("does NOT verify"),
        "{ran:?}"
    );

    let (early, key) = below.issue(|params| params.not_before = date_time_ymd(2089, 1, 1));
    let early = at(tls(presenting(vec![early, below.der.clone()], &key)));
    assert_eq!(
        problems(&place, &["--ca-file", "ca.pem", &early]),
        "certificate 1 (CN=the server) is not valid before 2089-01-01T00:00:00Z"
    );

    let (own, key) = below.issue(|_| {});
    let short = at(tls(presenting(vec![own], &key)));
    assert!(
        problems(&place, &["--ca-file", "ca.pem", &short])
            .contains("CN=the CA below is not presented")
    );
    let (own, key) = below.issue(|_| {});
    let long = at(tls(presenting(
        vec![own, below.der.clone(), root.der],
        &key,
    )));
    assert!(
        problems(&place, &[&long])
            .contains("the chain ends in CN=the root, which is not one of the system's roots")
    );

    let (own, key) = self_signed(|_| {});
    let alone = at(tls(presenting(vec![own], &key)));
    assert_eq!(
        problems(&place, &[&alone]),
        "the certificate is self-signed and not one of the system's roots; --ca-file adds a root of your own"
    );
    let (own, key) = self_signed(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let authority = at(tls(presenting(vec![own], &key)));
    assert!(
        problems(&place, &[&authority])
            .contains("presents a self-signed certificate, and a CA's, as its own")
    );
    let (own, key) = below.issue(|params| {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    });
    let client = at(tls(presenting(vec![own, below.der.clone()], &key)));
    assert_eq!(
        problems(&place, &["--ca-file", "ca.pem", &client]),
        "the certificate is not for servers, but for clientAuth"
    );
    // A chain that is another's.
    let (own, _) = below.issue(|_| {});
    let stolen = at(tls(presenting(
        vec![own, below.der.clone()],
        &KeyPair::generate().unwrap(),
    )));
    assert_eq!(
        problems(&place, &["--ca-file", "ca.pem", &stolen]),
        "the server's signature is wrong: it does not have the key of its certificate"
    );
}

/// The same clock decides what has expired and what verifies.
#[test]
fn the_time_of_the_verification() {
    let (place, port, ..) = good();
    for (time, code, word) in [
        ("2089-12-31T00:00:00Z", 0, ") verifies for"),
        (
            "2090-01-02T00:00:00Z",
            4,
            "(CN=the CA below) expired on 2090-01-01T00:00:00Z",
        ),
        (
            "2019-12-31T00:00:00Z",
            4,
            "certificate 1 (CN=the server) is not valid before 2020-01-01T00:00:00Z",
        ),
    ] {
        let ran = place.run(&[
            "--sandbox",
            "--sandbox-time",
            time,
            "inspect",
            "--verify",
            "--ca-file",
            "ca.pem",
            &at(port),
        ]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(ran.stdout.contains(word), "{ran:?}");
    }
}

#[test]
fn a_certificate_that_cannot_be_read_hides_nothing() {
    let (own, key) = self_signed(|_| {});
    let server = at(tls(presenting(
        vec![own, vec![0x30, 3, 2, 1, 9].into()],
        &key,
    )));
    let ran = Place::new().run(&["inspect", &server]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stdout.contains("CN=on its own") && ran.stdout.contains("does NOT verify"),
        "{ran:?}"
    );
    assert!(
        ran.stderr
            .starts_with(&format!("error: {server}: certificate 2: ")),
        "{ran:?}"
    );
}

#[test]
fn a_client_certificate_that_is_asked_for_hides_nothing() {
    let (place, _, root, below) = good();
    let (own, key) = below.issue(|_| {});
    let mut roots = rustls::RootCertStore::empty();
    roots.add(root.der).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
        Arc::new(roots),
        Arc::clone(&provider),
    );
    // In TLS 1.2 the refusal is part of the handshake.
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![own, below.der.clone()],
            rustls::pki_types::PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    let server = at(tls(config));
    let text = place
        .run(&["inspect", "--verify", "--ca-file", "ca.pem", &server])
        .ok();
    assert!(
        text.contains(") verifies for 127.0.0.1")
            && text.contains("after it presented its certificates"),
        "{text}"
    );
}

/// What an account trusts by `ca_file`, `inspect` trusts by `--ca-file`: also a server's own certificate that is
/// marked as a CA.
#[test]
fn the_very_certificate_that_is_trusted() {
    let (own, key) = self_signed(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let (other, _) = self_signed(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let server = at(tls(presenting(vec![own.clone()], &key)));
    let place = Place::new();
    for (file, der) in [("own.der", &own), ("other.der", &other)] {
        std::fs::write(place.0.path().join(file), der).unwrap();
    }
    let verify = |file: &str| place.run(&["inspect", "--verify", "--ca-file", file, &server]);
    let verified = verify("own.der").ok();
    assert!(verified.contains("verifies for 127.0.0.1"), "{verified}");
    let ran = verify("other.der");
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.stdout.contains("does NOT verify"), "{ran:?}");
}
