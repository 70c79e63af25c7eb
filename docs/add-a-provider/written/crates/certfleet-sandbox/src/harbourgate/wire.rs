//! Harbourgate's bodies.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::certificate::Certificate;
use crate::certificates::pem::Layout;

/// A certificate, with its content or without.
pub(crate) fn certificate(one: &Certificate, content: bool) -> Value {
    json!({
        "id": one.id,
        "name": one.name,
        "pem": content.then(|| one.certificate.pem(Layout::Lines)),
        "expires_at": date(one.certificate.not_after),
        "created_at": date(one.created_at),
        "status": "trusted",
    })
}

/// A page of a list.
pub(crate) fn page(items: &[Value], page: usize, pages: usize, total: usize) -> Value {
    json!({ "items": items, "page": page, "pages": pages, "total": total })
}

fn date(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
