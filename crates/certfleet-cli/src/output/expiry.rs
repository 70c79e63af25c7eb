//! What `check` shows.

use crate::{
    cli::watch::CheckColumn,
    exit::Code,
    output::{
        counted,
        table::{Cell, Column, Table},
        validity,
    },
    terminal::{self, Terminal},
};
use certfleet::{AccountReport, CertificateId};
use certfleet_report::{
    ignore_list::EntryReport,
    judgement::{Judgement, Judgements, Level},
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
    pub(crate) judgements: Judgements,
    /// What became of each entry of the ignore list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ignore_list: Vec<EntryReport>,
    /// How the listing of each account ended.
    pub(crate) accounts: Vec<AccountReport>,
}

impl CheckReport {
    /// Returns the report of what was judged, and its worst.
    pub(crate) fn new(
        judgements: Judgements,
        ignore_list: Vec<EntryReport>,
        accounts: &[AccountReport],
    ) -> Self {
        let status = if accounts.iter().any(|account| !account.complete) {
            Status::Unreadable
        } else {
            match judgements.worst() {
                Level::Ok => Status::Ok,
                Level::Critical => Status::Critical,
                Level::Expired => Status::Expired,
                _ => Status::Warning,
            }
        };
        Self {
            status,
            exit_code: status.code().number(),
            judgements,
            ignore_list,
            accounts: accounts.to_vec(),
        }
    }

    /// Returns the process's exit code.
    pub(crate) fn code(&self) -> Code {
        self.status.code()
    }

    /// The time that a record's end was held against: its account's.
    fn time_of(&self, id: &CertificateId) -> DateTime<Utc> {
        let now = self.judgements.now;
        self.accounts
            .iter()
            .find(|one| (one.provider, &*one.account) == (id.provider, &*id.account))
            .map_or(now, |account| account.time(now))
    }

    /// What is true of a content whose level this is.
    fn meaning(&self, level: Level) -> String {
        let within = |threshold: &str| format!("ends within {threshold}");
        match level {
            Level::Expired => "has expired".to_owned(),
            Level::Critical => within(self.judgements.crit.as_deref().unwrap_or_default()),
            Level::Warning => within(&self.judgements.warn),
            _ => "has no known end".to_owned(),
        }
    }
}

/// The worst that was found, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// No end is near (0).
    Ok,
    /// An end is near, or not known (3).
    Warning,
    /// An end is very near (4).
    Critical,
    /// Something has expired (4).
    Expired,
    /// An account could not be read (5).
    Unreadable,
}

impl Status {
    fn code(self) -> Code {
        match self {
            Self::Ok => Code::Done,
            Self::Warning => Code::Expiring,
            Self::Critical | Self::Expired => Code::Expired,
            Self::Unreadable => Code::Account,
        }
    }
}

const COLUMNS: [CheckColumn; 5] = [
    CheckColumn::Status,
    CheckColumn::Address,
    CheckColumn::Name,
    CheckColumn::State,
    CheckColumn::Expires,
];

const fn layout(column: CheckColumn) -> Column<'static> {
    match column {
        CheckColumn::Status => Column::new("STATUS"),
        CheckColumn::Address => Column::new("CERTIFICATE").shrinks(30, 10),
        CheckColumn::Name => Column::new("NAME").shrinks(20, 6).left_out(3),
        CheckColumn::State => Column::new("STATE").left_out(1),
        CheckColumn::Where => Column::new("WHERE").shrinks(20, 6),
        CheckColumn::Expires => Column::new("EXPIRES").in_brief(2),
        CheckColumn::Sha256 => Column::new("SHA256"),
    }
}

fn cell(column: CheckColumn, item: &Judgement, report: &CheckReport) -> Cell {
    match column {
        CheckColumn::Status => item.level.as_str().into(),
        CheckColumn::Address => item.id.to_string().into(),
        CheckColumn::Name => item.name.as_deref().unwrap_or_default().into(),
        CheckColumn::State => item.state.as_str().into(),
        CheckColumn::Where => counted(item.scopes.iter().map(ToString::to_string)).into(),
        CheckColumn::Expires => validity::cell(item.not_after, report.time_of(&item.id)),
        CheckColumn::Sha256 => item
            .sha256
            .map_or_else(String::new, |sha256| format!("{sha256:.12}"))
            .into(),
    }
}

/// What is not fine, then one line that says how all of it is.
pub(crate) fn text(
    out: &mut impl Write,
    report: &CheckReport,
    chosen: &[CheckColumn],
    terminal: Terminal,
) -> io::Result<()> {
    let (columns, layout): (&[CheckColumn], Vec<_>) = match chosen {
        [] => (&COLUMNS, COLUMNS.map(layout).to_vec()),
        chosen => {
            let stays = chosen.iter().map(|column| layout(*column).stays());
            (chosen, stays.collect())
        }
    };
    let mut table = Table::new(&layout);
    let items = || {
        let counted = report.judgements.counted();
        counted.filter(|item| item.level != Level::Ok)
    };
    for item in items() {
        table.push(columns.iter().map(|one| cell(*one, item, report)).collect());
    }
    if !table.is_empty() {
        table.write(out, terminal)?;
        writeln!(out)?;
    }
    for note in items().filter_map(|item| of_member(report, item)) {
        writeln!(out, "Note: {}", terminal::sanitize(&note))?;
    }
    let all = &report.judgements.items;
    for note in all.iter().filter_map(of_ignored) {
        writeln!(out, "Ignored: {}", terminal::sanitize(&note))?;
    }
    writeln!(out, "{}", summary(report))
}

/// Which of the several certificates of a content decides.
fn of_member(report: &CheckReport, item: &Judgement) -> Option<String> {
    let member = item.certificate.as_ref()?;
    let meaning = report.meaning(item.level);
    Some(format!("{}: {member} {meaning}", item.id))
}

/// Why a content does not count that would otherwise be shown.
fn of_ignored(item: &Judgement) -> Option<String> {
    let ignored = item.ignored.as_ref().filter(|_| item.level != Level::Ok)?;
    let (level, until) = (item.level.as_str(), ignored.until);
    Some(format!(
        "{} ({level}) until {until}: {}",
        item.id, ignored.reason
    ))
}

/// One line that a monitoring probe can show.
fn summary(report: &CheckReport) -> String {
    let word = match report.status {
        Status::Ok => "OK",
        Status::Warning => "WARNING",
        Status::Critical => "CRITICAL",
        Status::Expired => "EXPIRED",
        Status::Unreadable => "UNREADABLE",
    };
    let judgements = &report.judgements;
    let count = |level| judgements.count(level);
    let critical = judgements.crit.as_ref().map_or_else(String::new, |crit| {
        format!("{} ending within {crit}, ", count(Level::Critical))
    });
    let ignored = match judgements.ignored() {
        0 => String::new(),
        some => format!(", {some} ignored"),
    };
    format!(
        "{word}: {} contents, {} expired, {critical}{} ending within {}, {} without a known end{ignored}; {} of {} accounts read",
        judgements.items.len(),
        count(Level::Expired),
        count(Level::Warning),
        judgements.warn,
        count(Level::Unknown),
        report.accounts.iter().filter(|one| one.complete).count(),
        report.accounts.len(),
    )
}
