//! One row for each certificate, and no record lost.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod made;

use certfleet::{
    Certificate, CertificateContent, Inventory, Placement, Scope, State, x509::Sha256,
};
use certfleet_report::{
    grouping::{GroupedCertificate, KnownBy, by_certificate},
    holders::Holders,
};
use made::{content, inventory, issued, record, reported, root};
use std::collections::BTreeSet;

fn row(rows: &[GroupedCertificate], sha256: Sha256) -> &GroupedCertificate {
    let mut found = rows.iter().filter(|row| row.sha256 == Some(sha256));
    let row = found.next().unwrap();
    assert!(found.next().is_none());
    row
}

/// Account, number in the content, and how it is known, of every record of a row.
fn holdings(row: &GroupedCertificate) -> Vec<(String, usize, KnownBy)> {
    let all = row.holdings.iter();
    all.map(|one| (one.id.account.to_string(), one.position, one.known_by))
        .collect()
}

#[test]
fn a_certificate_is_one_row_wherever_it_is() {
    let top = root("Top", "top");
    let leaf = issued(&top, "Leaf", "leaf");
    let chain = format!("{}{}", leaf.pem, top.pem);
    let rows = by_certificate(&inventory(vec![
        record("reports", "1", vec![reported(top.x509.sha256)]),
        record("chain", "2", vec![content(&chain)]),
        record("alone", "3", vec![content(&top.pem)]),
    ]));
    assert_eq!(rows.len(), 2);
    let of_top = row(&rows, top.x509.sha256);
    assert_eq!(
        holdings(of_top),
        [
            ("reports".to_owned(), 1, KnownBy::Report),
            ("chain".to_owned(), 2, KnownBy::Content),
            ("alone".to_owned(), 1, KnownBy::Content),
        ]
    );
    // What the certificate says counts, though a report came first.
    assert_eq!(of_top.name.as_deref(), Some("Top"));
    assert_eq!(of_top.not_after, top.x509.not_after);
    assert_eq!(of_top.x509.as_deref(), Some(&top.x509));
    let of_leaf = row(&rows, leaf.x509.sha256);
    assert_eq!(
        holdings(of_leaf),
        [("chain".to_owned(), 1, KnownBy::Content)]
    );
    assert_eq!(of_leaf.holdings[0].of, 2);

    let holders = Holders::new(&rows);
    let ids = |x509| {
        holders
            .of(x509)
            .map(|one| one.id.native.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&top.x509), ["1", "2", "3"]);
    assert_eq!(ids(&leaf.x509), ["2"]);
    assert_eq!(ids(&root("Other", "other").x509), [""; 0]);
    // Of what a vendor reports, the chain is not known.
    let unknown: Vec<_> = holders.unknown().map(|one| &*one.id.account).collect();
    assert_eq!(unknown, ["reports"]);
}

#[test]
fn what_could_not_be_read_may_hold_anything() {
    let top = root("Top", "top");
    let broken = format!(
        "{}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        top.pem
    );
    let mut warnings = Vec::new();
    let content = CertificateContent::read(
        certfleet::model::Reported::default(),
        Some(&broken),
        "it",
        &mut warnings,
    );
    let mut record = record("a", "1", vec![content]);
    record.warnings = warnings;
    let rows = by_certificate(&inventory(vec![record]));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].holdings[0].warnings.len(), 1);
    assert!(!rows[0].holdings[0].is_whole());
    assert_eq!(Holders::new(&rows).unknown().count(), 1);
}

#[test]
fn a_record_without_a_fingerprint_is_a_row_of_its_own() {
    let known = root("Known", "known");
    let mut by_sha1 = CertificateContent::default();
    by_sha1.reported.sha1 = Some(known.x509.sha1.to_string());
    let rows = by_certificate(&inventory(vec![
        made::named(record("a", "nothing", Vec::new()), "warehouse"),
        record("a", "empty", vec![CertificateContent::default()]),
        record("a", "sha1", vec![by_sha1]),
        record("a", "known", vec![content(&known.pem)]),
    ]));
    assert_eq!(rows.len(), 4);
    let own: Vec<_> = rows.iter().filter(|row| row.sha256.is_none()).collect();
    assert_eq!(own.len(), 3);
    for row in &own {
        assert_eq!(row.holdings.len(), 1);
        assert_eq!(row.holdings[0].known_by, KnownBy::Nothing);
        assert_eq!(row.state, State::Active);
    }
    assert!(
        own.iter()
            .any(|row| row.name.as_deref() == Some("warehouse"))
    );
    // A SHA-1 is enough to find it, and what has none may be anything.
    let holders = Holders::new(&rows);
    let found: BTreeSet<_> = holders
        .of(&known.x509)
        .map(|one| one.id.native.as_str())
        .collect();
    assert_eq!(found, BTreeSet::from(["known", "sha1"]));
    let unknown: BTreeSet<_> = holders
        .unknown()
        .map(|one| one.id.native.as_str())
        .collect();
    assert_eq!(unknown, BTreeSet::from(["nothing", "empty", "sha1"]));
}

