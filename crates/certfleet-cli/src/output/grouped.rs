//! What `list --by certificate` shows.

use crate::{
    cli::{List, ListColumn},
    output::{
        counted, in_force, listing,
        table::{Cell, Column, Table},
        validity::{self, SOON},
    },
    terminal::{self, Terminal},
};
use certfleet::{AccountReport, CertificateId};
use certfleet_report::{
    findings::Finding,
    grouping::{GroupedCertificate, Holding, KnownBy},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::{
    collections::HashSet,
    io::{self, Write},
};

/// What `list --by certificate --output json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct GroupedReport {
    /// When it was begun, UTC, by the local clock.
    pub(crate) taken_at: DateTime<Utc>,
    /// The conditions that the certificates were chosen by, as options. Each is shown with all its records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) filters: Vec<String>,
    /// Each certificate once, the first to expire first.
    pub(crate) certificates: Vec<GroupedCertificate>,
    /// What is odd about them together.
    pub(crate) findings: Vec<Finding>,
    /// How the listing of each account ended.
    pub(crate) accounts: Vec<AccountReport>,
}

impl GroupedReport {
    /// The time that a certificate's end is held against: the latest of its accounts' clocks.
    fn time_of(&self, row: &GroupedCertificate) -> DateTime<Utc> {
        let clocks = self.accounts.iter().filter(|account| {
            account.clock_skew_seconds.is_some()
                && row.holdings.iter().any(|one| is_of(&one.id, account))
        });
        let times = clocks.map(|account| account.time(self.taken_at));
        times.max().unwrap_or(self.taken_at)
    }
}

fn is_of(id: &CertificateId, account: &AccountReport) -> bool {
    (id.provider, &*id.account) == (account.provider, &*account.account)
}

/// The columns, unless others are chosen.
const COLUMNS: [ListColumn; 5] = [
    ListColumn::Expires,
    ListColumn::Name,
    ListColumn::Sha256,
    ListColumn::State,
    ListColumn::Where,
];

/// How a column is laid out. What tells certificates apart, when they end and where they are is never left out.
const fn layout(column: ListColumn) -> Column<'static> {
    match column {
        ListColumn::Provider => Column::new("PROVIDER").shrinks(10, 4),
        ListColumn::Account => Column::new("ACCOUNT").shrinks(12, 6),
        ListColumn::Name => Column::new("NAME").shrinks(20, 8),
        ListColumn::State => Column::new("STATE").shrinks(8, 4).left_out(1),
        ListColumn::Where => Column::new("WHERE").shrinks(24, 10),
        ListColumn::Expires => Column::new("EXPIRES").in_brief(2),
        ListColumn::Sha256 => Column::new("SHA256"),
        ListColumn::Id => Column::new("ID").shrinks(13, 9),
        ListColumn::Address => Column::new("ADDRESS").shrinks(24, 12),
    }
}

/// Writes the certificates as a table, and below it what has to be said of them and of accounts. `all` counts the
/// certificates before the filter.
pub(crate) fn table(
    out: &mut impl Write,
    report: &GroupedReport,
    all: usize,
    options: &List,
    terminal: Terminal,
) -> io::Result<()> {
    let chosen = &options.columns;
    let (columns, layout): (&[ListColumn], Vec<_>) = if chosen.is_empty() {
        (&COLUMNS, COLUMNS.map(layout).to_vec())
    } else {
        let stays = chosen.iter().map(|column| layout(*column).stays());
        (chosen, stays.collect())
    };
    let mut table = Table::new(&layout);
    for row in &report.certificates {
        let now = report.time_of(row);
        table.push(columns.iter().map(|one| cell(*one, row, now)).collect());
    }
    for account in &report.accounts {
        if account.error.is_some() {
            let failed = |column: &ListColumn| match column {
                ListColumn::Where => listing::failed_cell(ListColumn::Address, account),
                column => listing::failed_cell(*column, account),
            };
            table.push(columns.iter().map(failed).collect());
        }
    }
    if !table.is_empty() {
        let width = terminal.width.filter(|_| !options.wide);
        table.write(out, Terminal { width, ..terminal })?;
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(report, all))?;
    listing::coverage(out, &report.accounts)?;
    let rows = report.certificates.iter();
    let unknown = rows.filter(|row| row.sha256.is_none()).count();
    if unknown > 0 {
        writeln!(
            out,
            "Note: {} without a known certificate; each is a row of its own.",
            listing::plural(unknown, "record")
        )?;
    }
    // A record stands in the row of each certificate of its chain.
    let mut seen = HashSet::new();
    let holdings = report.certificates.iter().flat_map(|row| &row.holdings);
    let warned = holdings.filter(|one| !one.warnings.is_empty() && seen.insert(&one.id));
    let warnings = warned.flat_map(|one| one.warnings.iter().map(|warning| (&one.id, warning)));
    listing::warnings(out, &warnings.collect::<Vec<_>>())?;
    findings(out, &report.findings)
}

