//! Cloudflare's bodies.

use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::behaviour::CloudflareBehaviour;
use super::certificate::{Binding, Certificate};
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
    in_use: bool,
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
        in_use,
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
