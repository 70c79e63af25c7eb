//! What `who-has` shows.

use crate::{
    output::{
        grouped::{caveat, scopes},
        listing,
        table::{Cell, Column, Table},
    },
    terminal::{self, Terminal},
};
use certfleet::{
    AccountReport, CertificateId,
    x509::{Sha256, X509},
};
use certfleet_report::grouping::{GroupedCertificate, Holding, name_of};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::{
    collections::BTreeSet,
    io::{self, Write},
};

/// What `who-has --output json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct WhoHasReport {
    /// What was looked for, as it was written.
    pub(crate) what: String,
    /// Whether an account holds any of it.
    pub(crate) found: bool,
    /// The process's exit code.
    pub(crate) exit_code: u8,
    /// Each certificate that was looked for. Of a fingerprint, each that it fits: none where none does.
    pub(crate) looked_for: Vec<LookedFor>,
    /// Other records, of which it is not known what all they hold: they may hold it.
    pub(crate) unknown: Vec<CertificateId>,
    /// How the listing of each account ended.
    pub(crate) accounts: Vec<AccountReport>,
}

/// A certificate that was looked for.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LookedFor {
    /// Its number in the file, or in what the server presented, from 1. Absent where a fingerprint was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<usize>,
    /// SHA-256 of its DER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<Sha256>,
    /// What it goes by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// End of its validity, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_after: Option<DateTime<Utc>>,
    /// Every record that holds it; empty where none does.
    pub(crate) holdings: Vec<Holding>,
}

impl LookedFor {
    /// Returns a certificate that a fingerprint fits.
    pub(crate) fn from_row(row: &GroupedCertificate) -> Self {
        Self {
            position: None,
            sha256: row.sha256,
            name: row.name.clone(),
            not_after: row.not_after,
            holdings: row.holdings.clone(),
        }
    }

    /// Returns a certificate of a file or a server.
    pub(crate) fn from_x509(position: usize, x509: &X509, holdings: Vec<Holding>) -> Self {
        Self {
            position: Some(position),
            sha256: Some(x509.sha256),
            name: Some(name_of(x509)),
            not_after: x509.not_after,
            holdings,
        }
    }

    fn title(&self) -> String {
        let print = match self.sha256 {
            Some(print) => format!("{print:.12}"),
            None => "not known".to_owned(),
        };
        let name = self.name.as_deref().unwrap_or("without a name");
        format!("{name} (SHA-256 {print})")
    }
}

/// The most records that may hold it and are named.
const UNKNOWN: usize = 5;

const COLUMNS: [Column<'static>; 6] = [
    Column::new("SHA256"),
    Column::new("CERTIFICATE").shrinks(20, 8).left_out(2),
    Column::new("RECORD").shrinks(30, 12),
    Column::new("STATE").shrinks(8, 4).left_out(1),
    Column::new("WHERE").shrinks(16, 8),
    Column::new("AS").shrinks(12, 6),
];

/// Writes a row for every record that holds what was looked for, and below what none holds and what could not be
/// seen.
pub(crate) fn text(
    out: &mut impl Write,
    report: &WhoHasReport,
    terminal: Terminal,
) -> io::Result<()> {
    let mut table = Table::new(&COLUMNS);
    for one in &report.looked_for {
        for holding in &one.holdings {
            table.push(vec![
                one.sha256
                    .map_or("not known".to_owned(), |print| format!("{print:.12}"))
                    .into(),
                one.name.as_deref().unwrap_or_default().into(),
                holding.id.to_string().into(),
                holding.state.as_str().into(),
                scopes(holding).into(),
                role(holding).into(),
            ] as Vec<Cell>);
        }
    }
    if !table.is_empty() {
        table.write(out, terminal)?;
        writeln!(out)?;
    }
    for one in report
        .looked_for
        .iter()
        .filter(|one| one.holdings.is_empty())
    {
        writeln!(
            out,
            "No account holds {}.",
            terminal::sanitize(&one.title())
        )?;
    }
    if report.looked_for.is_empty() {
        let what = terminal::sanitize(&report.what);
        writeln!(
            out,
            "No account holds a certificate with the fingerprint {what}."
        )?;
    }
    writeln!(out, "{}", summary(report))?;
    listing::coverage(out, &report.accounts)?;
    for id in report.unknown.iter().take(UNKNOWN) {
        let id = id.to_string();
        writeln!(
            out,
            "Note: {} may hold it too: not every certificate there is known.",
            terminal::sanitize(&id)
        )?;
    }
    match report.unknown.len().saturating_sub(UNKNOWN) {
        0 => Ok(()),
        more => writeln!(out, "… and {}", listing::plural(more, "more record")),
    }
}

/// What a certificate is in a record, where it is not the record's own or not known by its content.
fn role(holding: &Holding) -> String {
    let member = match holding.of {
        1 => String::new(),
        of => format!("{} of {of}", holding.position),
    };
    let parts = [member.as_str(), caveat(holding)];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

fn summary(report: &WhoHasReport) -> String {
    let held = report.looked_for.iter();
    let held = held.filter(|one| !one.holdings.is_empty());
    let holdings = held.clone().flat_map(|one| &one.holdings);
    let records: BTreeSet<_> = holdings.map(|holding| &holding.id).collect();
    let accounts = listing::read(&report.accounts);
    match report.looked_for.len() {
        0 => accounts,
        all => format!(
            "Held: {} of {}, in {}; {accounts}",
            held.count(),
            listing::plural(all, "certificate"),
            listing::plural(records.len(), "record"),
        ),
    }
}