fn cell(column: ListColumn, row: &GroupedCertificate, now: DateTime<Utc>) -> Cell {
    let of_each = |text: &dyn Fn(&Holding) -> String| -> Cell {
        let mut texts: Vec<_> = row.holdings.iter().map(text).collect();
        texts.sort_unstable();
        texts.dedup();
        texts.join(", ").into()
    };
    match column {
        ListColumn::Provider => of_each(&|one| one.id.provider.to_string()),
        ListColumn::Account => of_each(&|one| one.id.account.to_string()),
        ListColumn::Name => row.name.as_deref().unwrap_or_default().into(),
        ListColumn::State => row.state.as_str().into(),
        ListColumn::Where => {
            let places = counted(row.holdings.iter().map(place));
            match row.holdings.len() {
                1 => places.into(),
                // A narrow table cuts the places short: that there are several stays.
                number => format!("{number}: {places}").into(),
            }
        }
        ListColumn::Expires => validity::cell(row.not_after, now),
        ListColumn::Sha256 => row
            .sha256
            .map_or("not known".to_owned(), |print| format!("{print:.12}"))
            .into(),
        ListColumn::Id => of_each(&|one| one.id.native.clone()),
        ListColumn::Address => of_each(&|one| one.id.to_string()),
    }
}

/// Where a record is: its account, and the scopes where it is or may be in force.
fn place(holding: &Holding) -> String {
    let scopes = scopes(holding);
    let chain = match holding.position {
        1 => "",
        _ => ", in a chain",
    };
    format!(
        "{}/{} ({scopes}{chain})",
        holding.id.provider, holding.id.account
    )
}

/// The scopes where a record is or may be in force; its state where there is none.
pub(crate) fn scopes(holding: &Holding) -> String {
    let scopes = in_force(&holding.placements, holding.state);
    if scopes.is_empty() {
        holding.state.to_string()
    } else {
        scopes
    }
}

fn summary(report: &GroupedReport, all: usize) -> String {
    let number = report.certificates.len();
    let ending = |within: TimeDelta| {
        let rows = report.certificates.iter();
        rows.filter(|row| {
            let now = report.time_of(row);
            let left = row.not_after.map(|end| end.signed_duration_since(now));
            left.is_some_and(|left| left <= within)
        })
        .count()
    };
    let expired = ending(TimeDelta::zero());
    let of = if number == all {
        listing::plural(number, "certificate")
    } else {
        format!("{number} of {}", listing::plural(all, "certificate"))
    };
    format!(
        "{of}, {expired} expired, {} expiring within {} days; {}",
        ending(SOON) - expired,
        SOON.num_days(),
        listing::read(&report.accounts),
    )
}

/// The most findings, and the most records of each, that are shown below a table.
const FINDINGS: usize = 10;
const RECORDS: usize = 5;

fn findings(out: &mut impl Write, findings: &[Finding]) -> io::Result<()> {
    for finding in findings.iter().take(FINDINGS) {
        writeln!(out, "Finding: {}.", terminal::sanitize(&finding.message))?;
        for id in finding.records.iter().take(RECORDS) {
            writeln!(out, "    {}", terminal::sanitize(&id.to_string()))?;
        }
        match finding.records.len().saturating_sub(RECORDS) {
            0 => {}
            more => writeln!(out, "    … and {}", listing::plural(more, "more record"))?,
        }
        writeln!(out, "  {}.", finding.advice)?;
    }
    match findings.len().saturating_sub(FINDINGS) {
        0 => Ok(()),
        more => writeln!(
            out,
            "… and {}: --output json has all",
            listing::plural(more, "more finding")
        ),
    }
}

/// How a record's certificate is known, where that is not by its content.
pub(crate) fn caveat(holding: &Holding) -> &'static str {
    match holding.known_by {
        KnownBy::Content => "",
        KnownBy::Report => "by the vendor's report",
        _ => "by its SHA-1 only",
    }
}
