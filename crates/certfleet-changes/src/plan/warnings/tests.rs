//! What is warned of, as tables.

use super::*;
use PlanWarningKind::{Expired, ExpiresEarlier, NotYetValid, OtherIssuer, OtherKeyKind};
use certfleet::{ProviderId, Role, x509::PublicKey};

/// A day of the year 2027.
fn day(day: u32) -> DateTime<Utc> {
    let begin = chrono::NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    let midnight = begin.and_hms_opt(0, 0, 0).unwrap().and_utc();
    midnight + chrono::TimeDelta::days(i64::from(day))
}

/// A certificate that is valid between two days, with this key, of this issuer.
fn facts((from, to): (u32, u32), key: &str, issuer: &str) -> CertificateFacts {
    let key: PublicKey = serde_json::from_str(key).unwrap();
    CertificateFacts {
        subject: Some("CN=it".to_owned()),
        issuer: Some(issuer.to_owned()),
        self_issued: issuer == "CN=it",
        sha256: None,
        not_before: Some(day(from)),
        not_after: Some(day(to)),
        key: Some(key),
    }
}

fn content(part: PlannedPart, certificates: Vec<CertificateFacts>) -> PlannedContent {
    PlannedContent {
        part,
        id: Some(CertificateId::new(ProviderId::OPENAI, "a", "b")),
        name: None,
        scopes: Vec::new(),
        certificates,
        not_known: None,
    }
}

const RSA: &str = r#"{"algorithm":"RSA","bits":2048,"curve":null}"#;
const RSA_4096: &str = r#"{"algorithm":"RSA","bits":4096,"curve":null}"#;
const EC: &str = r#"{"algorithm":"EC","bits":256,"curve":"P-256"}"#;

/// A replacement: what it is, the old content, the new one, and what is warned of on day 100.
type Row = (
    &'static str,
    Vec<CertificateFacts>,
    Vec<CertificateFacts>,
    Vec<PlanWarningKind>,
);

fn check(rows: Vec<Row>) {
    for (what, old, new, kinds) in rows {
        let contents = [
            content(PlannedPart::Old, old),
            content(PlannedPart::New, new),
        ];
        let warnings = of_contents(&contents, false, day(100));
        let found: Vec<_> = warnings.iter().map(|one| one.kind).collect();
        assert_eq!(found, kinds, "{what}: {warnings:?}");
    }
}

fn old() -> Vec<CertificateFacts> {
    vec![facts((0, 200), RSA, "CN=root")]
}

#[test]
fn validities_are_held_against_the_old_one_and_the_clock() {
    let of_ca = |validity| facts(validity, RSA, "CN=root");
    check(vec![
        ("a renewal", old(), vec![of_ca((50, 300))], vec![]),
        ("the same end", old(), vec![of_ca((50, 200))], vec![]),
        (
            "an earlier end",
            old(),
            vec![of_ca((50, 199))],
            vec![ExpiresEarlier],
        ),
        (
            "an expired one",
            old(),
            vec![of_ca((0, 100))],
            vec![Expired, ExpiresEarlier],
        ),
        (
            "an intermediate that ends earlier",
            old(),
            vec![of_ca((50, 300)), of_ca((50, 150))],
            vec![ExpiresEarlier],
        ),
        (
            "an expired intermediate",
            old(),
            vec![of_ca((50, 300)), of_ca((0, 99))],
            vec![Expired, ExpiresEarlier],
        ),
        (
            "one of next week",
            old(),
            vec![of_ca((107, 300))],
            vec![NotYetValid],
        ),
    ]);
}

