//! What `check` shows.

use crate::{
    exit::Code,
    output::{
        table::{Cell, Column, Table},
        validity,
    },
    terminal::{self, Terminal},
};
use certfleet::{
    AccountReport, CertificateId,
    reading::{ExpiryReport, ExpiryStatus},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::io::{self, Write};

/// What `check --output json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CheckReport {
    /// The worst that was found.
    pub(crate) status: Status,
    /// The process's exit code.
    pub(crate) exit_code: u8,
    #[serde(flatten)]
    pub(crate) report: ExpiryReport,
    /// How the listing of each account ended.
    pub(crate) accounts: Vec<AccountReport>,
}

impl CheckReport {
    /// The time that a record's end was held against: its account's.
    fn time_of(&self, id: &CertificateId) -> DateTime<Utc> {
        let now = self.report.now;
        self.accounts
            .iter()
            .find(|one| (one.provider, &*one.account) == (id.provider, &*id.account))
            .map_or(now, |account| account.time(now))
    }
}

/// The worst that was found, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Nothing expires within the time (0).
    Valid,
    /// Something expires within the time, or its end is not known (3).
    Expiring,
    /// Something has expired (4).
    Expired,
    /// An account could not be read (5).
    Unreadable,
}

/// The worst of a report, and its exit code.
pub(crate) fn verdict(report: &ExpiryReport) -> (Status, Code) {
    let has = |status| report.count(status) > 0;
    if !report.incomplete.is_empty() {
        (Status::Unreadable, Code::Account)
    } else if has(ExpiryStatus::Expired) {
        (Status::Expired, Code::Expired)
    } else if has(ExpiryStatus::Expiring) || has(ExpiryStatus::Unknown) {
        (Status::Expiring, Code::Expiring)
    } else {
        (Status::Valid, Code::Done)
    }
}

const COLUMNS: [Column<'static>; 5] = [
    Column::new("STATUS"),
    Column::new("CERTIFICATE").shrinks(30, 10),
    Column::new("NAME").shrinks(20, 6).left_out(3),
    Column::new("STATE").left_out(1),
    Column::new("EXPIRES").in_brief(2),
];

/// What is not valid for long enough, then one line that a monitoring probe can show.
pub(crate) fn text(
    out: &mut impl Write,
    report: &CheckReport,
    terminal: Terminal,
) -> io::Result<()> {
    let mut table = Table::new(&COLUMNS);
    let items = &report.report.items;
    for item in items
        .iter()
        .filter(|item| item.status != ExpiryStatus::Valid)
    {
        table.push(vec![
            word(item.status).into(),
            item.id.to_string().into(),
            item.name.as_deref().unwrap_or_default().into(),
            item.state.as_str().into(),
            validity::cell(item.not_after, report.time_of(&item.id)),
        ] as Vec<Cell>);
    }
    if !table.is_empty() {
        table.write(out, terminal)?;
        writeln!(out)?;
    }
    for (item, member) in items
        .iter()
        .filter(|item| item.status != ExpiryStatus::Valid)
        .filter_map(|item| Some((item, item.certificate.as_ref()?)))
    {
        let text = format!("{}: {member} is {}", item.id, word(item.status));
        writeln!(out, "Note: {}", terminal::sanitize(&text))?;
    }
    let count = |status| report.report.count(status);
    writeln!(
        out,
        "{}: {} contents, {} expired, {} expiring within {}, {} without a known end; {} of {} accounts read",
        match report.status {
            Status::Valid => "OK",
            Status::Expiring => "EXPIRING",
            Status::Expired => "EXPIRED",
            Status::Unreadable => "UNREADABLE",
        },
        items.len(),
        count(ExpiryStatus::Expired),
        count(ExpiryStatus::Expiring),
        report.report.within,
        count(ExpiryStatus::Unknown),
        report.accounts.iter().filter(|one| one.complete).count(),
        report.accounts.len(),
    )
}

fn word(status: ExpiryStatus) -> &'static str {
    match status {
        ExpiryStatus::Valid => "valid",
        ExpiryStatus::Expiring => "expiring",
        ExpiryStatus::Expired => "expired",
        _ => "unknown",
    }
}
