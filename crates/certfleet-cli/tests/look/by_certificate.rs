//! Each certificate once, with every record that holds it.

use crate::{
    ANCHOR, array, grouped, held, parsed,
    support::{NOW, Place},
    validate,
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_certificate_of_every_record_is_in_one_row() {
    let place = Place::new();
    let report = grouped(&place, &[]);
    validate(&place, "list-by-certificate", &report);
    let rows = array(&report["certificates"]);
    let mut by_print: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        if let Some(print) = row["sha256"].as_str() {
            assert!(
                by_print.insert(print, held(row)).is_none(),
                "{print} has two rows"
            );
        } else {
            assert_eq!(held(row).len(), 1);
        }
    }
    let whole = place
        .sandbox(&["list", "--fetch-content", "--output", "json"])
        .ok();
    let whole = parsed(&whole);
    let everywhere: BTreeSet<_> = rows.iter().flat_map(held).collect();
    for record in array(&whole["certificates"]) {
        let id = record["id"].as_str().unwrap();
        assert!(everywhere.contains(id), "{id} is lost");
        for content in array(&record["contents"]) {
            let chain = content["chain"].as_array().cloned().unwrap_or_default();
            let first = content.get("sha256").into_iter().cloned();
            let prints = first.chain(chain.iter().map(|one| one["sha256"].clone()));
            for print in prints {
                assert!(
                    by_print[print.as_str().unwrap()].contains(id),
                    "{id}: {print}"
                );
            }
        }
    }
    // One is at three vendors, and one is only known by its record.
    assert!(by_print.values().any(|ids| ids.len() == 3));
    assert_eq!(
        rows.iter()
            .filter(|row| row.get("sha256").is_none())
            .count(),
        1
    );
    let ends: Vec<_> = rows.iter().map(|row| row["not_after"].as_str()).collect();
    let known: Vec<_> = ends.iter().flatten().collect();
    assert!(known.is_sorted());
    assert!(
        ends.iter()
            .rev()
            .skip_while(|end| end.is_none())
            .all(Option::is_some)
    );
    for finding in array(&report["findings"]) {
        for id in array(&finding["records"]) {
            assert!(everywhere.contains(id.as_str().unwrap()), "{finding}");
        }
    }
    assert_eq!(report["findings"][0]["kind"], "same_key");
}

#[test]
fn tables_by_certificate() {
    let place = Place::new();
    for columns in [80, 200] {
        let (code, shown) = place.on_terminal(columns, &["list", "--by", "certificate"]);
        assert_eq!(code, Some(0));
        for line in shown.lines().take_while(|line| !line.is_empty()) {
            assert!(line.chars().count() <= usize::from(columns), "{line}");
        }
        insta::assert_snapshot!(format!("by_certificate_at_{columns}"), shown);
    }
    let chosen = ["list", "--by", "certificate", "--columns", "sha256,address"];
    let table = place.sandbox(&chosen).ok();
    assert!(table.starts_with("SHA256"), "{table}");
    let row = table.lines().find(|line| line.contains(ANCHOR)).unwrap();
    assert!(row.contains("openai/openai/cert_") && row.contains("cloudflare/cloudflare-corp/"));
}

#[test]
fn csv_by_certificate_has_the_documented_columns() {
    let place = Place::new();
    let text = place
        .sandbox(&["list", "--by", "certificate", "--output", "csv"])
        .ok();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns: Vec<_> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let help = place.run(&["list", "--help"]).ok();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains(&columns.join(", ")), "{columns:?}");
    let mut types: BTreeMap<String, usize> = BTreeMap::new();
    for row in reader.records().map(Result::unwrap) {
        *types.entry(row[0].to_owned()).or_default() += 1;
    }
    let report = grouped(&place, &[]);
    let of = |name: &str| array(&report[name]).len();
    assert_eq!(
        types,
        BTreeMap::from([
            ("account".to_owned(), of("accounts")),
            ("certificate".to_owned(), of("certificates")),
            ("finding".to_owned(), of("findings")),
        ])
    );
}

#[test]
fn filters_choose_certificates_and_never_their_places() {
    let place = Place::new();
    let whole = grouped(&place, &[]);
    let all = array(&whole["certificates"]);
    let anchor = all
        .iter()
        .find(|row| held(row).iter().any(|id| id.ends_with(ANCHOR)))
        .unwrap();
    let print = anchor["sha256"].as_str().unwrap();
    for arguments in [["--name", ANCHOR], ["--fingerprint", &print[..12]]] {
        let found = grouped(&place, &arguments);
        assert_eq!(
            array(&found["certificates"]),
            std::slice::from_ref(anchor),
            "{arguments:?}"
        );
        assert_eq!(held(&found["certificates"][0]).len(), 3);
        assert_eq!(array(&found["filters"]).len(), 1);
        assert_eq!(found["findings"], json!([]), "{arguments:?}");
        assert_eq!(found["accounts"], whole["accounts"]);
    }
    let soon = grouped(&place, &["--expires-within", "30d"]);
    let expected = all.iter().filter(|row| {
        let end = row["not_after"]
            .as_str()
            .map(|end| end.parse::<chrono::DateTime<chrono::Utc>>());
        let now: chrono::DateTime<chrono::Utc> = NOW.parse().unwrap();
        end.is_some_and(|end| end.unwrap() <= now + chrono::TimeDelta::days(30))
    });
    assert_eq!(array(&soon["certificates"]).len(), expected.count());
    let backward = grouped(&place, &["--reverse"]);
    let mut forward = all.clone();
    forward.reverse();
    assert_eq!(array(&backward["certificates"]), &forward);
    let names = grouped(&place, &["--sort", "name"]);
    let names = array(&names["certificates"]).iter();
    let names: Vec<_> = names
        .map(|row| row["name"].as_str().unwrap().to_lowercase())
        .collect();
    assert!(names.is_sorted());
    // Without contents a record is what its vendor reports.
    let reported = grouped(&place, &["--no-content"]);
    let rows = array(&reported["certificates"]);
    assert!(rows.iter().all(|row| row.get("x509").is_none()));
}