#[test]
fn keys_and_issuers_are_held_against_the_old_one() {
    check(vec![
        (
            "a larger key",
            old(),
            vec![facts((50, 300), RSA_4096, "CN=root")],
            vec![],
        ),
        (
            "another key",
            old(),
            vec![facts((50, 300), EC, "CN=root")],
            vec![OtherKeyKind],
        ),
        (
            "another issuer",
            old(),
            vec![facts((50, 300), RSA, "CN=other root")],
            vec![OtherIssuer],
        ),
        (
            "self-issued instead of issued",
            old(),
            vec![facts((50, 300), RSA, "CN=it")],
            vec![OtherIssuer],
        ),
        (
            "both self-issued",
            vec![facts((0, 200), RSA, "CN=it")],
            vec![CertificateFacts {
                issuer: Some("CN=it, of 2027".to_owned()),
                ..facts((50, 300), RSA, "CN=it")
            }],
            vec![],
        ),
        (
            "nothing is known of the old one",
            vec![],
            vec![facts((50, 300), EC, "CN=x")],
            vec![],
        ),
        ("nothing is known of the new one", old(), vec![], vec![]),
    ]);
}

#[test]
fn what_is_there_is_judged_where_it_comes_into_force() {
    for (into_force, validity, expected) in [
        (
            true,
            (0, 99),
            vec!["openai/a/b expired at 2027-04-10T00:00:00Z"],
        ),
        (
            true,
            (101, 300),
            vec!["openai/a/b is not valid before 2027-04-12T00:00:00Z"],
        ),
        (true, (0, 101), vec![]),
        // Its last moment is over.
        (
            true,
            (0, 100),
            vec!["openai/a/b expired at 2027-04-11T00:00:00Z"],
        ),
        (false, (0, 99), vec![]),
    ] {
        let subject = content(PlannedPart::Subject, vec![facts(validity, RSA, "CN=root")]);
        let warnings = of_contents(&[subject], into_force, day(100));
        let found: Vec<_> = warnings.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(found, expected, "{validity:?}");
    }
}

#[test]
fn the_certificate_that_is_meant_is_named() {
    let new = content(
        PlannedPart::New,
        vec![
            facts((0, 300), RSA, "CN=root"),
            facts((0, 9), RSA, "CN=root"),
        ],
    );
    let warnings = of_contents(&[new], false, day(100));
    assert_eq!(
        warnings
            .iter()
            .map(|one| one.message.as_str())
            .collect::<Vec<_>>(),
        ["certificate 2 of 2 of the new content (CN=it) expired at 2027-01-10T00:00:00Z"]
    );
    // Several contents that are replaced: each difference is said once.
    let old = || content(PlannedPart::Old, vec![facts((0, 200), RSA, "CN=root")]);
    let new = content(PlannedPart::New, vec![facts((0, 300), EC, "CN=root")]);
    let warnings = of_contents(&[old(), old(), new], false, day(100));
    assert_eq!(
        warnings
            .iter()
            .map(|one| one.message.as_str())
            .collect::<Vec<_>>(),
        ["the new certificate has a key of another kind: EC P-256 instead of RSA 2048"]
    );
}

#[test]
fn a_name_that_is_taken_is_said() {
    let record = |id: &str, name: &str| {
        let id = CertificateId::new(ProviderId::OPENAI, "a", id);
        let mut one = Certificate::new(id, Role::ClientCa);
        one.name = Some(name.to_owned());
        one
    };
    let records = [
        record("cert_1", "ca"),
        record("cert_2", "ca"),
        record("cert_3", "other"),
    ];
    let ids =
        |records: &[Certificate]| -> Vec<_> { records.iter().map(|one| one.id.clone()).collect() };
    for (name, except, taken) in [
        (
            "ca",
            vec![],
            Some(["openai/a/cert_1", "openai/a/cert_2"].as_slice()),
        ),
        ("ca", ids(&records[..1]), Some(&["openai/a/cert_2"])),
        ("ca", ids(&records[..2]), None),
        ("new", vec![], None),
    ] {
        let found = of_name(name, &records, &except);
        assert_eq!(found.is_some(), taken.is_some(), "{name} {except:?}");
        for id in taken.unwrap_or_default() {
            assert!(
                found.iter().all(|one| one.message.contains(id)),
                "{found:?}"
            );
        }
    }
}
