//! `certfleet inspect`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use serde_json::Value;
use support::Place;

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
