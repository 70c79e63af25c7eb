//! What `inspect` shows of certificates in files and of servers.

use crate::{
    cli::FileColumn,
    exit::{self, Code},
    output::{
        self,
        csv::Rows,
        presented::Presented,
        record::Record,
        table::{Cell, Column, Table},
        validity,
    },
    terminal::{self, Terminal},
};
use certfleet::{
    reading::Threshold,
    x509::{Name, X509},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::io::{self, Write};

/// What `inspect --output json` prints.
#[derive(Serialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Inspection {
    /// Every certificate that could be read, in the order of the inputs.
    pub(crate) certificates: Vec<Found>,
    /// What stands in the same files, or in the same folders, and is not a certificate.
    pub(crate) others: Vec<Beside>,
    /// The servers that presented certificates, and whether those verify.
    pub(crate) servers: Vec<Presented>,
    /// What could not be read.
    pub(crate) failures: Vec<Unread>,
    /// How many files in folders hold nothing of the kind.
    pub(crate) files_without: usize,
    /// With `--expires-within`: how many certificates were read, of which `certificates` are those that end soon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) looked_at: Option<usize>,
}

/// A certificate in a file, or of a server.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Found {
    /// The file, `stdin`, or the server as `host:port`.
    pub(crate) source: String,
    /// Its number in the file, or in what the server presented, from 1.
    pub(crate) position: usize,
    #[serde(flatten)]
    pub(crate) x509: X509,
}

/// Something beside the certificates of a file. Nothing of its content is shown.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Beside {
    /// The file, or `stdin`.
    pub(crate) source: String,
    /// The line of a text file, from 1, where it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    /// What it is, such as `a private key (RSA PRIVATE KEY)`.
    pub(crate) what: String,
    /// Whether a certificate of the same source was read, shown or not.
    #[serde(skip)]
    pub(crate) has_certificate: bool,
}

/// A file or a server, or a part of one, that could not be read.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Unread {
    /// The file, `stdin`, or the server as `host:port`.
    pub(crate) source: String,
    /// The number of the certificate in it, from 1; absent where the whole of it is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<usize>,
    /// Why.
    pub(crate) message: String,
    /// Whether it is a server that could not be reached.
    #[serde(skip)]
    pub(crate) is_unreachable: bool,
}

