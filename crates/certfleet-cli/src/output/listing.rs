//! What `list` and `get` show of records and accounts.

use crate::{
    cli::List,
    duration, exit, output,
    output::{
        csv::Rows,
        inspection,
        record::Record,
        table::{Cell, Column, Table, Tone},
    },
    terminal::{self, Terminal},
};
use certfleet::{
    AccountReport, Certificate, Coverage, ErrorKind, Inventory, ProviderId, Warning,
};
use chrono::{DateTime, TimeDelta, Utc};
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

const COLUMNS: [Column; 8] = [
    Column::new("PROVIDER").shrinks(10, 4).left_out(5),
    Column::new("ACCOUNT").shrinks(16, 4).left_out(4),
    Column::new("NAME").shrinks(20, 6),
    Column::new("STATE").shrinks(12, 4),
    Column::new("WHERE").shrinks(16, 6).left_out(3),
    Column::new("EXPIRES").shrinks(24, 10),
    Column::new("SHA256").left_out(2),
    Column::new("ID").left_out(1),
];

/// The days before an expiry in which it is soon.
const SOON: TimeDelta = TimeDelta::days(30);

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
    for report in inventory.accounts.iter().filter(|report| !report.complete) {
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
                terminal::neutral(&report.account)
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
            terminal::neutral(&certificate.id.to_string()),
            terminal::neutral(&warning.message)
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
        .filter_map(|material| Some(format!("{:.12}", material.sha256?)))
        .collect();
    vec![
        certificate.id.provider.as_str().into(),
        (*certificate.id.account).into(),
        output::name(certificate).unwrap_or_default().into(),
        certificate.state.as_str().into(),
        output::whereabouts(certificate).into(),
        expiry(certificate.not_after, now),
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

/// An end of validity: the day, and how far it is.
pub(crate) fn expiry(end: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Cell {
    let Some(end) = end else {
        return Cell::new("unknown", Tone::Soon);
    };
    if output::never_ends(end) {
        return "never".into();
    }
    let left = end.signed_duration_since(now);
    let tone = if left <= TimeDelta::zero() {
        Tone::Bad
    } else if left <= SOON {
        Tone::Soon
    } else {
        Tone::Plain
    };
    let text = format!(
        "{} {}",
        end.format("%Y-%m-%d"),
        duration::relative(end, now)
    );
    Cell::new(&text, tone)
}

fn summary(inventory: &Inventory, all: usize) -> String {
    let now = inventory.taken_at;
    let shown = inventory.certificates.len();
    let time = |c: &Certificate| inventory.time_of(&c.id, now);
    let expired = count(inventory, |c| c.is_expired(time(c)) == Some(true));
    let soon = count(inventory, |c| c.expires_within(time(c), SOON) == Some(true)) - expired;
    let failed = inventory
        .accounts
        .iter()
        .filter(|report| !report.complete)
        .count();
    let read = inventory.accounts.len() - failed;
    let plural =
        |number: usize, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    let certificates = if shown == all {
        plural(shown, "certificate")
    } else {
        format!("{shown} of {}", plural(all, "certificate"))
    };
    let failed = match failed {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    };
    format!(
        "{certificates}, {expired} expired, {soon} expiring within {} days; {} read{failed}",
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
        return Some(format!("the account {account} could not be read{listed}"));
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
        error.message
    ))
}

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
        each(&|material| Some(material.sha256?.to_string())),
        each(&|material| Some(material.x509.as_ref()?.subject.to_string())),
        each(&|material| Some(material.x509.as_ref()?.issuer.to_string())),
        each(&|material| Some(material.x509.as_ref()?.serial.clone())),
        each(&|material| Some(material.x509.as_ref()?.public_key.to_string())),
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
    let mut put = |column: &str, text: String| {
        let named = CSV_COLUMNS
            .iter()
            .zip(&mut cells)
            .find(|(name, _)| **name == column);
        if let Some((_, cell)) = named {
            *cell = text;
        }
    };
    put("type", "account".to_owned());
    put("provider", report.provider.to_string());
    put("account", report.account.clone());
    put("complete", report.complete.to_string());
    put("coverage", word(&report.coverage));
    put("certificates", report.certificates.to_string());
    let warnings: Vec<_> = report.warnings.iter().map(ToString::to_string).collect();
    put("warnings", warnings.join("; "));
    if let Some(error) = &report.error {
        put("error_kind", error.kind.as_str().to_owned());
        put("error", error.message.clone());
    }
    cells
}

/// The word that a value has in JSON, so that all forms of output use the same.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(map)) => {
            map.into_iter()
                .next()
                .map_or(String::new(), |(word, inner)| {
                    inner
                        .as_str()
                        .map_or(word.clone(), |inner| format!("{word}: {inner}"))
                })
        }
        _ => String::new(),
    }
}

