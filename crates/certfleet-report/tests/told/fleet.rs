//! Made-up records and accounts.

use certfleet::{
    AccountReport, Certificate, CertificateContent, CertificateId, Inventory, ProviderId, Role,
    x509::Sha256,
};
use certfleet_report::judgement::{Judgements, Thresholds};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// The local time of all tests.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

/// A SHA-256 that begins with a number.
pub(crate) fn sha256(number: u8) -> Sha256 {
    format!("{number:02x}").repeat(32).parse().unwrap()
}

/// A record with one content that lives 100 days and ends in so many, or of unknown end.
pub(crate) fn record(account: &str, id: &str, name: &str, days: Option<i64>) -> Certificate {
    let id = CertificateId::new(ProviderId::OPENAI, account, id);
    let mut certificate = Certificate::new(id, Role::ClientCa);
    certificate.name = Some(name.to_owned());
    let mut content = CertificateContent::default();
    content.sha256 = Some(sha256(name.len() as u8));
    content.not_after = days.map(|days| now() + TimeDelta::days(days));
    content.not_before = content.not_after.map(|end| end - TimeDelta::days(100));
    certificate.contents = vec![content];
    certificate.summarise()
}

/// The report of an account, with an error where it could not be listed.
pub(crate) fn account(name: &str, error: Option<&str>) -> AccountReport {
    let error = error.map(|why| json!({"kind": "network", "effect": "none", "message": why}));
    serde_json::from_value(json!({
        "provider": "openai", "account": name, "complete": error.is_none(),
        "coverage": "all", "certificates": 0, "error": error,
    }))
    .unwrap()
}

pub(crate) fn inventory(
    accounts: impl IntoIterator<Item = AccountReport>,
    certificates: impl IntoIterator<Item = Certificate>,
) -> Inventory {
    let mut inventory = Inventory::new(now());
    inventory.accounts = accounts.into_iter().collect();
    inventory.certificates = certificates.into_iter().collect();
    inventory
}

pub(crate) fn thresholds(warn: &str, crit: Option<&str>) -> Thresholds {
    let crit = crit.map(|text| text.parse().unwrap());
    Thresholds::new(warn.parse().unwrap(), crit).unwrap()
}

/// By 30 days and 7 days.
pub(crate) fn judge(inventory: &Inventory) -> Judgements {
    Judgements::new(inventory, thresholds("30d", Some("7d")), now())
}
