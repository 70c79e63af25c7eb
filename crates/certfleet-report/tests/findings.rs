//! What is odd about certificates taken together.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod made;

use certfleet::{Certificate, Inventory};
use certfleet_report::{
    findings::{Finding, FindingKind, find},
    grouping::by_certificate,
};
use made::{content, inventory, issued, named, record, root};

fn found(records: Vec<Certificate>) -> Vec<Finding> {
    let all = inventory(records);
    let found = find(&by_certificate(&all));
    let saved: Inventory = serde_json::from_str(&serde_json::to_string(&all).unwrap()).unwrap();
    assert_eq!(
        found,
        find(&by_certificate(&saved)),
        "a saved inventory tells the same"
    );
    found
}

fn ids(finding: &Finding) -> Vec<&str> {
    finding
        .records
        .iter()
        .map(|id| id.native.as_str())
        .collect()
}

#[test]
fn what_is_in_order_is_not_found() {
    let top = root("Top", "top");
    let middle = issued(&top, "Middle", "middle");
    let leaf = issued(&middle, "Leaf", "leaf");
    let chain = format!("{}{}", leaf.pem, middle.pem);
    // The root is in another account, and the same certificate has one name in two.
    let found = found(vec![
        named(record("a", "1", vec![content(&chain)]), "payments"),
        named(record("b", "2", vec![content(&chain)]), "payments"),
        record("c", "3", vec![content(&top.pem)]),
        record("c", "4", Vec::new()),
    ]);
    assert_eq!(found, []);
}

#[test]
fn a_key_of_several_certificates() {
    let (old, new) = (root("Old", "one key"), root("New", "one key"));
    let found = found(vec![
        record("a", "old", vec![content(&old.pem)]),
        record("b", "new", vec![content(&new.pem)]),
        record("b", "other", vec![content(&root("Other", "other").pem)]),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, FindingKind::SameKey);
    assert_eq!(ids(&found[0]), ["old", "new"]);
    assert_eq!(found[0].certificates.len(), 2);
    let key = old.x509.spki_sha256.to_string();
    assert!(
        found[0]
            .message
            .starts_with("2 certificates have the same key")
    );
    assert!(
        found[0].message.contains(&key[..16]),
        "{}",
        found[0].message
    );
}

#[test]
fn a_name_with_several_contents() {
    let (one, other) = (root("One", "one"), root("Other", "other"));
    let both = vec![content(&one.pem), content(&other.pem)];
    for (records, expected) in [
        (
            vec![
                (vec![content(&one.pem)], "n"),
                (vec![content(&other.pem)], "n"),
            ],
            1,
        ),
        (
            vec![
                (vec![content(&one.pem)], "n"),
                (vec![content(&other.pem)], "N"),
            ],
            0,
        ),
        // One record has a certificate for each environment.
        (vec![(both.clone(), "n")], 0),
        (vec![(both.clone(), "n"), (both.clone(), "n")], 0),
        (vec![(both.clone(), "n"), (vec![content(&one.pem)], "n")], 1),
        // What a record holds is not known.
        (vec![(vec![content(&one.pem)], "n"), (Vec::new(), "n")], 0),
    ] {
        let records = records.into_iter().enumerate();
        let records = records
            .map(|(id, (contents, name))| named(record("a", &id.to_string(), contents), name));
        let found = found(records.collect());
        assert_eq!(found.len(), expected, "{found:?}");
        for finding in &found {
            assert_eq!(finding.kind, FindingKind::SameName);
            assert_eq!(ids(finding), ["0", "1"]);
        }
    }
}

#[test]
fn a_chain_without_its_issuer() {
    let top = root("Top", "top");
    let twin = root("Top", "another key");
    let leaves = ["1", "2"].map(|name| issued(&top, name, name));
    let mut records: Vec<_> = leaves
        .iter()
        .map(|leaf| record("a", leaf.x509.subject.as_str(), vec![content(&leaf.pem)]))
        .collect();
    // It has the issuer's name, and another key.
    records.push(record("a", "twin", vec![content(&twin.pem)]));
    let missing = found(records.clone());
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert_eq!(missing[0].kind, FindingKind::MissingIssuer);
    assert_eq!(ids(&missing[0]), ["CN=1", "CN=2"]);
    assert_eq!(
        missing[0].message,
        "no account that was read holds the issuer of 2 certificates: CN=Top"
    );
    records.push(record("b", "top", vec![content(&top.pem)]));
    assert!(
        found(records)
            .iter()
            .all(|one| one.kind != FindingKind::MissingIssuer)
    );
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "a\u{1b}[2J\r\nforged\u{202e}evil";
    let top = root(hostile, "top");
    let leaf = issued(&top, "Leaf", "leaf");
    let other = root("Other", "other");
    let found = found(vec![
        named(record("a", "1", vec![content(&leaf.pem)]), hostile),
        named(record("a", "2", vec![content(&other.pem)]), hostile),
    ]);
    assert_eq!(found.len(), 2, "{found:?}");
    for finding in found {
        assert!(
            !finding.message.contains(char::is_control),
            "{:?}",
            finding.message
        );
        assert!(
            !finding.message.contains('\u{202e}'),
            "{:?}",
            finding.message
        );
    }
}