/// Writes everything that is known of one record.
pub(crate) fn record(
    out: &mut impl Write,
    certificate: &Certificate,
    now: DateTime<Utc>,
    terminal: Terminal,
) -> io::Result<()> {
    let mut record = Record::new(out, terminal);
    record.title(&certificate.id.to_string())?;
    record.maybe("name", certificate.name.as_ref())?;
    record.maybe("description", certificate.description.as_ref())?;
    record.field("state", certificate.state.as_str())?;
    record.maybe(
        "in use",
        certificate
            .in_use
            .map(|in_use| if in_use { "yes" } else { "no" }),
    )?;
    record.field("role", word(&certificate.role))?;
    record.field("origin", word(&certificate.origin))?;
    record.maybe("valid from", certificate.not_before.map(output::time))?;
    record.maybe(
        "valid until",
        certificate.not_after.map(|end| inspection::until(end, now)),
    )?;
    record.maybe("created", certificate.created_at.map(output::time))?;
    record.maybe("updated", certificate.updated_at.map(output::time))?;
    record.maybe("uploaded", certificate.uploaded_at.map(output::time))?;
    if !certificate.placements.is_empty() {
        record.gap()?;
        record.title("placements")?;
        for placement in &certificate.placements {
            let mut text = placement.scope.to_string();
            if let Some(alias) = &placement.alias {
                text.push_str(&format!(", alias {alias}"));
            }
            if let Some(material) = placement
                .content
                .filter(|_| certificate.contents.len() > 1)
            {
                text.push_str(&format!(", material {}", material + 1));
            }
            if let Some(stated) = &placement.stated {
                text.push_str(&format!(", stated {stated}"));
            }
            record.field(placement.state.as_str(), text)?;
        }
    }
    for (index, material) in certificate.contents.iter().enumerate() {
        record.gap()?;
        record.title(&format!(
            "material {} of {}",
            index + 1,
            certificate.contents.len()
        ))?;
        match &material.x509 {
            Some(x509) => inspection::fields(&mut record, x509, now)?,
            None => {
                record.maybe("SHA-256", material.sha256.map(|sha256| sha256.to_string()))?;
                record.maybe("SHA-1", material.stated.sha1.as_ref())?;
                record.maybe("subject", material.stated.subject.as_ref())?;
                record.maybe("issuer", material.stated.issuer.as_ref())?;
                record.maybe("valid from", material.not_before.map(output::time))?;
                record.maybe(
                    "valid until",
                    material.not_after.map(|end| inspection::until(end, now)),
                )?;
                record.field("content", "not read; these are the vendor's statements")?;
            }
        }
        for (number, x509) in material.chain.iter().enumerate() {
            record.gap()?;
            record.title(&format!(
                "material {}, chain certificate {}",
                index + 1,
                number + 1
            ))?;
            inspection::fields(&mut record, x509, now)?;
        }
    }
    if !certificate.warnings.is_empty() {
        record.gap()?;
        record.title("warnings")?;
        for warning in &certificate.warnings {
            record.field("-", &warning.message)?;
        }
    }
    Ok(())
}
