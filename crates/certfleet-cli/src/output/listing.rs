//! What `list` shows of records and accounts.

use crate::{
    cli::List,
    output,
    output::{
        table::{Cell, Column, Table, Tone},
        validity::{self, SOON},
    },
    terminal::{self, Terminal},
};
use certfleet::{AccountReport, Certificate, Coverage, ErrorKind, Inventory, ProviderId, Warning};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::io::{self, Write};

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

const COLUMNS: [Column<'static>; 8] = [
    Column::new("PROVIDER").shrinks(10, 4).left_out(5),
    Column::new("ACCOUNT").shrinks(16, 4).left_out(4),
    Column::new("NAME").shrinks(20, 6),
    Column::new("STATE").shrinks(12, 4),
    Column::new("WHERE").shrinks(16, 6).left_out(3),
    Column::new("EXPIRES").shrinks(24, 10),
    Column::new("SHA256").left_out(2),
    Column::new("ID").left_out(1),
];

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
    let mut table = Table::new(&COLUMNS);
    for certificate in &inventory.certificates {
        table.push(row(certificate, inventory.time_of(&certificate.id, now)));
    }
    for report in inventory
        .accounts
        .iter()
        .filter(|report| report.error.is_some())
    {
        table.push(failed_row(report));
    }
    if !table.is_empty() {
        let width = terminal.width.filter(|_| !options.wide);
        table.write(out, Terminal { width, ..terminal })?;
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(inventory, all))?;
    for report in &inventory.accounts {
        if report.coverage == Coverage::AttachedOnly {
            writeln!(
                out,
                "Note: {}/{} shows only certificates that are attached to something; the vendor lists no others.",
                report.provider,
                terminal::sanitize(&report.account)
            )?;
        }
    }
    warnings(out, inventory)
}

/// The most warnings that are shown below a table.
const WARNINGS: usize = 10;

/// What is odd about certificates, each with its address.
fn warnings(out: &mut impl Write, inventory: &Inventory) -> io::Result<()> {
    let all: Vec<(&Certificate, &Warning)> = inventory
        .certificates
        .iter()
        .flat_map(|certificate| {
            let warnings = certificate.warnings.iter();
            warnings.map(move |warning| (certificate, warning))
        })
        .collect();
    for (certificate, warning) in all.iter().take(WARNINGS) {
        writeln!(
            out,
            "Warning: {}: {}",
            terminal::sanitize(&certificate.id.to_string()),
            terminal::sanitize(&warning.message)
        )?;
    }
    if all.len() > WARNINGS {
        writeln!(out, "… and {} more warnings", all.len() - WARNINGS)?;
    }
    Ok(())
}

fn row(certificate: &Certificate, now: DateTime<Utc>) -> Vec<Cell> {
    let sha256: Vec<String> = certificate
        .contents
        .iter()
        .filter_map(|content| Some(format!("{:.12}", content.sha256?)))
        .collect();
    vec![
        certificate.id.provider.as_str().into(),
        (*certificate.id.account).into(),
        output::name(certificate).unwrap_or_default().into(),
        certificate.state.as_str().into(),
        output::whereabouts(certificate).into(),
        validity::cell(certificate.not_after, now),
        match sha256.as_slice() {
            [first, _, ..] => format!("{first} +{}", sha256.len() - 1).into(),
            _ => sha256.concat().into(),
        },
        certificate.id.native.as_str().into(),
    ]
}

/// An account that could not be read to its end.
fn failed_row(report: &AccountReport) -> Vec<Cell> {
    let kind = report
        .error
        .as_ref()
        .map_or("", |error| error.kind.as_str());
    let bad = |text: &str| Cell::new(text, Tone::Bad);
    vec![
        bad(report.provider.as_str()),
        bad(&report.account),
        bad(&kind.replace('_', " ")),
        bad("failed"),
        Cell::default(),
        Cell::default(),
        Cell::default(),
        Cell::default(),
    ]
}

fn summary(inventory: &Inventory, all: usize) -> String {
    let now = inventory.taken_at;
    let shown = inventory.certificates.len();
    let time = |c: &Certificate| inventory.time_of(&c.id, now);
    let expired = count(inventory, |c| c.is_expired(time(c)) == Some(true));
    let soon = count(inventory, |c| c.expires_within(time(c), SOON) == Some(true)) - expired;
    let accounts = |is: fn(&&AccountReport) -> bool| inventory.accounts.iter().filter(is).count();
    let failed = accounts(|report| report.error.is_some());
    let in_part = accounts(|report| report.error.is_none() && !report.complete);
    let read = inventory.accounts.len() - failed;
    let plural =
        |number: usize, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    let certificates = if shown == all {
        plural(shown, "certificate")
    } else {
        format!("{shown} of {}", plural(all, "certificate"))
    };
    let some = |number, what| match number {
        0 => String::new(),
        number => format!(", {number} {what}"),
    };
    let (in_part, failed) = (some(in_part, "of them not whole"), some(failed, "failed"));
    format!(
        "{certificates}, {expired} expired, {soon} expiring within {} days; {} read{in_part}{failed}",
        SOON.num_days(),
        plural(read, "account"),
    )
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

/// What could not be read of an account whose listing came to its end.
fn unread(report: &AccountReport) -> Vec<String> {
    let records = match report.unreadable {
        0 => None,
        1 => Some("1 record".to_owned()),
        several => Some(format!("{several} records")),
    };
    let scopes = report.unread_scopes.iter().map(ToString::to_string);
    records.into_iter().chain(scopes).collect()
}

/// Why an account is not complete, for stderr.
pub(crate) fn complaint(report: &AccountReport) -> Option<String> {
    if report.complete {
        return None;
    }
    let account = format!("{}/{}", report.provider, report.account);
    let listed = match report.certificates {
        0 => String::new(),
        some => format!(" after {some} certificates"),
    };
    let Some(error) = &report.error else {
        return Some(format!(
            "the account {account} could not be read whole: {}",
            unread(report).join(", ")
        ));
    };
    let advice = match error.kind {
        ErrorKind::Unauthenticated => "; check the account's secret",
        ErrorKind::PermissionDenied => "; give the credentials the right to read certificates",
        ErrorKind::Network | ErrorKind::Timeout => "; check the network and the account's base_url",
        ErrorKind::RateLimited => "; try again later",
        _ => "",
    };
    let wait = error
        .retry_after_seconds
        .map(|seconds| format!(" (the vendor asks to wait {seconds} s)"))
        .unwrap_or_default();
    Some(format!(
        "the account {account} could not be read{listed}: {}{wait}{advice}",
        output::error_about(error, &account)
    ))
}