/// One line of `inspect --output ndjson`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Line<'a> {
    /// A certificate.
    Certificate(&'a Found),
    /// Something beside the certificates.
    Other(&'a Beside),
    /// A server.
    Server(&'a Presented),
    /// Something that could not be read.
    Failure(&'a Unread),
}

/// The columns, unless others are chosen.
const COLUMNS: [FileColumn; 7] = [
    FileColumn::Source,
    FileColumn::Position,
    FileColumn::Subject,
    FileColumn::Issuer,
    FileColumn::Key,
    FileColumn::Expires,
    FileColumn::Sha256,
];

/// How a column is laid out. What tells certificates apart and when they end is never left out.
const fn layout(column: FileColumn) -> Column<'static> {
    match column {
        FileColumn::Source => Column::new("SOURCE").shrinks(20, 8),
        FileColumn::Position => Column::new("#"),
        FileColumn::Subject => Column::new("SUBJECT").shrinks(30, 8),
        FileColumn::Issuer => Column::new("ISSUER").shrinks(24, 8).left_out(1),
        FileColumn::Key => Column::new("KEY").shrinks(10, 4).left_out(4),
        FileColumn::Expires => Column::new("EXPIRES").in_brief(3),
        FileColumn::Sha256 => Column::new("SHA256").left_out(2),
    }
}

fn cell(column: FileColumn, found: &Found, now: DateTime<Utc>) -> Cell {
    let x509 = &found.x509;
    match column {
        FileColumn::Source => found.source.as_str().into(),
        FileColumn::Position => found.position.to_string().into(),
        FileColumn::Subject => x509.display_name().into(),
        FileColumn::Issuer if x509.self_issued => "itself".into(),
        FileColumn::Issuer => name_text(&x509.issuer).into(),
        FileColumn::Key => x509.public_key.to_string().into(),
        FileColumn::Expires => validity::cell(x509.not_after, now),
        FileColumn::Sha256 => format!("{:.12}", x509.sha256).into(),
    }
}

/// Writes the certificates as a table; with these columns, where some are chosen.
pub(crate) fn table(
    out: &mut impl Write,
    inspection: &Inspection,
    chosen: &[FileColumn],
    now: DateTime<Utc>,
    terminal: Terminal,
) -> io::Result<()> {
    let (columns, layout): (&[FileColumn], Vec<_>) = if chosen.is_empty() {
        (&COLUMNS, COLUMNS.map(layout).to_vec())
    } else {
        let stays = |column: &FileColumn| layout(*column).stays();
        (chosen, chosen.iter().map(stays).collect())
    };
    let mut table = Table::new(&layout);
    for found in &inspection.certificates {
        let cells = columns.iter().map(|column| cell(*column, found, now));
        table.push(cells.collect());
    }
    if !table.is_empty() {
        table.write(out, terminal)?;
        writeln!(out)?;
    }
    summary(out, inspection, now)
}

/// One line of numbers, then what else is there.
fn summary(out: &mut impl Write, inspection: &Inspection, now: DateTime<Utc>) -> io::Result<()> {
    let number = inspection.certificates.len();
    let plural = |number: usize| if number == 1 { "" } else { "s" };
    if let Some(all) = inspection.looked_at {
        write!(out, "{number} of ")?;
        write!(
            out,
            "{all} certificate{} ending within the time, ",
            plural(all)
        )?;
    } else {
        write!(out, "{number} certificate{}, ", plural(number))?;
    }
    let expired = inspection
        .certificates
        .iter()
        .filter(|found| status(&found.x509, None, now) == Code::Expired)
        .count();
    write!(
        out,
        "{expired} expired, {} unreadable",
        inspection.failures.len()
    )?;
    match inspection.files_without {
        0 => writeln!(out)?,
        files => writeln!(out, "; {files} file{} without a certificate", plural(files))?,
    }
    for text in remarks(inspection) {
        writeln!(out, "{}", terminal::sanitize(&text))?;
    }
    Ok(())
}

/// What has to be said besides the certificates, one text for each file and server.
pub(crate) fn remarks(inspection: &Inspection) -> Vec<String> {
    let servers = inspection.servers.iter().flat_map(Presented::texts);
    others(inspection).into_iter().chain(servers).collect()
}

/// The same without the verdicts that are good.
pub(crate) fn warnings(inspection: &Inspection) -> Vec<String> {
    let servers = inspection.servers.iter().flat_map(Presented::warnings);
    others(inspection).into_iter().chain(servers).collect()
}

/// What stands beside certificates, one text for each file.
fn others(inspection: &Inspection) -> Vec<String> {
    inspection
        .others
        .chunk_by(|one, next| one.source == next.source)
        .filter_map(|all| {
            let things: Vec<_> = all
                .iter()
                .map(|one| match one.line {
                    Some(line) => format!("{} on line {line}", one.what),
                    None => one.what.clone(),
                })
                .collect();
            let first = all.first()?;
            let also = if first.has_certificate { "also " } else { "" };
            Some(format!(
                "{} {also}holds {}, not shown here",
                first.source,
                things.join(", ")
            ))
        })
        .collect()
}

/// Leaves the certificates that have expired or expire within the time, and gives the exit code of the worst, as
/// `check` does.
pub(crate) fn keep_ending(
    inspection: &mut Inspection,
    within: Threshold,
    now: DateTime<Utc>,
) -> Code {
    let certificates = &mut inspection.certificates;
    inspection.looked_at = Some(certificates.len());
    certificates.retain(|found| status(&found.x509, Some(within), now) != Code::Done);
    let has = |code| {
        certificates
            .iter()
            .any(|found| status(&found.x509, Some(within), now) == code)
    };
    [Code::Expired, Code::Expiring]
        .into_iter()
        .find(|&code| has(code))
        .unwrap_or(Code::Done)
}

/// How near its end a certificate is, as `check` says it.
fn status(x509: &X509, within: Option<Threshold>, now: DateTime<Utc>) -> Code {
    let Some(end) = x509.not_after else {
        return within.map_or(Code::Done, |_| Code::Expiring);
    };
    if end <= now {
        return Code::Expired;
    }
    match within.map(|within| within.is_reached(x509.not_before, end, now)) {
        // What cannot be told is as bad.
        Some(Some(true) | None) => Code::Expiring,
        _ => Code::Done,
    }
}

/// Everything that is known of each.
pub(crate) fn details(
    out: &mut impl Write,
    inspection: &Inspection,
    now: DateTime<Utc>,
    terminal: Terminal,
) -> io::Result<()> {
    for (index, found) in inspection.certificates.iter().enumerate() {
        let mut record = Record::new(out, terminal);
        if index > 0 {
            record.gap()?;
        }
        record.title(&format!("{}, certificate {}", found.source, found.position))?;
        fields(&mut record, &found.x509, now)?;
    }
    for text in remarks(inspection) {
        writeln!(out, "\n{}", terminal::sanitize(&text))?;
    }
    Ok(())
}

/// The facts of a certificate.
pub(crate) fn fields<W: Write>(
    record: &mut Record<'_, W>,
    x509: &X509,
    now: DateTime<Utc>,
) -> io::Result<()> {
    record.field("subject", name_text(&x509.subject))?;
    record.field("issuer", name_text(&x509.issuer))?;
    record.field("serial", &x509.serial)?;
    let unknown = || "unknown".to_owned();
    let valid_from = x509.not_before.map_or_else(unknown, output::time);
    let valid_until = x509
        .not_after
        .map_or_else(unknown, |end| validity::text(end, now));
    record.field("valid from", valid_from)?;
    record.field("valid until", valid_until)?;
    record.field("names", names(x509))?;
    record.field("key", x509.public_key.to_string())?;
    record.field("signature", &x509.signature_algorithm)?;
    let path_length = x509
        .path_length
        .map(|length| format!(", path length {length}"));
    let ca = if x509.is_ca { "yes" } else { "no" };
    record.field("CA", format!("{ca}{}", path_length.unwrap_or_default()))?;
    record.maybe(
        "key usage",
        x509.key_usage.as_ref().map(|usage| usage.join(", ")),
    )?;
    record.maybe(
        "purposes",
        x509.extended_key_usage
            .as_ref()
            .map(|usage| usage.join(", ")),
    )?;
    record.field("SHA-256", x509.sha256.to_string())?;
    record.field("SHA-1", x509.sha1.to_string())?;
    record.field("key SHA-256", x509.spki_sha256.to_string())?;
    record.maybe("subject key id", x509.subject_key_id.as_ref())?;
    record.maybe("issuer key id", x509.authority_key_id.as_ref())?;
    for note in &x509.notes {
        record.field("note", note)?;
    }
    Ok(())
}

/// A name for people: an empty one says so.
fn name_text(name: &Name) -> String {
    if name.is_empty() {
        "(empty)".to_owned()
    } else {
        name.to_string()
    }
}

fn names(x509: &X509) -> String {
    let names = &x509.subject_alt_names;
    let all = [
        &names.dns,
        &names.ip,
        &names.email,
        &names.uri,
        &names.other,
    ];
    let all: Vec<_> = all.into_iter().flatten().map(String::as_str).collect();
    all.join(", ")
}

const CSV_COLUMNS: [&str; 13] = [
    "source",
    "position",
    "sha256",
    "sha1",
    "subject",
    "issuer",
    "serial",
    "not_before",
    "not_after",
    "key",
    "signature_algorithm",
    "is_ca",
    "names",
];

pub(crate) fn csv(out: &mut impl Write, inspection: &Inspection) -> exit::Result<()> {
    let mut rows = Rows::new(out, &CSV_COLUMNS)?;
    for found in &inspection.certificates {
        let x509 = &found.x509;
        let cells = [
            found.source.clone(),
            found.position.to_string(),
            x509.sha256.to_string(),
            x509.sha1.to_string(),
            x509.subject.to_string(),
            x509.issuer.to_string(),
            x509.serial.clone(),
            x509.not_before.map(output::time).unwrap_or_default(),
            x509.not_after.map(output::time).unwrap_or_default(),
            x509.public_key.to_string(),
            x509.signature_algorithm.to_string(),
            x509.is_ca.to_string(),
            names(x509),
        ];
        rows.push(cells.iter().map(String::as_str))?;
    }
    rows.finish()
}
