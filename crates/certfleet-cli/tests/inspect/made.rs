//! Certificates made for a test, and what is shown of them.

use crate::support::{Place, Ran};
use serde_json::Value;

/// A certificate that ends at that day, and its key.
pub(crate) fn issued(name: &str, end: (i32, u8, u8)) -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(end.0, end.1, end.2);
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), key.serialize_pem())
}

pub(crate) fn json_of(place: &Place, arguments: &[&str]) -> Value {
    let mut all = vec!["inspect", "--output", "json"];
    all.extend(arguments);
    serde_json::from_str(&place.sandbox(&all).stdout).unwrap()
}

pub(crate) fn parsed(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap()
}

pub(crate) fn subjects(json: &Value) -> Vec<String> {
    json["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["subject"].as_str().unwrap().to_owned())
        .collect()
}
