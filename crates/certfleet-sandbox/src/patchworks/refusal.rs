//! What is answered where a request is refused.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::json;

use super::behaviour::{PatchworksBehaviour, Refusals};
use crate::reply::Reply;

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    message: String,
    errors: Option<BTreeMap<String, Vec<String>>>,
    retry_after: Option<i64>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: None,
            retry_after: None,
        }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn too_many(seconds: i64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Attempts.")
        }
    }

    /// One field is not right.
    pub(crate) fn field(field: &str, message: &str) -> Self {
        Self::fields(vec![(field.to_owned(), message.to_owned())])
    }

    /// These fields are not right.
    pub(crate) fn fields(faults: Vec<(String, String)>) -> Self {
        let mut message = faults
            .first()
            .map(|(_, text)| text.clone())
            .unwrap_or_default();
        match faults.len() {
            0 | 1 => {}
            2 => message.push_str(" (and 1 more error)"),
            more => message.push_str(&format!(" (and {} more errors)", more - 1)),
        }
        let mut errors = BTreeMap::<String, Vec<String>>::new();
        for (field, text) in faults {
            errors.entry(field).or_default().push(text);
        }
        Self {
            errors: Some(errors),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
        }
    }

    /// The answer.
    pub(crate) fn reply(&self, behaviour: &PatchworksBehaviour, accepts_json: bool) -> Reply {
        let reply = if behaviour.html_without_accept && !accepts_json {
            let title = self.status.canonical_reason().unwrap_or("Error");
            let page = format!(
                "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{title}</body></html>\n"
            );
            Reply::with(self.status, "text/html; charset=UTF-8", page)
        } else if self.errors.is_none() && behaviour.refusals == Refusals::Empty {
            Reply::empty(self.status)
        } else {
            let mut body = json!({ "message": self.message });
            if let (Some(errors), Some(body)) = (&self.errors, body.as_object_mut()) {
                body.insert("errors".to_owned(), json!(errors));
            }
            Reply::json(self.status, &body)
        };
        match self.retry_after {
            Some(seconds) => reply.header("retry-after", seconds.to_string()),
            None => reply,
        }
    }
}
