//! Prometheus' text.

use crate::fleet::{account, inventory, judge, now, record};
use certfleet::Inventory;
use certfleet_report::{
    ignore_list::IgnoreList,
    last_known::LastKnown,
    metrics::{Metrics, Refresh},
};
use prometheus_parse::{Sample, Scrape, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

fn known(inventory: Inventory) -> LastKnown {
    let mut known = LastKnown::default();
    known.update(inventory);
    known
}

/// Reads a text as strictly as `promtool check metrics` does: every family has HELP and TYPE once and before its
/// samples, samples of a family stand together, none comes twice, names follow the conventions.
fn read(text: &str) -> Vec<Sample> {
    let mut families = BTreeSet::new();
    let mut samples = BTreeSet::new();
    let mut family = String::new();
    let mut helped = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(!help.trim().is_empty(), "{line}");
            assert!(families.insert(name.to_owned()), "{name} comes twice");
            helped = name.to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!((name, kind), (helped.as_str(), "gauge"), "{line}");
            family = name.to_owned();
            assert!(name.starts_with("certfleet_"), "{name}");
            for bad in [
                "_total", "_count", "_sum", "_bucket", "_gauge", "_minutes", "_days",
            ] {
                assert!(!name.ends_with(bad), "{name}");
            }
        } else if line == "# EOF" {
            assert!(text.ends_with("# EOF\n"));
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let name = series.split('{').next().unwrap();
            assert_eq!(name, family, "{line}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert!(samples.insert(series.to_owned()), "{series} comes twice");
        }
    }
    let lines = text.lines().map(|line| Ok(line.to_owned()));
    let read = Scrape::parse_at(lines, now()).unwrap();
    assert_eq!(read.samples.len(), samples.len(), "{text}");
    read.samples
}

/// The value of the sample with these labels, and perhaps others.
fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let found: Vec<_> = samples
        .iter()
        .filter(|one| one.metric == name)
        .filter(|one| {
            labels
                .iter()
                .all(|(key, value)| one.labels.get(key) == Some(*value))
        })
        .collect();
    assert!(found.len() <= 1, "{name} {labels:?}: {found:?}");
    found.first().map(|one| match one.value {
        Value::Gauge(value) => value,
        ref other => unreachable!("{other:?}"),
    })
}

#[test]
fn accounts_levels_and_ends() {
    let known = known(inventory(
        [account("a", None), account("b", Some("no network"))],
        [
            record("a", "1", "old", Some(-5)),
            record("a", "2", "near", Some(20)),
            record("a", "3", "dark-one", None),
            record("a", "4", "test-ca", Some(2)),
        ],
    ));
    let mut judged = judge(known.inventory().unwrap());
    let list = "[[ignore]]\nname = \"test-*\"\nreason = \"r\"\nuntil = 2026-06-30\n[[ignore]]\nname = \"x\"\n";
    let entries = IgnoreList::parse(list).unwrap().apply(&mut judged, now());
    let refresh = Refresh {
        succeeded: false,
        interval: Duration::from_secs(300),
    };
    let text = Metrics::new(&judged, &known)
        .entries(&entries)
        .refresh(refresh)
        .to_text();
    let samples = read(&text);
    for (name, labels, expected) in [
        ("certfleet_account_up", &[("account", "a")][..], Some(1.0)),
        ("certfleet_account_up", &[("account", "b")], Some(0.0)),
        ("certfleet_account_complete", &[("account", "b")], Some(0.0)),
        (
            "certfleet_account_last_success_timestamp_seconds",
            &[("account", "a")],
            Some(1_780_272_000.0),
        ),
        (
            "certfleet_account_last_success_timestamp_seconds",
            &[("account", "b")],
            None,
        ),
        (
            "certfleet_inventory_timestamp_seconds",
            &[],
            Some(1_780_272_000.0),
        ),
        (
            "certfleet_certificates",
            &[("account", "a"), ("level", "expired")],
            Some(1.0),
        ),
        (
            "certfleet_certificates",
            &[("account", "a"), ("level", "unknown")],
            Some(1.0),
        ),
        (
            "certfleet_certificates",
            &[("account", "a"), ("level", "critical")],
            Some(0.0),
        ),
        (
            "certfleet_certificates",
            &[("account", "a"), ("level", "ignored")],
            Some(1.0),
        ),
        (
            "certfleet_certificates",
            &[("account", "b"), ("level", "ok")],
            Some(0.0),
        ),
        (
            "certfleet_certificate_not_after_timestamp_seconds",
            &[("id", "1"), ("name", "old")],
            Some(1_779_840_000.0),
        ),
        (
            "certfleet_certificate_not_after_timestamp_seconds",
            &[("id", "3")],
            None,
        ),
        (
            "certfleet_certificate_not_after_timestamp_seconds",
            &[("id", "4")],
            None,
        ),
        ("certfleet_certificate_level", &[("id", "1")], Some(4.0)),
        ("certfleet_certificate_level", &[("id", "2")], Some(2.0)),
        ("certfleet_certificate_level", &[("id", "3")], Some(1.0)),
        ("certfleet_certificate_level", &[("id", "4")], None),
        ("certfleet_certificates_left_out", &[], Some(0.0)),
        (
            "certfleet_ignore_entries",
            &[("status", "in_force")],
            Some(1.0),
        ),
        (
            "certfleet_ignore_entries",
            &[("status", "no_reason")],
            Some(1.0),
        ),
        ("certfleet_refresh_success", &[], Some(0.0)),
        ("certfleet_refresh_interval_seconds", &[], Some(300.0)),
    ] {
        assert_eq!(
            value(&samples, name, labels),
            expected,
            "{name} {labels:?}\n{text}"
        );
    }
    // The same again is the same text.
    assert_eq!(
        Metrics::new(&judged, &known)
            .entries(&entries)
            .refresh(refresh)
            .to_text(),
        text
    );
}

