//! What the page shows of one record when it is opened: data for its script.

use crate::{Record, Report, text::sanitize, words};
use certfleet::{
    Certificate, CertificateContent, Origin, Placement,
    x509::{AltNames, PublicKey, X509},
};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A name and its text.
type Fact = (&'static str, String);

/// One record. The script shows names and texts, and knows nothing of what they mean.
#[derive(Serialize)]
struct Details {
    facts: Vec<Fact>,
    certificates: Vec<Part>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// One certificate of a record.
#[derive(Serialize)]
struct Part {
    title: String,
    facts: Vec<Fact>,
}

/// Returns the details of every record, in their order, as JSON that can stand inside of a script element.
pub(super) fn json(report: &Report<'_>) -> String {
    let all: Vec<_> = report.records.iter().map(details).collect();
    // Texts and lists always have a JSON.
    let json = serde_json::to_string(&all).unwrap_or_else(|_| "[]".to_owned());
    inside_script(&json)
}

/// Writes what could end the element, or begin a comment in it, as escapes. Both stand in JSON's strings only.
fn inside_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e")
}

fn details(record: &Record<'_>) -> Details {
    let certificate = record.certificate;
    let contents = certificate.contents.iter().enumerate();
    let warnings = certificate.warnings.iter();
    Details {
        facts: facts(certificate),
        certificates: contents
            .flat_map(|(index, content)| parts(certificate, index, content))
            .collect(),
        warnings: warnings
            .map(|warning| sanitize(&warning.message).into_owned())
            .collect(),
    }
}

/// Facts that have a text, made harmless.
fn stated(facts: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Vec<Fact> {
    facts
        .into_iter()
        .filter_map(|(name, text)| Some((name, sanitize(&text?).into_owned())))
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

fn facts(certificate: &Certificate) -> Vec<Fact> {
    let origin = match &certificate.origin {
        Origin::Uploaded => "uploaded".to_owned(),
        Origin::ProviderManaged => "provider_managed".to_owned(),
        Origin::Unknown(text) => text.clone().unwrap_or_else(|| "unknown".to_owned()),
        _ => "unknown".to_owned(),
    };
    let places: Vec<_> = certificate.placements.iter().map(place).collect();
    stated([
        ("Address", Some(certificate.id.to_string())),
        ("Description", certificate.description.clone()),
        ("Role", Some(certificate.role.to_string())),
        ("Origin", Some(origin)),
        ("Places", Some(places.join(", "))),
        (
            "In use",
            certificate
                .in_use
                .map(|is| if is { "yes" } else { "no" }.to_owned()),
        ),
        ("Created", certificate.created_at.map(words::time)),
        ("Uploaded", certificate.uploaded_at.map(words::time)),
        ("Changed", certificate.updated_at.map(words::time)),
        (
            "Ends first",
            certificate.ends_first().map(|one| one.to_string()),
        ),
    ])
}

fn place(placement: &Placement) -> String {
    let mut text = format!("{}: {}", placement.scope, placement.state);
    if let Some(alias) = &placement.alias {
        text.push_str(&format!(" as {alias}"));
    }
    text
}

/// The certificates of a content; one without facts of its own where it was not read.
fn parts(certificate: &Certificate, index: usize, content: &CertificateContent) -> Vec<Part> {
    let places = certificate.placements.iter();
    let places: Vec<_> = places
        .filter(|placement| placement.content == Some(index))
        .map(|placement| placement.scope.to_string())
        .collect();
    let of = match places.as_slice() {
        [] => String::new(),
        places => format!(" in {}", places.join(", ")),
    };
    let all = content.certificates().count();
    if all == 0 {
        let title = format!("Certificate{of}, as the vendor reports it");
        return vec![Part {
            title: sanitize(&title).into_owned(),
            facts: reported(content),
        }];
    }
    let certificates = content.certificates().enumerate();
    certificates
        .map(|(position, x509)| {
            let title = match all {
                1 => format!("Certificate{of}"),
                all => format!("Certificate {} of {all}{of}", position + 1),
            };
            Part {
                title: sanitize(&title).into_owned(),
                facts: of_x509(x509),
            }
        })
        .collect()
}

fn reported(content: &CertificateContent) -> Vec<Fact> {
    let reported = &content.reported;
    stated([
        ("Subject", reported.subject.clone()),
        ("Issuer", reported.issuer.clone()),
        ("Valid", validity(content.not_before, content.not_after)),
        (
            "SHA-256",
            content
                .sha256
                .map(|one| one.to_string())
                .or_else(|| reported.sha256.clone()),
        ),
        ("SHA-1", reported.sha1.clone()),
    ])
}

fn of_x509(x509: &X509) -> Vec<Fact> {
    stated([
        ("Subject", Some(x509.subject.to_string())),
        ("Issuer", Some(x509.issuer.to_string())),
        ("Names", Some(names(&x509.subject_alt_names))),
        ("Valid", validity(x509.not_before, x509.not_after)),
        ("Serial", Some(x509.serial.clone())),
        ("Key", Some(key(&x509.public_key))),
        ("Signature", Some(x509.signature_algorithm.to_string())),
        ("CA", Some(if x509.is_ca { "yes" } else { "no" }.to_owned())),
        ("SHA-256", Some(x509.sha256.to_string())),
        ("SHA-1", Some(x509.sha1.to_string())),
        ("Key SHA-256", Some(x509.spki_sha256.to_string())),
        ("Notes", Some(x509.notes.join("; "))),
    ])
}

/// Every alternative name, host names first.
fn names(names: &AltNames) -> String {
    let kinds = [
        &names.dns,
        &names.ip,
        &names.email,
        &names.uri,
        &names.other,
    ];
    let all: Vec<_> = kinds.into_iter().flatten().map(String::as_str).collect();
    all.join(", ")
}

fn key(key: &PublicKey) -> String {
    match (&key.curve, key.bits) {
        (Some(_), Some(_)) => format!("{} {key}", key.algorithm),
        _ => key.to_string(),
    }
}

fn validity(begin: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> Option<String> {
    let time = |at: Option<DateTime<Utc>>| at.map_or_else(|| "unknown".to_owned(), words::time);
    (begin.is_some() || end.is_some()).then(|| format!("{} to {}", time(begin), time(end)))
}
