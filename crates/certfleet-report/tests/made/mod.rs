//! Certificates and inventories made up for tests.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use certfleet::{
    Certificate, CertificateContent, CertificateId, Inventory, Placement, ProviderId, Role, Scope,
    State,
    model::Reported,
    x509::{Sha256, X509},
};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
};

/// An authority, or one of its certificates.
pub struct Made {
    pub pem: String,
    pub x509: X509,
    pub issuer: Issuer<'static, KeyPair>,
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.use_authority_key_identifier_extension = true;
    params
}

fn key(label: &str) -> KeyPair {
    // One key for one label: it is written down where it is made first.
    use std::{
        collections::HashMap,
        sync::{LazyLock, Mutex},
    };
    static KEYS: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);
    let mut keys = KEYS.lock().unwrap();
    let pem = keys
        .entry(label.to_owned())
        .or_insert_with(|| KeyPair::generate().unwrap().serialize_pem());
    KeyPair::from_pem(pem).unwrap()
}

/// A root.
pub fn root(name: &str, label: &str) -> Made {
    let params = params(name);
    let certificate = params.self_signed(&key(label)).unwrap();
    made(certificate.pem(), params, label)
}

/// What an authority issued.
pub fn issued(by: &Made, name: &str, label: &str) -> Made {
    let params = params(name);
    let certificate = params.signed_by(&key(label), &by.issuer).unwrap();
    made(certificate.pem(), params, label)
}

fn made(pem: String, params: CertificateParams, label: &str) -> Made {
    let entries = certfleet::x509::read(pem.as_bytes()).unwrap();
    let x509 = entries.into_iter().next().unwrap().certificate.unwrap();
    let issuer = Issuer::new(params, key(label));
    Made { pem, x509, issuer }
}

/// A content that was read.
pub fn content(pem: &str) -> CertificateContent {
    CertificateContent::read(Reported::default(), Some(pem), "it", &mut Vec::new())
}

/// A content of which the vendor reports a fingerprint.
pub fn reported(sha256: Sha256) -> CertificateContent {
    let mut content = CertificateContent::default();
    content.sha256 = Some(sha256);
    content
}

/// A record at OpenAI, active in its organization.
pub fn record(account: &str, id: &str, contents: Vec<CertificateContent>) -> Certificate {
    let id = CertificateId::new(ProviderId::OPENAI, account, id);
    let mut record = Certificate::new(id, Role::ClientCa);
    record.contents = contents;
    record.placements = vec![Placement::new(Scope::Organization, State::Active)];
    record.summarise()
}

/// The same with a name.
pub fn named(mut record: Certificate, name: &str) -> Certificate {
    record.name = Some(name.to_owned());
    record
}

/// An inventory of records.
pub fn inventory(records: Vec<Certificate>) -> Inventory {
    let mut inventory = Inventory::new("2026-06-01T00:00:00Z".parse().unwrap());
    inventory.certificates = records;
    inventory
}
