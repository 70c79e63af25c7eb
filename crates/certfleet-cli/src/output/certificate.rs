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
    let materials = certificate.contents.len();
    if !certificate.placements.is_empty() {
        record.gap()?;
        record.title("placements")?;
        for placement in &certificate.placements {
            let text = placement_text(placement, materials);
            record.field(placement.state.as_str(), text)?;
        }
    }
    for (index, material) in certificate.contents.iter().enumerate() {
        let number = index + 1;
        record.gap()?;
        record.title(&format!("material {number} of {materials}"))?;
        material_fields(&mut record, material, now)?;
        for (index, x509) in material.chain.iter().enumerate() {
            record.gap()?;
            let position = index + 1;
            record.title(&format!("material {number}, chain certificate {position}"))?;
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
    record.maybe("created", certificate.created_at.map(output::time))?;
    record.maybe("updated", certificate.updated_at.map(output::time))?;
    record.maybe("uploaded", certificate.uploaded_at.map(output::time))
}

fn placement_text(placement: &Placement, contents: usize) -> String {
    let mut text = placement.scope.to_string();
    if let Some(alias) = &placement.alias {
        text.push_str(&format!(", alias {alias}"));
    }
    if let Some(material) = placement.content.filter(|_| materials > 1) {
        text.push_str(&format!(", material {}", material + 1));
    }
    if let Some(stated) = &placement.stated {
        text.push_str(&format!(", stated {stated}"));
    }
    text
}

fn material_fields<W: Write>(
    record: &mut Record<'_, W>,
    material: &CertificateContent,
    now: DateTime<Utc>,
) -> io::Result<()> {
    if let Some(x509) = &material.x509 {
        return inspection::fields(record, x509, now);
    }
    record.maybe("SHA-256", material.sha256.map(|sha256| sha256.to_string()))?;
    record.maybe("SHA-1", material.stated.sha1.as_ref())?;
    record.maybe("subject", material.stated.subject.as_ref())?;
    record.maybe("issuer", material.stated.issuer.as_ref())?;
    record.maybe("valid from", material.not_before.map(output::time))?;
    let valid_until = material.not_after.map(|end| validity::text(end, now));
    record.maybe("valid until", valid_until)?;
    record.field("content", "not read; these are the vendor's statements")
}