#[test]
fn scopes_stand_at_the_content_that_is_there() {
    let (one, other) = (root("One", "one"), root("Other", "other"));
    let at = |name: &str, state, content| {
        let mut placement = Placement::new(
            Scope::Environment {
                name: name.to_owned(),
            },
            state,
        );
        placement.content = content;
        placement
    };
    let mut both = record("a", "1", vec![content(&one.pem), content(&other.pem)]);
    both.placements = vec![
        at("production", State::Active, Some(0)),
        at("test", State::Inactive, Some(1)),
        at("somewhere", State::Unknown, None),
    ];
    let rows = by_certificate(&inventory(vec![both.summarise()]));
    for (sha256, scopes, state) in [
        (one.x509.sha256, ["production", "somewhere"], State::Active),
        (other.x509.sha256, ["test", "somewhere"], State::Unknown),
    ] {
        let row = row(&rows, sha256);
        let there = row.holdings[0].placements.iter();
        let there: Vec<_> = there.filter_map(|one| one.scope.name()).collect();
        assert_eq!(there, scopes);
        assert_eq!(row.state, state);
    }
}

#[test]
fn issuers_and_keys_are_related() {
    let top = root("Top", "top");
    let twin = root("Top", "another key");
    let middle = issued(&top, "Middle", "middle");
    let again = issued(&top, "Middle, again", "middle");
    let all = [&top, &twin, &middle, &again];
    let records = all.iter().enumerate();
    let records = records.map(|(id, one)| record("a", &id.to_string(), vec![content(&one.pem)]));
    let all = inventory(records.collect());
    let saved: Inventory = serde_json::from_str(&serde_json::to_string(&all).unwrap()).unwrap();
    // Names have no DER in a saved inventory.
    for inventory in [all, saved] {
        let rows = by_certificate(&inventory);
        for one in [&top, &twin] {
            assert_eq!(row(&rows, one.x509.sha256).issued_by, []);
        }
        for (one, other) in [(&middle, &again), (&again, &middle)] {
            let row = row(&rows, one.x509.sha256);
            // Another authority has the issuer's name, and not its key.
            assert_eq!(row.issued_by, [top.x509.sha256]);
            assert_eq!(row.same_key, [other.x509.sha256]);
        }
    }
}

#[test]
fn thousands_of_one_name_and_key_do_not_name_each_other() {
    let top = root("Top", "top");
    let leaf = issued(&top, "Leaf", "leaf");
    let records = (0..10_000_u32).map(|number| {
        let mut content = content(if number % 2 == 0 { &leaf.pem } else { &top.pem });
        let print = format!("{number:064x}").parse().unwrap();
        if let Some(x509) = &mut content.x509 {
            x509.sha256 = print;
        }
        content.sha256 = Some(print);
        record("a", &number.to_string(), vec![content])
    });
    let rows = by_certificate(&inventory(records.collect()));
    assert_eq!(rows.len(), 10_000);
    for row in &rows {
        assert_eq!(row.same_key.len(), 8);
        let expected = if row.name.as_deref() == Some("Leaf") {
            8
        } else {
            0
        };
        assert_eq!(row.issued_by.len(), expected);
    }
    let found = certfleet_report::findings::find(&rows);
    // Two keys, and two names: `Leaf` and `Top`.
    assert_eq!(found.len(), 4);
    let named: usize = found.iter().map(|finding| finding.records.len()).sum();
    assert_eq!(named, 20_000);
}

/// Records with one of few fingerprints and names, in few accounts.
fn any_inventory() -> impl proptest::strategy::Strategy<Value = Inventory> {
    use proptest::prelude::*;
    let content = prop_oneof![Just(None), (0_u8..4).prop_map(Some)];
    let contents = proptest::collection::vec(content, 0..3);
    let records = proptest::collection::vec((contents, 0_u8..3, "[ab]{0,1}", any::<i32>()), 0..24);
    records.prop_map(|records| {
        let all = records.into_iter().enumerate();
        let made = all.map(|(id, (contents, account, name, end))| {
            let contents = contents.into_iter().map(|print: Option<u8>| {
                let mut content = CertificateContent::default();
                content.sha256 = print.map(|print| format!("{print:064x}").parse().unwrap());
                content.not_after = chrono::DateTime::from_timestamp(end.into(), 0);
                content
            });
            let record = record(&account.to_string(), &id.to_string(), contents.collect());
            if name.is_empty() {
                record
            } else {
                made::named(record, &name)
            }
        });
        inventory(made.collect())
    })
}

proptest::proptest! {
    /// Every content of every record is in exactly one row, a fingerprint has one row, and rows come by their end.
    #[test]
    fn nothing_is_lost(all in any_inventory()) {
        let rows = by_certificate(&all);
        let held: usize = rows.iter().map(|row| row.holdings.len()).sum();
        let contents = |one: &Certificate| one.contents.len().max(1);
        proptest::prop_assert_eq!(held, all.certificates.iter().map(contents).sum::<usize>());
        let ids: BTreeSet<_> = rows.iter().flat_map(|row| &row.holdings).map(|one| &one.id).collect();
        proptest::prop_assert_eq!(ids.len(), all.certificates.len());
        let prints: Vec<_> = rows.iter().filter_map(|row| row.sha256).collect();
        proptest::prop_assert_eq!(prints.iter().collect::<BTreeSet<_>>().len(), prints.len());
        let ends: Vec<_> = rows.iter().map(|row| (row.not_after.is_none(), row.not_after)).collect();
        proptest::prop_assert!(ends.is_sorted());
        for row in &rows {
            proptest::prop_assert!(row.sha256.is_some() || row.holdings.len() == 1);
        }
    }

    /// The order in which accounts answer does not matter to what is found.
    #[test]
    fn order_does_not_matter(all in any_inventory()) {
        let mut turned = all.clone();
        turned.certificates.reverse();
        let found = |all: &Inventory| certfleet_report::findings::find(&by_certificate(all));
        proptest::prop_assert_eq!(found(&all), found(&turned));
    }
}
