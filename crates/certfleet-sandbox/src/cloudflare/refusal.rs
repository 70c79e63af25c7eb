//! What is answered where a request is refused.

use http::StatusCode;
use serde_json::{Value, json};

use super::behaviour::CloudflareBehaviour;
use crate::reply::Reply;

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: u32,
    message: String,
    chain: Option<(u32, &'static str)>,
    about_auth: bool,
    retry_after: Option<i64>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            chain: None,
            about_auth: false,
            retry_after: None,
        }
    }

    /// 400.
    pub(crate) fn bad(code: u32, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// Too many requests.
    pub(crate) fn too_many(seconds: i64) -> Self {
        let text = "Please wait and consider throttling your request speed";
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, 971, text)
        }
    }

    /// A header that is not what it should be.
    pub(crate) fn header(code: u32, message: &'static str) -> Self {
        Self {
            chain: Some((code, message)),
            ..Self::bad(6003, "Invalid request headers").auth()
        }
    }

    /// About authentication.
    pub(crate) fn auth(self) -> Self {
        Self {
            about_auth: true,
            ..self
        }
    }

    /// The answer.
    pub(crate) fn reply(&self, behaviour: &CloudflareBehaviour) -> Reply {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let (Some((code, message)), Some(error)) = (self.chain, error.as_object_mut()) {
            error.insert(
                "error_chain".to_owned(),
                json!([{ "code": code, "message": message }]),
            );
        }
        let mut body = json!({ "success": false, "errors": [error] });
        if let (false, Some(body)) = (
            self.about_auth && behaviour.short_auth_errors,
            body.as_object_mut(),
        ) {
            body.insert("messages".to_owned(), json!([]));
            body.insert("result".to_owned(), Value::Null);
        }
        let reply = Reply::json(self.status, &body);
        match self.retry_after {
            Some(seconds) => reply.header("retry-after", seconds.to_string()),
            None => reply,
        }
    }
}
