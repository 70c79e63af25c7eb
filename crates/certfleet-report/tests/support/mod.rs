//! Inventories to report.
#![allow(dead_code, unreachable_pub)]

pub mod browser;

use certfleet::{
    AccountReport, Certificate, CertificateContent, CertificateId, Inventory, Placement,
    ProviderId, Role, Scope, State, Warning, WarningKind,
};
use chrono::{DateTime, TimeDelta, Utc};

/// Texts that would do something if anything took them for more than text.
pub const HOSTILE: [&str; 8] = [
    "</script><script>document.documentElement.dataset.hit=1</script>",
    "<img src=x onerror=document.documentElement.dataset.hit=2>",
    "\"><svg onload=document.documentElement.dataset.hit=3>",
    "<!--<script>",
    "]]>'\"&amp;`|\\",
    "\u{202e}txet desrever",
    "BEGIN:VEVENT\r\nSUMMARY:injected;,\\n",
    "@all #1 https://evil.example <b>bold</b> **x** | y",
];

pub fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// A record whose content ends so many days after [`now`].
pub fn record(account: &str, id: &str, name: &str, days: Option<i64>) -> Certificate {
    let id = CertificateId::new(ProviderId::OPENAI, account, id);
    let mut one = Certificate::new(id, Role::ClientCa);
    one.name = Some(name.to_owned());
    let mut content = CertificateContent::default();
    content.not_after = days.map(|days| now() + TimeDelta::days(days));
    content.sha256 = Some(certfleet::x509::Sha256::digest(name.as_bytes()));
    one.contents = vec![content];
    let state = State::Active;
    one.placements = vec![Placement::new(Scope::Organization, state)];
    one.summarise()
}

/// An inventory with the account's report, as a complete listing has it.
pub fn inventory(account: &str, certificates: Vec<Certificate>) -> Inventory {
    let mut inventory = Inventory::new(now());
    inventory
        .accounts
        .push(complete(account, certificates.len()));
    inventory.certificates = certificates;
    inventory
}

pub fn complete(account: &str, certificates: usize) -> AccountReport {
    let report = serde_json::json!({
        "provider": "openai",
        "account": account,
        "complete": true,
        "coverage": "complete",
        "certificates": certificates,
    });
    serde_json::from_value(report).unwrap()
}

pub fn failed(account: &str, message: &str) -> AccountReport {
    let report = serde_json::json!({
        "provider": "openai",
        "account": account,
        "complete": false,
        "coverage": "complete",
        "certificates": 0,
        "error": { "kind": "unauthenticated", "effect": "none", "message": message },
    });
    serde_json::from_value(report).unwrap()
}

/// Five records of which each is in another state of its life.
pub fn small() -> Inventory {
    let mut all = vec![
        record("production", "cert_1", "payments", Some(-12)),
        record("production", "cert_2", "Billing", Some(10)),
        record("production", "cert_3", "alpha-10", Some(60)),
        record("production", "cert_4", "alpha-9", Some(900)),
        record("production", "cert_5", "nothing known", None),
    ];
    all[1].warnings.push(Warning::new(
        WarningKind::UnknownState,
        "the vendor says something odd",
    ));
    inventory("production", all)
}

/// Every text that a vendor says is hostile.
pub fn hostile() -> Inventory {
    let all = HOSTILE.iter().enumerate().map(|(index, text)| {
        let mut one = record(
            text.split('/').next().unwrap(),
            &format!("{index}{text}"),
            text,
            Some(5),
        );
        one.description = Some((*text).to_owned());
        one.contents[0].reported.subject = Some((*text).to_owned());
        one.placements[0].alias = Some((*text).to_owned());
        one.placements[0].scope = Scope::Environment {
            name: (*text).to_owned(),
        };
        one.warnings
            .push(Warning::new(WarningKind::UnknownState, *text));
        one
    });
    let mut inventory = inventory("production", all.collect());
    inventory.filters = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    for (index, text) in HOSTILE.iter().enumerate() {
        inventory
            .accounts
            .push(failed(&format!("account-{index}"), text));
    }
    inventory
}

/// So many records in ten accounts.
pub fn large(records: usize) -> Inventory {
    let all = (0..records).map(|index| {
        let days = i64::try_from(index % 700).unwrap() - 100;
        record(
            &format!("account-{}", index % 10),
            &format!("cert_{index}"),
            &format!("service-{index}"),
            Some(days),
        )
    });
    let mut inventory = Inventory::new(now());
    inventory.certificates = all.collect();
    inventory.accounts = (0..10)
        .map(|index| complete(&format!("account-{index}"), records / 10))
        .collect();
    inventory
}
