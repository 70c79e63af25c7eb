//! OpenAI's bodies.

use serde::Serialize;
use serde_json::{Value, json};

use super::certificate::Certificate;

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