#[test]
fn there_are_never_more_series_than_allowed_and_the_first_to_end_stay() {
    let records = (0..50).map(|number| record("a", &number.to_string(), "n", Some(number)));
    let known = known(inventory([account("a", None)], records));
    let judged = judge(known.inventory().unwrap());
    let samples = read(
        &Metrics::new(&judged, &known)
            .most_certificates(20)
            .to_text(),
    );
    let ends: BTreeMap<_, _> = samples
        .iter()
        .filter(|one| one.metric == "certfleet_certificate_level")
        .map(|one| (one.labels.get("id").unwrap().parse::<u32>().unwrap(), ()))
        .collect();
    assert!(ends.into_keys().eq(0..20));
    assert_eq!(
        value(&samples, "certfleet_certificates_left_out", &[]),
        Some(30.0)
    );
    let counts = samples
        .iter()
        .filter(|one| one.metric == "certfleet_certificates");
    let counted: f64 = counts
        .map(|one| match one.value {
            Value::Gauge(value) => value,
            _ => f64::NAN,
        })
        .sum();
    assert_eq!(
        counted, 50.0,
        "what is left out is counted by its level all the same"
    );
}

#[test]
fn contents_that_look_alike_have_one_series() {
    let mut twice = record("a", "1", "n", Some(9));
    twice.contents.push(twice.contents[0].clone());
    let long = |end: &str| record("a", &("x".repeat(200) + end), "n", Some(9));
    let known = known(inventory(
        [account("a", None)],
        [twice, long("1"), long("2")],
    ));
    let samples = read(&Metrics::new(&judge(known.inventory().unwrap()), &known).to_text());
    let levels = samples
        .iter()
        .filter(|one| one.metric == "certfleet_certificate_level");
    assert_eq!(levels.count(), 2);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1_000))]

    /// Whatever names vendors give, a reader of the text gets them back, but for control characters and what is cut.
    #[test]
    fn any_name(name in "(\\PC|[\u{0}-\u{1f}\"\\\\{}=,| ]){1,20}", id in "[\"\\\\\n}{,=a-c]{1,9}") {
        let known = known(inventory([account("a", None)], [record("a", &id, &name, Some(9))]));
        let text = Metrics::new(&judge(known.inventory().unwrap()), &known).to_text();
        let line = text.lines().find(|line| line.starts_with("certfleet_certificate_level{")).unwrap();
        let plain = |text: &str| -> String { text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect() };
        let escaped = |text: &str| plain(text).replace('\\', "\\\\").replace('"', "\\\"");
        // A name of blanks alone is none.
        if !name.trim().is_empty() {
            let expected = format!("id=\"{}\",name=\"{}\",sha256=", escaped(&id), escaped(&name));
            proptest::prop_assert!(line.contains(&expected), "{}\n{}", line, expected);
        }
        proptest::prop_assert!(line.ends_with(" 2"), "{}", line);
    }
}
