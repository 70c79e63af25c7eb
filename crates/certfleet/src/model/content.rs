//! One X.509 content of a record.

use super::{Warning, WarningKind, stated};
use certfleet_http::{REDACTED, Timestamp};
use certfleet_x509::{Sha1, Sha256, X509};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One distinct X.509 content: the unit of identity and expiry. What the certificate itself says
/// counts; what the vendor reports is kept beside it.
///
/// ```
/// use certfleet::{CertificateContent, x509::X509};
///
/// fn subject(content: &CertificateContent) -> Option<String> {
///     // Known where the content was read; otherwise only what the vendor reports.
///     let of = |x509: &X509| x509.subject.to_string();
///     content.x509.as_deref().map(of).or_else(|| content.reported.subject.clone())
/// }
/// assert_eq!(subject(&CertificateContent::default()), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CertificateContent {
    /// SHA-256 of the DER, computed where the content is known, otherwise as the vendor reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// Begin of validity of its first certificate, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// End of validity of its first certificate, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
    /// What the vendor reports of the content.
    #[serde(default, skip_serializing_if = "Reported::is_empty")]
    pub reported: Reported,
    /// What the certificate itself says, where its content is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x509: Option<Box<X509>>,
    /// The certificates that follow it in the same content, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<X509>,
}

/// What a vendor reports of a content, beside or instead of the content.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Reported {
    /// Begin of validity: OpenAI `valid_at`, Apinizer `startDate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// End of validity: OpenAI `expires_at`, Cloudflare `expires_on`, Apinizer `endDate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
    /// SHA-256, as text: Cloudflare `fingerprint`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// SHA-1, as text: Apinizer `sha1Thumbprint`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha1: Option<String>,
    /// Subject, as text: Apinizer `subjectDn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Issuer, as text: Cloudflare `issuer_raw`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

impl Reported {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn without_empty_texts(self) -> Self {
        let text = |text| stated(text, String::as_str);
        Self {
            sha256: text(self.sha256),
            sha1: text(self.sha1),
            subject: text(self.subject),
            issuer: text(self.issuer),
            ..self
        }
    }
}

impl CertificateContent {
    /// Joins what the vendor reports with the content, where it came, and adds a warning where they
    /// disagree. `what` names the content in warnings: `certificate`, `environment production`.
    pub fn read(
        reported: Reported,
        content: Option<&str>,
        what: &str,
        warnings: &mut Vec<Warning>,
    ) -> Self {
        let reported = reported.without_empty_texts();
        let mut chain = match stated(content, |text| text) {
            None => Vec::new(),
            Some(REDACTED) => {
                warnings.push(Warning::new(
                    WarningKind::ContentWithheld,
                    format!("the content of {what} was not kept: it may hold a private key"),
                ));
                Vec::new()
            }
            Some(text) => contents(text, what, warnings),
        };
        let x509 = (!chain.is_empty()).then(|| Box::new(chain.remove(0)));
        if let Some(x509) = &x509 {
            compare(&reported, x509, what, warnings);
        }
        Self {
            sha256: match &x509 {
                Some(x509) => Some(x509.sha256),
                None => reported
                    .sha256
                    .as_deref()
                    .and_then(|text| text.parse().ok()),
            },
            not_before: x509
                .as_ref()
                .and_then(|x| x.not_before)
                .or(reported.not_before),
            not_after: x509
                .as_ref()
                .and_then(|x| x.not_after)
                .or(reported.not_after),
            reported,
            x509,
            chain,
        }
    }
}

/// Every certificate of a content; what cannot be read is a warning.
fn contents(text: &str, what: &str, warnings: &mut Vec<Warning>) -> Vec<X509> {
    let mut unreadable = |error: &dyn std::fmt::Display| {
        warnings.push(Warning::new(
            WarningKind::UnreadableContent,
            format!("the content of {what} could not be read: {error}"),
        ));
    };
    match certfleet_x509::read(text.as_bytes()) {
        Err(error) => {
            unreadable(&error);
            Vec::new()
        }
        Ok(entries) => entries
            .into_iter()
            .filter_map(|entry| entry.certificate.map_err(|error| unreadable(&error)).ok())
            .collect(),
    }
}

/// Adds a warning where the vendor reports something else than the certificate says.
fn compare(reported: &Reported, x509: &X509, what: &str, warnings: &mut Vec<Warning>) {
    for (name, reported, actual) in [
        ("begins", reported.not_before, x509.not_before),
        ("ends", reported.not_after, x509.not_after),
    ] {
        let Some(actual) = actual else { continue };
        // Vendors round to whole seconds or drop milliseconds.
        if reported
            .is_some_and(|reported| (reported - actual).abs() >= chrono::TimeDelta::seconds(1))
        {
            warnings.push(Warning::new(
                WarningKind::ValidityMismatch,
                format!(
                    "the vendor states another validity of {what}: the certificate {name} at {actual}"
                ),
            ));
        }
    }
    let other_sha256 = reported
        .sha256
        .as_deref()
        .is_some_and(|text| text.parse::<Sha256>().ok() != Some(x509.sha256));
    let other_sha1 = reported
        .sha1
        .as_deref()
        .is_some_and(|text| text.parse::<Sha1>().ok() != Some(x509.sha1));
    if other_sha256 || other_sha1 {
        warnings.push(Warning::new(
            WarningKind::FingerprintMismatch,
            format!("the vendor states another fingerprint of {what} than its content has"),
        ));
    }
}

/// Reads a vendor's date. What cannot be read, or had to be assumed, is added as a warning.
pub fn read_date(
    text: Option<&Timestamp>,
    what: &str,
    warnings: &mut Vec<Warning>,
) -> Option<DateTime<Utc>> {
    let text = stated(text, |text| text.as_str())?;
    let utc = text.utc();
    if utc.is_none() || !text.has_offset() {
        let shown: String = text.as_str().chars().take(60).collect();
        warnings.push(Warning::new(
            WarningKind::UnreadableTime,
            match utc {
                None => format!("{what} is not a date that can be read: {shown:?}"),
                Some(_) => format!("{what} names no time zone and was taken as UTC: {shown:?}"),
            },
        ));
    }
    utc
}
