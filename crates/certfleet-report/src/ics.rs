//! A calendar of expiries: RFC 5545, one event for each certificate of each record.

use crate::{
    Record, Report,
    text::sanitize,
    words::{self, never_ends},
};
use certfleet::x509::Sha256;
use chrono::{DateTime, Datelike as _, Utc};
use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map::Entry},
};

/// A certificate of a record, whose end is an event.
struct Ending<'a> {
    record: &'a Record<'a>,
    sha256: Option<Sha256>,
    subject: Cow<'a, str>,
    end: DateTime<Utc>,
}

/// Writes a calendar with one event for the end of each certificate of each record, those of chains included.
///
/// The same report gives the same bytes. An event keeps its UID as long as its certificate is in its record: it is the
/// SHA-256 of provider, account, id and the certificate's SHA-256. What has no known end, or never ends, is left out.
/// What could not be read is in the calendar's description.
///
/// ```
/// use certfleet::{Certificate, CertificateContent, CertificateId, Inventory, ProviderId, Role};
/// use certfleet_report::{Report, ics};
///
/// let id = CertificateId::new(ProviderId::OPENAI, "production", "cert_1");
/// let mut one = Certificate::new(id, Role::ClientCa);
/// let mut content = CertificateContent::default();
/// content.not_after = Some("2027-02-03T04:05:06Z".parse()?);
/// one.contents.push(content);
/// let mut inventory = Inventory::new("2026-12-01T00:00:00Z".parse()?);
/// inventory.certificates.push(one.summarise());
///
/// let calendar = ics::calendar(&Report::new(&[inventory])?);
/// assert!(calendar.contains("\r\nDTSTART:20270203T040506Z\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn calendar(report: &Report<'_>) -> String {
    let mut lines = Lines(String::new());
    lines.add("BEGIN", "VCALENDAR");
    lines.add("VERSION", "2.0");
    lines.add("PRODID", "-//certfleet//certfleet//EN");
    lines.add("CALSCALE", "GREGORIAN");
    lines.add("NAME", "Certificates");
    lines.add("X-WR-CALNAME", "Certificates");
    lines.add("DESCRIPTION", &escaped(&about(report)));
    // Two contents of a record without a SHA-256 are not told apart: the one that ends first stands for both.
    let mut events = BTreeMap::new();
    for ending in report.records.iter().flat_map(endings) {
        match events.entry(ending.uid()) {
            Entry::Vacant(vacant) => {
                vacant.insert(ending);
            }
            Entry::Occupied(mut known) if ending.end < known.get().end => {
                known.insert(ending);
            }
            Entry::Occupied(_) => {}
        }
    }
    let mut events: Vec<_> = events.into_iter().collect();
    // Stable: those of one moment stay in the order of their UIDs.
    events.sort_by_key(|(_, ending)| ending.end);
    for (uid, ending) in &events {
        event(&mut lines, ending, uid);
    }
    lines.add("END", "VCALENDAR");
    lines.0
}

/// Content lines. Written here because the crate `icalendar` (0.17) writes lines of 76 octets.
struct Lines(String);

impl Lines {
    /// The most octets of a line, without its end.
    const LONGEST: usize = 75;

    /// Adds a property, folded between characters where it is too long for a line.
    fn add(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for character in name.chars().chain([':']).chain(value.chars()) {
            if octets + character.len_utf8() > Self::LONGEST {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(character);
            octets += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// Returns a text as a property's value.
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => value.push_str("\\n"),
            '\\' | ';' | ',' => value.extend(['\\', character]),
            character => value.push(character),
        }
    }
    value
}

/// Returns a moment as a property's value.
fn moment(time: DateTime<Utc>) -> String {
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

/// What the calendar holds, and what is missing from it.
fn about(report: &Report<'_>) -> String {
    let failures = report.gaps.iter().filter(|gap| gap.is_failure);
    let failures: Vec<_> = failures.map(|gap| sanitize(&gap.message)).collect();
    let mut text = report.summary();
    if !failures.is_empty() {
        text.push_str(". Events are missing: ");
        text.push_str(&failures.join("; "));
    }
    text
}

/// The certificates of a record whose ends are known, and are moments that a calendar can write.
fn endings<'a>(record: &'a Record<'a>) -> Vec<Ending<'a>> {
    let mut all = Vec::new();
    for content in &record.certificate.contents {
        let mut add = |sha256, subject, end: Option<DateTime<Utc>>| {
            let is_moment =
                |end: &DateTime<Utc>| (1..=9999).contains(&end.year()) && !never_ends(*end);
            if let Some(end) = end.filter(is_moment) {
                all.push(Ending {
                    record,
                    sha256,
                    subject,
                    end,
                });
            }
        };
        match &content.x509 {
            Some(x509) => add(
                Some(x509.sha256),
                x509.display_name(),
                x509.not_after.or(content.not_after),
            ),
            None => {
                let subject = content.reported.subject.as_deref().unwrap_or_default();
                add(content.sha256, subject.into(), content.not_after);
            }
        }
        for x509 in &content.chain {
            add(Some(x509.sha256), x509.display_name(), x509.not_after);
        }
    }
    all
}

impl Ending<'_> {
    /// Returns what stays the same as long as the certificate is in its record.
    fn uid(&self) -> String {
        let id = &self.record.certificate.id;
        let sha256 = self.sha256.map(|one| one.to_string()).unwrap_or_default();
        // An account's name holds no slash, so the address says where each part ends.
        let digest = Sha256::digest(format!("{id}\0{sha256}").as_bytes());
        format!("{digest}@certfleet")
    }
}

fn event(into: &mut Lines, ending: &Ending<'_>, uid: &str) {
    let certificate = ending.record.certificate;
    let (provider, account) = ending.record.account();
    let mut about = vec![
        format!("Address: {}", sanitize(&certificate.id.to_string())),
        format!("State: {}", certificate.state),
    ];
    let places = words::whereabouts(certificate);
    if !places.is_empty() {
        about.push(format!("Where: {}", sanitize(&places)));
    }
    if !ending.subject.is_empty() {
        about.push(format!("Subject: {}", sanitize(&ending.subject)));
    }
    about.extend(ending.sha256.map(|sha256| format!("SHA-256: {sha256}")));
    let name = ending.record.name();
    let summary = format!("{name} expires ({provider}/{account})");
    into.add("BEGIN", "VEVENT");
    into.add("UID", uid);
    into.add("DTSTAMP", &moment(ending.record.taken_at));
    into.add("DTSTART", &moment(ending.end));
    into.add("SUMMARY", &escaped(&sanitize(&summary)));
    into.add("DESCRIPTION", &escaped(&about.join("\n")));
    into.add("TRANSP", "TRANSPARENT");
    into.add("END", "VEVENT");
}
