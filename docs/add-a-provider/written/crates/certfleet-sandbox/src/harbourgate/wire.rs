//! Harbourgate's bodies.

use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde_json::{Value, json};

use super::state::Certificate;
use crate::certificates::pem::Layout;
use crate::reply::Reply;

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

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    retry_after: Option<i64>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self {
            status,
            code,
            message,
            retry_after: None,
        }
    }

    pub(crate) fn not_found(message: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(crate) fn invalid(message: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
    }

    pub(crate) fn too_many(seconds: i64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                "Too many requests.",
            )
        }
    }

    /// The answer.
    pub(crate) fn reply(&self) -> Reply {
        let error = json!({ "code": self.code, "message": self.message });
        let reply = Reply::json(self.status, &json!({ "error": error }));
        match self.retry_after {
            Some(seconds) => reply.header("retry-after", seconds.to_string()),
            None => reply,
        }
    }
}
