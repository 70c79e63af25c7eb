//! Cloudflare's bodies.

use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::behaviour::CloudflareBehaviour;
use super::state::{Binding, Certificate};
use crate::moment::Moment;
use crate::reply::Reply;

const UNSET: &str = "0001-01-01T00:00:00Z";

#[derive(Serialize)]
struct CertificateBody<'a> {
    id: &'a str,
    binding_status: &'static str,
    certificate: String,
    created_at: String,
    expires_on: String,
    fingerprint: String,
    in_use: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer_org: Option<&'a str>,
    issuer_raw: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uploaded_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    qs_pack_id: Option<String>,
}

/// A certificate.
pub(crate) fn certificate(
    certificate: &Certificate,
    behaviour: &CloudflareBehaviour,
    moment: Moment,
) -> Value {
    let binding = certificate.binding.at(moment.now);
    let extras = behaviour.live_extras;
    let uploaded_on = match certificate.custom {
        true => Some(time(certificate.created_at)),
        false => extras.then(|| UNSET.to_owned()),
    };
    json!(CertificateBody {
        id: &certificate.id,
        binding_status: if behaviour.says_active && binding == Binding::Available {
            "active"
        } else {
            binding.text()
        },
        certificate: certificate.x509.pem(certificate.layout),
        created_at: time(certificate.created_at),
        expires_on: time(certificate.x509.not_after),
        fingerprint: fingerprint(
            &certificate.x509.sha256(),
            behaviour.short_fingerprint_groups
        ),
        in_use: certificate.in_use,
        issuer_org: certificate.x509.issuer_organization.as_deref(),
        issuer_raw: &certificate.x509.issuer_raw,
        kind: if certificate.custom {
            "custom"
        } else {
            "gateway_managed"
        },
        updated_at: time(certificate.updated_at),
        uploaded_on,
        qs_pack_id: extras.then(|| moment.seed.uuid(&format!("pack {}", certificate.id))),
    })
}

/// Upper case, a colon after every byte.
fn fingerprint(hex: &str, short: bool) -> String {
    let digits: Vec<char> = hex.to_uppercase().chars().collect();
    let group = |byte: &[char]| match byte {
        ['0', '0'] if short => "0".to_owned(),
        byte => byte.iter().collect(),
    };
    digits
        .chunks(2)
        .map(group)
        .collect::<Vec<String>>()
        .join(":")
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A success.
pub(crate) fn success(status: StatusCode, result: &Value) -> Reply {
    Reply::json(
        status,
        &json!({ "success": true, "errors": [], "messages": [], "result": result }),
    )
}

/// A list.
pub(crate) fn list(result: &[Value], behaviour: &CloudflareBehaviour) -> Reply {
    let count = result.len();
    let mut body = json!({ "success": true, "errors": [], "messages": [], "result": result });
    if let (true, Some(body)) = (behaviour.result_info, body.as_object_mut()) {
        let info = json!({ "count": count, "page": 1, "per_page": 1000, "total_count": count });
        body.insert("result_info".to_owned(), info);
    }
    Reply::json(StatusCode::OK, &body)
}

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
