//! What the sandbox knows about one certificate, read from its DER.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::digest;
use x509_parser::oid_registry::{
    OID_X509_COUNTRY_NAME, OID_X509_LOCALITY_NAME, OID_X509_ORGANIZATION_NAME,
    OID_X509_STATE_OR_PROVINCE_NAME,
};
use x509_parser::prelude::{FromDer as _, ParsedExtension, X509Certificate, X509Name};

use super::pem;
use crate::random::hex;

/// Not an X.509 certificate.
#[derive(Debug)]
pub(crate) struct Unreadable;

/// One certificate and what its fields say.
#[derive(Clone, Debug)]
pub(crate) struct Certificate(Arc<Fields>);

#[derive(Debug)]
pub(crate) struct Fields {
    pub(crate) der: Vec<u8>,
    pub(crate) not_before: DateTime<Utc>,
    pub(crate) not_after: DateTime<Utc>,
    pub(crate) subject: String,
    pub(crate) issuer_organization: Option<String>,
    /// Comma separated without spaces, the common name left out: Cloudflare's `issuer_raw`.
    pub(crate) issuer_raw: String,
    pub(crate) authority: Authority,
}

/// What OpenAI's upload asks of a certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Authority {
    pub(crate) is_ca: bool,
    pub(crate) signs_certificates: bool,
    pub(crate) signs_revocations: bool,
    pub(crate) subject_key_identifier: bool,
    pub(crate) authority_key_identifier: bool,
}

impl std::ops::Deref for Certificate {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.0
    }
}

impl Certificate {
    /// Reads one certificate; trailing bytes are refused.
    pub(crate) fn from_der(der: Vec<u8>) -> Result<Self, Unreadable> {
        let (rest, parsed) = X509Certificate::from_der(&der).map_err(|_| Unreadable)?;
        if !rest.is_empty() {
            return Err(Unreadable);
        }
        let fields = Fields {
            not_before: instant(parsed.validity().not_before.timestamp())?,
            not_after: instant(parsed.validity().not_after.timestamp())?,
            subject: parsed.subject().to_string(),
            issuer_organization: attribute(parsed.issuer().iter_organization().next()),
            issuer_raw: raw(parsed.issuer()),
            authority: Authority::read(&parsed),
            der: Vec::new(),
        };
        Ok(Self(Arc::new(Fields { der, ..fields })))
    }

    /// Every certificate in a PEM text, in order.
    pub(crate) fn from_pem(text: &str) -> Result<Vec<Self>, Unreadable> {
        pem::decode(text)
            .ok_or(Unreadable)?
            .into_iter()
            .map(Self::from_der)
            .collect()
    }

    /// PEM, DER, or base64 without armour.
    pub(crate) fn from_any(bytes: &[u8]) -> Result<Vec<Self>, Unreadable> {
        if let Ok(certificate) = Self::from_der(bytes.to_vec()) {
            return Ok(vec![certificate]);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Unreadable)?;
        Self::from_pem(text).or_else(|_| {
            let base64: String = text.split_whitespace().collect();
            let der = STANDARD.decode(base64).map_err(|_| Unreadable)?;
            Ok(vec![Self::from_der(der)?])
        })
    }

    /// SHA-256 of the DER, lower-case hexadecimal.
    pub(crate) fn sha256(&self) -> String {
        hex(digest::digest(&digest::SHA256, &self.der).as_ref())
    }

    /// SHA-1 of the DER, lower-case hexadecimal.
    pub(crate) fn sha1(&self) -> String {
        hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der).as_ref())
    }

    /// The DER in base64.
    pub(crate) fn base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// The PEM of this certificate alone.
    pub(crate) fn pem(&self, layout: pem::Layout) -> String {
        pem::encode([self.der.as_slice()], layout)
    }
}

impl Authority {
    fn read(certificate: &X509Certificate<'_>) -> Self {
        let usage = certificate.key_usage().ok().flatten();
        let has = |wanted: fn(&ParsedExtension<'_>) -> bool| {
            certificate
                .extensions()
                .iter()
                .any(|extension| wanted(extension.parsed_extension()))
        };
        Self {
            is_ca: certificate
                .basic_constraints()
                .ok()
                .flatten()
                .is_some_and(|basic| basic.value.ca),
            signs_certificates: usage
                .as_ref()
                .is_some_and(|usage| usage.value.key_cert_sign()),
            signs_revocations: usage.as_ref().is_some_and(|usage| usage.value.crl_sign()),
            subject_key_identifier: has(|extension| {
                matches!(extension, ParsedExtension::SubjectKeyIdentifier(_))
            }),
            authority_key_identifier: has(|extension| {
                matches!(extension, ParsedExtension::AuthorityKeyIdentifier(_))
            }),
        }
    }
}

fn instant(seconds: i64) -> Result<DateTime<Utc>, Unreadable> {
    DateTime::from_timestamp(seconds, 0).ok_or(Unreadable)
}

fn attribute(value: Option<&x509_parser::x509::AttributeTypeAndValue<'_>>) -> Option<String> {
    value
        .and_then(|value| value.as_str().ok())
        .map(str::to_owned)
}

fn raw(name: &X509Name<'_>) -> String {
    let attributes = name.iter_attributes().filter_map(|attribute| {
        let key = match attribute.attr_type() {
            kind if *kind == OID_X509_ORGANIZATION_NAME => "O",
            kind if *kind == OID_X509_LOCALITY_NAME => "L",
            kind if *kind == OID_X509_STATE_OR_PROVINCE_NAME => "ST",
            kind if *kind == OID_X509_COUNTRY_NAME => "C",
            _ => return None,
        };
        Some(format!("{key}={}", attribute.as_str().ok()?))
    });
    attributes.collect::<Vec<_>>().join(",")
}
