//! Filters over what `--output json` prints.

use crate::{array, parsed, support::Place};
use certfleet::x509::Sha256;

/// The PEM of a record.
fn pem(place: &Place, target: &str, file: &str) {
    place
        .sandbox(&["export", target, "--account", "openai", "--to", file])
        .ok();
}

#[test]
fn jq_filters_what_output_json_prints() {
    let place = Place::new();
    let inventory = parsed(&place.sandbox(&["list", "--output", "json"]).ok());
    let ids = array(&inventory["certificates"]).iter();
    let ids: String = ids
        .map(|one| format!("{}\n", one["id"].as_str().unwrap()))
        .collect();
    for output in [&[][..], &["--output", "json"]] {
        let arguments = [&["list", "--jq", ".certificates[].id"], output].concat();
        assert_eq!(place.sandbox(&arguments).ok(), ids);
    }
    // The whole is the document, on one line.
    let whole = place.sandbox(&["list", "--jq", "."]).ok();
    assert_eq!((parsed(&whole), whole.lines().count()), (inventory, 1));
    let table = [
        "list",
        "--jq",
        ".accounts[] | [.provider, .certificates] | @tsv",
    ];
    assert!(place.sandbox(&table).ok().contains("openai\t"));
    let checked = place.sandbox(&["check", "--within", "30d", "--jq", ".status"]);
    assert_eq!(
        (checked.code, checked.stdout.as_str()),
        (Some(4), "expired\n")
    );
    pem(&place, "device-fleet-root", "root.pem");
    let print = place
        .run(&["inspect", "root.pem", "--jq", ".certificates[0].sha256"])
        .ok();
    assert!(print.trim_end().parse::<Sha256>().is_ok(), "{print}");
    let again = place
        .run(&["inspect", "root.pem", "--jq", ".certificates[0].pem"])
        .ok();
    assert!(
        again.starts_with("-----BEGIN CERTIFICATE-----\n"),
        "{again}"
    );
    let by = [
        "list",
        "--by",
        "certificate",
        "--jq",
        "[.certificates[].holdings[]] | length",
    ];
    assert!(place.sandbox(&by).ok().trim_end().parse::<usize>().unwrap() > 40);
}
