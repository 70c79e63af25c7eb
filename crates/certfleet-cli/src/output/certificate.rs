//! What `get` shows of one record.

use crate::{
    output::{self, inspection, json::word, record::Record, validity},
    terminal::Terminal,
};
use certfleet::{Certificate, CertificateContent, Placement};
use chrono::{DateTime, Utc};
use std::io::{self, Write};

/// Writes everything that is known of one record.
pub(crate) fn text(
    out: &mut impl Write,
    certificate: &Certificate,
    now: DateTime<Utc>,
    terminal: Terminal,
) -> io::Result<()> {
    let mut record = Record::new(out, terminal);
    fields(&mut record, certificate, now)?;
    let contents = certificate.contents.len();
    if !certificate.placements.is_empty() {
        record.gap()?;
        record.title("placements")?;
        for placement in &certificate.placements {
            let text = placement_text(placement, contents);
            record.field(placement.state.as_str(), text)?;
        }
    }
    for (index, content) in certificate.contents.iter().enumerate() {
        let number = index + 1;
        record.gap()?;
        record.title(&format!("content {number} of {contents}"))?;
        content_fields(&mut record, content, now)?;
        for (index, x509) in content.chain.iter().enumerate() {
            record.gap()?;
            let position = index + 1;
            record.title(&format!("content {number}, chain certificate {position}"))?;
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

fn fields<W: Write>(
    record: &mut Record<'_, W>,
    certificate: &Certificate,
    now: DateTime<Utc>,
) -> io::Result<()> {
    record.title(&certificate.id.to_string())?;
    record.maybe("name", certificate.name.as_ref())?;
    record.maybe("description", certificate.description.as_ref())?;
    record.field("state", certificate.state.as_str())?;
    let yes_or_no = |yes| if yes { "yes" } else { "no" };
    record.maybe("in use", certificate.in_use.map(yes_or_no))?;
    record.field("role", word(&certificate.role))?;
    record.field("origin", word(&certificate.origin))?;
    record.maybe("valid from", certificate.not_before.map(output::time))?;
    let valid_until = certificate.not_after.map(|end| validity::text(end, now));
    record.maybe("valid until", valid_until)?;
    let member = certificate.ends_first().map(|one| one.to_string());
    record.maybe("ends first", member)?;
    record.maybe("created", certificate.created_at.map(output::time))?;
    record.maybe("updated", certificate.updated_at.map(output::time))?;
    record.maybe("uploaded", certificate.uploaded_at.map(output::time))
}

fn placement_text(placement: &Placement, contents: usize) -> String {
    let mut text = placement.scope.to_string();
    if let Some(alias) = &placement.alias {
        text.push_str(&format!(", alias {alias}"));
    }
    if let Some(content) = placement.content.filter(|_| contents > 1) {
        text.push_str(&format!(", content {}", content + 1));
    }
    if let Some(reported) = &placement.reported {
        text.push_str(&format!(", reported {reported}"));
    }
    text
}

fn content_fields<W: Write>(
    record: &mut Record<'_, W>,
    content: &CertificateContent,
    now: DateTime<Utc>,
) -> io::Result<()> {
    if let Some(x509) = &content.x509 {
        return inspection::fields(record, x509, now);
    }
    record.maybe("SHA-256", content.sha256.map(|sha256| sha256.to_string()))?;
    record.maybe("SHA-1", content.reported.sha1.as_ref())?;
    record.maybe("subject", content.reported.subject.as_ref())?;
    record.maybe("issuer", content.reported.issuer.as_ref())?;
    record.maybe("valid from", content.not_before.map(output::time))?;
    let valid_until = content.not_after.map(|end| validity::text(end, now));
    record.maybe("valid until", valid_until)?;
    record.field("content", "not read; these are the vendor's statements")
}
