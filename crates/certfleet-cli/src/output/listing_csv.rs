//! `list --output csv`.

use crate::{
    exit, output,
    output::{csv::Rows, json::word},
};
use certfleet::{AccountReport, Certificate, Inventory};
use std::io::Write;

const CSV_COLUMNS: [&str; 23] = [
    "type",
    "provider",
    "account",
    "id",
    "name",
    "state",
    "in_use",
    "origin",
    "role",
    "placements",
    "not_before",
    "not_after",
    "sha256",
    "subject",
    "issuer",
    "serial",
    "key",
    "warnings",
    "complete",
    "coverage",
    "certificates",
    "error_kind",
    "error",
];

/// Writes the inventory as CSV: certificates, then accounts.
pub(crate) fn csv(out: &mut impl Write, inventory: &Inventory) -> exit::Result<()> {
    let mut rows = Rows::new(out, &CSV_COLUMNS)?;
    for certificate in &inventory.certificates {
        rows.push(csv_of_certificate(certificate).iter().map(String::as_str))?;
    }
    for report in &inventory.accounts {
        rows.push(csv_of_account(report).iter().map(String::as_str))?;
    }
    rows.finish()
}

fn csv_of_certificate(certificate: &Certificate) -> [String; 23] {
    let each = |text: &dyn Fn(&certfleet::CertificateContent) -> Option<String>| {
        let texts: Vec<_> = certificate.contents.iter().filter_map(text).collect();
        texts.join("; ")
    };
    let placements: Vec<_> = certificate
        .placements
        .iter()
        .map(|placement| format!("{}={}", placement.scope, placement.state))
        .collect();
    let warnings: Vec<_> = certificate
        .warnings
        .iter()
        .map(|warning| warning.message.as_str())
        .collect();
    [
        "certificate".to_owned(),
        certificate.id.provider.to_string(),
        certificate.id.account.to_string(),
        certificate.id.native.clone(),
        certificate.name.clone().unwrap_or_default(),
        certificate.state.to_string(),
        certificate
            .in_use
            .map(|in_use| in_use.to_string())
            .unwrap_or_default(),
        word(&certificate.origin),
        word(&certificate.role),
        placements.join("; "),
        certificate.not_before.map(output::time).unwrap_or_default(),
        certificate.not_after.map(output::time).unwrap_or_default(),
        each(&|content| Some(content.sha256?.to_string())),
        each(&|content| Some(content.x509.as_ref()?.subject.to_string())),
        each(&|content| Some(content.x509.as_ref()?.issuer.to_string())),
        each(&|content| Some(content.x509.as_ref()?.serial.clone())),
        each(&|content| Some(content.x509.as_ref()?.public_key.to_string())),
        warnings.join("; "),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
    ]
}

fn csv_of_account(report: &AccountReport) -> [String; 23] {
    let mut cells: [String; 23] = Default::default();
    for (column, text) in account(report) {
        let named = CSV_COLUMNS
            .iter()
            .zip(&mut cells)
            .find(|(name, _)| **name == column);
        if let Some((_, cell)) = named {
            *cell = text;
        }
    }
    cells
}

/// The cells of a row that says how an account's listing ended, each with its column.
pub(crate) fn account(report: &AccountReport) -> Vec<(&'static str, String)> {
    let warnings: Vec<_> = report.warnings.iter().map(ToString::to_string).collect();
    let mut cells = vec![
        ("type", "account".to_owned()),
        ("provider", report.provider.to_string()),
        ("account", report.account.clone()),
        ("complete", report.complete.to_string()),
        ("coverage", word(&report.coverage)),
        ("certificates", report.certificates.to_string()),
        ("warnings", warnings.join("; ")),
    ];
    if let Some(error) = &report.error {
        cells.push(("error_kind", error.kind.as_str().to_owned()));
        cells.push(("error", error.to_string()));
    }
    cells
}
