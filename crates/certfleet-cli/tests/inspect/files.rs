//! Files that are named.

use crate::{
    made::{issued, json_of, subjects},
    support::Place,
};
use serde_json::Value;

/// The root bundle of the operating systems that have one.
const ROOTS: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

#[test]
fn every_certificate_of_the_root_bundle() {
    let place = Place::new();
    let Some(roots) = ROOTS
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
    else {
        return;
    };
    let bundle = std::fs::read_to_string(roots).unwrap();
    let number = bundle.matches("-----BEGIN").count();
    let json: Value =
        serde_json::from_str(&place.run(&["inspect", roots, "--output", "json"]).ok()).unwrap();
    assert_eq!(json["certificates"].as_array().unwrap().len(), number);
    assert_eq!(json["failures"].as_array().unwrap().len(), 0);

    let schema: Value = serde_json::from_str(&place.run(&["schema", "inspect"]).ok()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(
        validator.is_valid(&json),
        "{:?}",
        validator.iter_errors(&json).next()
    );

    let table = place.run(&["inspect", roots]).ok();
    assert_eq!(table.lines().count(), number + 3);
    assert_eq!(
        place
            .run(&["inspect", roots, "--output", "csv"])
            .ok()
            .lines()
            .count(),
        number + 1
    );
    assert_eq!(
        place
            .run(&["inspect", roots, "--output", "ndjson"])
            .ok()
            .lines()
            .count(),
        number
    );
    assert_eq!(
        place
            .run(&["inspect", roots, "--details"])
            .ok()
            .matches("key SHA-256")
            .count(),
        number
    );

    let output = place
        .certfleet(&["inspect", "-", "--output", "json"])
        .write_stdin(bundle)
        .output()
        .unwrap();
    let from_stdin: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(from_stdin["certificates"].as_array().unwrap().len(), number);
    assert_eq!(from_stdin["certificates"][0]["source"], "stdin");
}

#[test]
fn what_cannot_be_read_hides_nothing_else() {
    let place = Place::new();
    let Some(roots) = ROOTS
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
    else {
        return;
    };
    let bundle = std::fs::read_to_string(roots).unwrap();
    let end = "-----END CERTIFICATE-----";
    let first = &bundle[..bundle.find(end).unwrap() + end.len()];
    let broken = format!("{first}\n-----BEGIN CERTIFICATE-----\ncanary\n{end}\n{first}\n");
    place.write("broken.pem", &broken);
    let ran = place.run(&["inspect", "nothing.pem", "broken.pem", "--output", "csv"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(ran.stdout.lines().count(), 3, "{}", ran.stdout);
    let complaints: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(complaints.len(), 2, "{}", ran.stderr);
    assert!(
        complaints[0].starts_with("error: nothing.pem: cannot be read"),
        "{}",
        ran.stderr
    );
    assert!(
        complaints[1].starts_with("error: broken.pem: certificate 2 of 3"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("canary"));
}

#[test]
fn certificates_beside_a_key_are_shown() {
    let place = Place::new();
    let (certificate, key) = issued("beside.example", (2027, 1, 1));
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    place.write("all.pem", &format!("{parameters}{key}{certificate}"));
    let secret: Vec<&str> = key.lines().filter(|line| line.len() > 40).collect();
    for output in ["table", "json", "ndjson", "csv"] {
        for details in [&[][..], &["--details"]] {
            let mut arguments = vec!["inspect", "all.pem", "--output", output];
            arguments.extend(details);
            let ran = place.run(&arguments);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            let shown = format!("{}{}", ran.stdout, ran.stderr);
            assert!(shown.contains("beside.example"), "{shown}");
            assert!(shown.contains("a private key (PRIVATE KEY)"), "{shown}");
            assert!(
                shown.contains("parameters of a key (EC PARAMETERS)"),
                "{shown}"
            );
            assert!(secret.iter().all(|line| !shown.contains(line)), "{shown}");
            assert!(!shown.contains("BggqhkjOPQMBBw"), "{shown}");
        }
    }
    let table = place.run(&["inspect", "all.pem"]).ok();
    assert!(
        table.ends_with(
            "all.pem also holds parameters of a key (EC PARAMETERS) on line 1, a private key (PRIVATE KEY) on line 4, \
             not shown here\n"
        ),
        "{table}"
    );
    let schema: Value = serde_json::from_str(&place.run(&["schema", "inspect"]).ok()).unwrap();
    let json = json_of(&place, &["all.pem"]);
    assert!(jsonschema::is_valid(&schema, &json), "{json}");
    assert_eq!(json["others"][1]["line"], 4);
    // What shows no certificate because it does not end soon still holds one.
    let soon = place.sandbox(&["inspect", "all.pem", "--expires-within", "1d"]);
    assert!(soon.stdout.contains("all.pem also holds "), "{soon:?}");
    // Nothing but a key is refused.
    place.write("key.pem", &key);
    let ran = place.run(&["inspect", "key.pem"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .contains("key.pem: line 1: this is a private key"),
        "{ran:?}"
    );
}

#[test]
fn the_exit_code_says_what_ends_soon() {
    let place = Place::new();
    // The time is 2026-11-22T12:00:00Z.
    let (long, _) = issued("long.example", (2036, 1, 1));
    let (soon, _) = issued("soon.example", (2026, 12, 1));
    let (over, _) = issued("over.example", (2026, 11, 1));
    place.write("long.pem", &long);
    place.write("soon.pem", &format!("{long}{soon}"));
    place.write("over.pem", &format!("{long}{soon}{over}"));
    let run = |within: &str, file: &str| {
        let ran = place.sandbox(&["inspect", "--expires-within", within, file]);
        (ran.code, ran.stdout, ran.stderr)
    };
    assert_eq!(run("30d", "long.pem").0, Some(0));
    let (code, stdout, stderr) = run("30d", "soon.pem");
    assert_eq!((code, stderr.as_str()), (Some(3), ""));
    assert!(
        stdout.contains("soon.example") && !stdout.contains("long.example"),
        "{stdout}"
    );
    assert!(
        stdout.ends_with("1 of 2 certificates ending within the time, 0 expired, 0 unreadable\n"),
        "{stdout}"
    );
    assert_eq!(run("8d", "soon.pem").0, Some(0));
    assert_eq!(run("2w", "soon.pem").0, Some(3));
    assert_eq!(run("10%", "soon.pem").0, Some(3));
    assert_eq!(run("1%", "soon.pem").0, Some(0));
    assert_eq!(run("1d", "over.pem").0, Some(4));
    let json = json_of(&place, &["--expires-within", "30d", "over.pem"]);
    assert_eq!(subjects(&json), ["CN=soon.example", "CN=over.example"]);
    assert_eq!(json["looked_at"], 3);
    // What could not be read may have expired.
    place.write(
        "broken.pem",
        &format!("{over}{}", long.replacen("MI", "M!", 1)),
    );
    assert_eq!(run("1d", "broken.pem").0, Some(2));
    // Without the option the code says only whether all could be read.
    assert_eq!(place.run(&["inspect", "over.pem"]).code, Some(0));
    assert_eq!(
        place
            .run(&["inspect", "--expires-within", "soon", "over.pem"])
            .code,
        Some(2)
    );
}

#[test]
fn without_a_subject_a_row_is_not_blank() {
    let place = Place::new();
    let case = include_str!("../../../certfleet-x509/tests/cases/only-alternative-name.pem");
    place.write("san.pem", case);
    let table = place.run(&["inspect", "san.pem"]).ok();
    let row = table.lines().nth(1).unwrap();
    assert!(
        row.contains(" san-only.example.test ") && row.contains("CN=raw issuer"),
        "{table}"
    );
    let details = place.run(&["inspect", "--details", "san.pem"]).ok();
    assert!(
        details.contains("(empty)") && details.contains("san-only.example.test"),
        "{details}"
    );
}

#[test]
fn hints_for_what_is_no_file_of_certificates() {
    let place = Place::new();
    place.write(
        "secret.yaml",
        include_str!("../../../certfleet-x509/tests/cases/kubernetes-secret.yaml"),
    );
    let ran = place.run(&["inspect", "secret.yaml"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .contains("| awk 'key { print } { key = $0 == \"tls.crt\" }' | base64 -d`"),
        "{ran:?}"
    );
    // A host without a port may be a file's name, so it is not dialled.
    for (host, hint) in [
        ("example.org", "certfleet inspect example.org:443"),
        ("::1", "certfleet inspect [::1]:443"),
    ] {
        let ran = place.run(&["inspect", host]);
        assert_eq!(ran.code, Some(2));
        assert!(
            ran.stderr.contains("cannot be read") && ran.stderr.contains(hint),
            "{ran:?}"
        );
    }
    for file in ["nothing.pem", "folder/example.org"] {
        let ran = place.run(&["inspect", file]);
        assert!(!ran.stderr.contains("if a server is meant"), "{ran:?}");
    }
}

/// A validity that cannot be read costs the date, not the certificate; and an unknown end may have passed.
#[test]
fn an_end_that_does_not_exist_is_unknown() {
    let place = Place::new();
    let (good, _) = issued("odd.example", (2027, 2, 28));
    let mut der = certfleet::x509::read_all(good.as_bytes()).unwrap()[0]
        .der()
        .unwrap()
        .to_vec();
    let at = der.windows(6).position(|text| text == b"270228").unwrap();
    der[at + 5] = b'9';
    std::fs::write(place.0.path().join("odd.der"), der).unwrap();
    let json = json_of(&place, &["odd.der"]);
    assert_eq!(subjects(&json), ["CN=odd.example"]);
    assert_eq!(json["certificates"][0]["not_after"], Value::Null);
    assert_eq!(
        json["certificates"][0]["not_before"],
        "2026-01-01T00:00:00Z"
    );
    assert_eq!(
        json["certificates"][0]["notes"][0],
        "the end of its validity, 270229000000Z, is not a moment that exists"
    );
    for arguments in [
        &["inspect", "odd.der"][..],
        &["inspect", "--details", "odd.der"],
    ] {
        let ran = place.sandbox(arguments);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stdout.contains("unknown"), "{ran:?}");
    }
    let csv = place
        .sandbox(&["inspect", "--output", "csv", "odd.der"])
        .ok();
    assert!(csv.contains(",2026-01-01T00:00:00Z,,"), "{csv}");
    for within in ["1d", "1%"] {
        let ran = place.sandbox(&["inspect", "--expires-within", within, "odd.der"]);
        assert_eq!(ran.code, Some(3), "{ran:?}");
    }
}
