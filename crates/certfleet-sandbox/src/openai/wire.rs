//! OpenAI's bodies.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::state::Certificate;
use crate::reply::Reply;

/// Which object a certificate is shown as.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shown<'a> {
    /// By itself, with or without its content.
    Alone { content: bool },
    /// At the organization.
    Organization,
    /// At this project.
    Project { id: &'a str, inherited: bool },
}

#[derive(Serialize)]
struct CertificateBody<'a> {
    object: &'static str,
    id: &'a str,
    name: Option<&'a str>,
    created_at: i64,
    certificate_details: Details<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
}

#[derive(Serialize)]
struct Details<'a> {
    valid_at: i64,
    expires_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
}

/// A certificate.
pub(crate) fn certificate(certificate: &Certificate, shown: Shown<'_>) -> Value {
    let (object, active, content) = match shown {
        Shown::Alone { content } => ("certificate", None, content),
        Shown::Organization => ("organization.certificate", Some(certificate.active), false),
        Shown::Project { id, inherited } => {
            let active = certificate.projects.contains(id) || (inherited && certificate.active);
            ("organization.project.certificate", Some(active), false)
        }
    };
    json!(CertificateBody {
        object,
        id: &certificate.id,
        name: certificate.name.as_deref(),
        created_at: certificate.created_at.timestamp(),
        certificate_details: Details {
            valid_at: certificate.valid_at.timestamp(),
            expires_at: certificate.expires_at.timestamp(),
            content: content.then_some(certificate.pem.as_str()),
        },
        active,
    })
}

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) kind: &'static str,
    pub(crate) param: Option<String>,
    pub(crate) code: Option<&'static str>,
    /// Seconds.
    pub(crate) retry_after: Option<i64>,
}

impl Refusal {
    /// The request is not right.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
            kind: "invalid_request_error",
            param: None,
            code: None,
            retry_after: None,
        }
    }

    /// With this status.
    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// About this parameter.
    pub(crate) fn param(self, param: impl Into<String>) -> Self {
        Self {
            param: Some(param.into()),
            ..self
        }
    }

    /// With this code.
    pub(crate) fn code(self, code: &'static str) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }

    /// The answer.
    pub(crate) fn reply(&self) -> Reply {
        let body = json!({ "error": {
            "message": self.message, "type": self.kind, "param": self.param, "code": self.code,
        }});
        let reply = Reply::json(self.status, &body);
        match self.retry_after {
            Some(seconds) => reply.header("retry-after", seconds.to_string()),
            None => reply,
        }
    }
}
