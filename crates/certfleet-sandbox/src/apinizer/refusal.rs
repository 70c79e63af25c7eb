//! What is answered where a request is refused.

use http::StatusCode;
use serde_json::json;

use super::behaviour::{ApinizerBehaviour, ErrorShape};
use super::routes::Operation;
use crate::reply::Reply;

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// 400, which is also what is not found and what is not permitted.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// A required part is missing.
    pub(crate) fn empty(field: &str) -> Self {
        Self::bad(format!("{field} value can not be empty!"))
    }

    /// The answer.
    pub(crate) fn reply(&self, behaviour: &ApinizerBehaviour, operation: Operation) -> Reply {
        let new = match behaviour.errors {
            ErrorShape::AsDocumented => {
                self.status == StatusCode::UNAUTHORIZED || operation == Operation::ImportFile
            }
            ErrorShape::Old => false,
            ErrorShape::New => true,
        };
        let body = if new {
            json!({ "status": "FAILURE", "resultMessage": self.message })
        } else {
            let error = match self.status {
                StatusCode::UNAUTHORIZED => "unauthorized_client",
                StatusCode::NOT_FOUND => "not_found",
                _ => "bad_request",
            };
            json!({ "error": error, "error_description": self.message })
        };
        Reply::json(self.status, &body)
    }
}
