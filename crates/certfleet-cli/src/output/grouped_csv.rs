//! `list --by certificate --output csv`.

use crate::{
    exit, output,
    output::{csv::Rows, grouped::GroupedReport, json::word, listing_csv},
};
use certfleet::x509::Sha256;
use certfleet_report::{
    findings::Finding,
    grouping::{GroupedCertificate, Holding},
};
use std::io::Write;

const COLUMNS: [&str; 26] = [
    "type",
    "sha256",
    "sha1",
    "name",
    "state",
    "not_before",
    "not_after",
    "subject",
    "issuer",
    "serial",
    "key",
    "spki_sha256",
    "places",
    "records",
    "issued_by",
    "same_key",
    "message",
    "advice",
    "provider",
    "account",
    "complete",
    "coverage",
    "certificates",
    "warnings",
    "error_kind",
    "error",
];

/// Writes certificates, then findings, then accounts.
pub(crate) fn csv(out: &mut impl Write, report: &GroupedReport) -> exit::Result<()> {
    let mut rows = Rows::new(out, &COLUMNS)?;
    let certificates = report.certificates.iter().map(certificate);
    let findings = report.findings.iter().map(finding);
    let accounts = report.accounts.iter().map(listing_csv::account);
    for cells in certificates.chain(findings).chain(accounts) {
        let cell = |column: &&str| {
            let cell = cells.iter().find(|(name, _)| name == column);
            cell.map_or("", |(_, text)| text.as_str())
        };
        rows.push(COLUMNS.iter().map(cell))?;
    }
    rows.finish()
}

fn certificate(row: &GroupedCertificate) -> Vec<(&'static str, String)> {
    let warnings = row.holdings.iter().flat_map(|one| {
        let warnings = one.warnings.iter();
        warnings.map(move |warning| (&one.id, &warning.message))
    });
    let mut cells = vec![
        ("type", "certificate".to_owned()),
        (
            "sha256",
            row.sha256.map(|one| one.to_string()).unwrap_or_default(),
        ),
        (
            "sha1",
            row.sha1.map(|one| one.to_string()).unwrap_or_default(),
        ),
        ("name", row.name.clone().unwrap_or_default()),
        ("state", row.state.to_string()),
        (
            "not_before",
            row.not_before.map(output::time).unwrap_or_default(),
        ),
        (
            "not_after",
            row.not_after.map(output::time).unwrap_or_default(),
        ),
        ("places", each(row.holdings.iter().map(places))),
        (
            "records",
            each(row.holdings.iter().map(|one| one.id.to_string())),
        ),
        (
            "warnings",
            each(warnings.map(|(id, text)| format!("{id}: {text}"))),
        ),
        ("issued_by", prints(&row.issued_by)),
        ("same_key", prints(&row.same_key)),
    ];
    if let Some(x509) = &row.x509 {
        cells.extend([
            ("subject", x509.subject.to_string()),
            ("issuer", x509.issuer.to_string()),
            ("serial", x509.serial.clone()),
            ("key", x509.public_key.to_string()),
            ("spki_sha256", x509.spki_sha256.to_string()),
        ]);
    }
    cells
}

fn finding(finding: &Finding) -> Vec<(&'static str, String)> {
    let records = finding.records.iter().map(ToString::to_string);
    vec![
        ("type", "finding".to_owned()),
        ("sha256", prints(&finding.certificates)),
        ("name", word(&finding.kind)),
        ("records", each(records)),
        ("message", finding.message.clone()),
        ("advice", finding.advice.clone()),
    ]
}

/// Every scope of a record with its state, or the record's state where it is in none.
fn places(holding: &Holding) -> String {
    let account = format!("{}/{}", holding.id.provider, holding.id.account);
    if holding.placements.is_empty() {
        return format!("{account}={}", holding.state);
    }
    each(
        holding
            .placements
            .iter()
            .map(|placement| format!("{account} {}={}", placement.scope, placement.state)),
    )
}

fn prints(prints: &[Sha256]) -> String {
    each(prints.iter().map(ToString::to_string))
}

fn each(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join("; ")
}
