//! What `list` shows of records and accounts.

use crate::{
    cli::{List, ListColumn},
    output,
    output::{
        table::{Cell, Column, Table, Tone},
        validity::{self, SOON},
    },
    terminal::{self, Terminal},
};
use certfleet::{
    AccountReport, Certificate, CertificateId, Coverage, Inventory, ProviderId, Warning,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::{
    collections::BTreeSet,
    io::{self, Write},
};

pub(crate) use certfleet_report::words::complaint;

/// One line of `list --output ndjson`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Line<'a> {
    /// A certificate.
    Certificate(&'a Certificate),
    /// How an account's listing ended. Comes once for every account, after its certificates.
    Account(&'a AccountReport),
}

/// The columns, unless others are chosen.
const COLUMNS: [ListColumn; 8] = [
    ListColumn::Provider,
    ListColumn::Account,
    ListColumn::Name,
    ListColumn::State,
    ListColumn::Where,
    ListColumn::Expires,
    ListColumn::Sha256,
    ListColumn::Id,
];

/// How a column is laid out. What tells records apart and when they end is never left out.
const fn layout(column: ListColumn) -> Column<'static> {
    match column {
        ListColumn::Provider => Column::new("PROVIDER").shrinks(10, 4),
        ListColumn::Account => Column::new("ACCOUNT").shrinks(12, 6),
        ListColumn::Name => Column::new("NAME").shrinks(20, 8),
        ListColumn::State => Column::new("STATE").shrinks(8, 4).left_out(5),
        ListColumn::Where => Column::new("WHERE").shrinks(16, 6).left_out(3),
        ListColumn::Expires => Column::new("EXPIRES").in_brief(2),
        ListColumn::Sha256 => Column::new("SHA256").left_out(1),
        ListColumn::Id => Column::new("ID").shrinks(13, 9),
        ListColumn::Address => Column::new("ADDRESS").shrinks(24, 12),
    }
}

/// The columns of an inventory's table.
fn columns(inventory: &Inventory, chosen: &[ListColumn]) -> Vec<(ListColumn, Column<'static>)> {
    if !chosen.is_empty() {
        let stays = |column: &ListColumn| (*column, layout(*column).stays());
        return chosen.iter().map(stays).collect();
    }
    let names: BTreeSet<_> = inventory.accounts.iter().map(|one| &one.account).collect();
    // Where accounts of two providers share a name, only the provider tells their records apart.
    let is_enough = names.len() == inventory.accounts.len();
    COLUMNS
        .into_iter()
        .map(|column| match column {
            ListColumn::Provider if is_enough => (column, layout(column).left_out(4)),
            _ => (column, layout(column)),
        })
        .collect()
}

/// Writes the inventory as a table, with what has to be said of accounts below it. `all` counts the
/// certificates before the filter.
pub(crate) fn table(
    out: &mut impl Write,
    inventory: &Inventory,
    all: usize,
    options: &List,
    terminal: Terminal,
) -> io::Result<()> {
    let now = inventory.taken_at;
    let (columns, layout): (Vec<_>, Vec<_>) =
        columns(inventory, &options.columns).into_iter().unzip();
    let mut table = Table::new(&layout);
    for certificate in &inventory.certificates {
        let now = inventory.time_of(&certificate.id, now);
        table.push(
            columns
                .iter()
                .map(|column| cell(*column, certificate, now))
                .collect(),
        );
    }
    for report in inventory
        .accounts
        .iter()
        .filter(|report| report.error.is_some())
    {
        table.push(
            columns
                .iter()
                .map(|column| failed_cell(*column, report))
                .collect(),
        );
    }
    if !table.is_empty() {
        let width = terminal.width.filter(|_| !options.wide);
        table.write(out, Terminal { width, ..terminal })?;
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(inventory, all))?;
    coverage(out, &inventory.accounts)?;
    members(out, inventory, options)?;
    let records = inventory.certificates.iter();
    let all = records.flat_map(|one| one.warnings.iter().map(|warning| (&one.id, warning)));
    warnings(out, &all.collect::<Vec<_>>())
}

/// Says what a complete listing of an account does not show.
pub(crate) fn coverage(out: &mut impl Write, accounts: &[AccountReport]) -> io::Result<()> {
    for report in accounts {
        if report.coverage == Coverage::AttachedOnly {
            writeln!(
                out,
                "Note: {}/{} shows only certificates that are attached to something; the vendor lists no others.",
                report.provider,
                terminal::sanitize(&report.account)
            )?;
        }
    }
    Ok(())
}

/// Says which of the several certificates of a content a row is about: the one that was looked for, and the one
/// whose end is near.
fn members(out: &mut impl Write, inventory: &Inventory, options: &List) -> io::Result<()> {
    let mut notes = Vec::new();
    for certificate in &inventory.certificates {
        let looked_for = options.fingerprint.as_ref();
        let found = looked_for.and_then(|fingerprint| fingerprint.member(certificate));
        let now = inventory.time_of(&certificate.id, inventory.taken_at);
        let due =
            certificate.expires_within(now, SOON) == Some(true) || options.expires_within.is_some();
        let ending = certificate.ends_first().filter(|_| due);
        for (what, member) in [
            ("has this fingerprint", found),
            ("is the first to end", ending),
        ] {
            notes.extend(member.map(|member| format!("{}: {member} {what}", certificate.id)));
        }
    }
    for note in notes.iter().take(WARNINGS) {
        writeln!(out, "Note: {}", terminal::sanitize(note))?;
    }
    if notes.len() > WARNINGS {
        writeln!(out, "… and {} more notes", notes.len() - WARNINGS)?;
    }
    Ok(())
}

/// The most warnings, and the most notes, that are shown below a table.
const WARNINGS: usize = 10;

/// What is odd about records, each with its address.
pub(crate) fn warnings(out: &mut impl Write, all: &[(&CertificateId, &Warning)]) -> io::Result<()> {
    for (id, warning) in all.iter().take(WARNINGS) {
        writeln!(
            out,
            "Warning: {}: {}",
            terminal::sanitize(&id.to_string()),
            terminal::sanitize(&warning.message)
        )?;
    }
    if all.len() > WARNINGS {
        writeln!(out, "… and {} more warnings", all.len() - WARNINGS)?;
    }
    Ok(())
}

fn cell(column: ListColumn, certificate: &Certificate, now: DateTime<Utc>) -> Cell {
    match column {
        ListColumn::Provider => certificate.id.provider.as_str().into(),
        ListColumn::Account => (*certificate.id.account).into(),
        ListColumn::Name => output::name(certificate).unwrap_or_default().into(),
        ListColumn::State => certificate.state.as_str().into(),
        ListColumn::Where => output::whereabouts(certificate).into(),
        ListColumn::Expires => validity::cell(certificate.not_after, now),
        ListColumn::Sha256 => sha256(certificate).into(),
        ListColumn::Id => certificate.id.native.as_str().into(),
        ListColumn::Address => certificate.id.to_string().into(),
    }
}

/// The beginning of the first content's SHA-256, and how many more there are.
fn sha256(certificate: &Certificate) -> String {
    let prints: Vec<String> = certificate
        .contents
        .iter()
        .filter_map(|content| Some(format!("{:.12}", content.sha256?)))
        .collect();
    match prints.as_slice() {
        [first, _, ..] => format!("{first} +{}", prints.len() - 1),
        _ => prints.concat(),
    }
}

/// Of an account that could not be read to its end.
pub(crate) fn failed_cell(column: ListColumn, report: &AccountReport) -> Cell {
    let bad = |text: &str| Cell::new(text, Tone::Bad);
    match column {
        ListColumn::Provider => bad(report.provider.as_str()),
        ListColumn::Account => bad(&report.account),
        ListColumn::Name => {
            let error = report.error.as_ref();
            let kind = error.map_or("", |error| error.kind.as_str());
            bad(&kind.replace('_', " "))
        }
        ListColumn::State => bad("failed"),
        ListColumn::Address => bad(&format!("{}/{}", report.provider, report.account)),
        _ => Cell::default(),
    }
}

fn summary(inventory: &Inventory, all: usize) -> String {
    let now = inventory.taken_at;
    let shown = inventory.certificates.len();
    let time = |c: &Certificate| inventory.time_of(&c.id, now);
    let expired = count(inventory, |c| c.is_expired(time(c)) == Some(true));
    let soon = count(inventory, |c| c.expires_within(time(c), SOON) == Some(true)) - expired;
    let certificates = if shown == all {
        plural(shown, "certificate")
    } else {
        format!("{shown} of {}", plural(all, "certificate"))
    };
    format!(
        "{certificates}, {expired} expired, {soon} expiring within {} days; {}",
        SOON.num_days(),
        read(&inventory.accounts),
    )
}

/// How many accounts were read, and how well.
pub(crate) fn read(accounts: &[AccountReport]) -> String {
    let number = |is: fn(&&AccountReport) -> bool| accounts.iter().filter(is).count();
    let failed = number(|report| report.error.is_some());
    let in_part = number(|report| report.error.is_none() && !report.complete);
    let some = |number, what| match number {
        0 => String::new(),
        number => format!(", {number} {what}"),
    };
    format!(
        "{} read{}{}",
        plural(accounts.len() - failed, "account"),
        some(in_part, "of them not whole"),
        some(failed, "failed"),
    )
}

/// How many there are.
pub(crate) fn plural(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

fn count(inventory: &Inventory, is: impl Fn(&Certificate) -> bool) -> usize {
    inventory
        .certificates
        .iter()
        .filter(|certificate| is(certificate))
        .count()
}

/// What is odd about an account, for stderr.
pub(crate) fn remarks(report: &AccountReport) -> Vec<String> {
    let of = |warning| remark(report.provider, &report.account, warning);
    report.warnings.iter().map(of).collect()
}

/// One thing that is odd about an account.
pub(crate) fn remark(provider: ProviderId, account: &str, warning: &Warning) -> String {
    format!("the account {provider}/{account}: {warning}")
}
