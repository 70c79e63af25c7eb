//! What is odd about the certificates of an inventory taken together: keys, names and chains.

use crate::{
    grouping::{GroupedCertificate, NameKey},
    words::plural,
};
use certfleet::{CertificateId, x509::Sha256};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Something that an operator should know about several certificates, or about what one of them lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Finding {
    /// What kind of finding.
    pub kind: FindingKind,
    /// One sentence for people.
    pub message: String,
    /// What to do, for people.
    pub advice: String,
    /// The certificates that it is about.
    pub certificates: Vec<Sha256>,
    /// The records that hold them.
    pub records: Vec<CertificateId>,
}

/// Kinds of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// Several certificates have the same public key.
    SameKey,
    /// Several records have the same name and hold different certificates.
    SameName,
    /// The issuer of a certificate is in no account that was read.
    MissingIssuer,
}

const NEW_KEY: &str =
    "Make a new key with the next renewal, unless this is one CA that several others signed";
const OTHER_NAME: &str = "Rename one of them: commands refuse a name that several records have";
const ISSUER: &str = "Upload the chain with its issuer, unless clients already have the issuer";

/// Finds what is odd about the certificates that [`by_certificate`](crate::grouping::by_certificate) returns, kind by
/// kind. What was not read cannot be found: neither keys nor issuers are known of a certificate without its content.
///
/// ```
/// # use certfleet::{Certificate, CertificateContent, CertificateId, Inventory, ProviderId, Role};
/// use certfleet_report::{findings::{FindingKind, find}, grouping::by_certificate};
/// let mut inventory = Inventory::new("2026-06-01T00:00:00Z".parse()?);
/// for (account, sha256) in [("staging", "3f"), ("production", "a2")] {
///     let id = CertificateId::new(ProviderId::OPENAI, account, "cert_1");
///     let mut record = Certificate::new(id, Role::ClientCa);
///     record.name = Some("payments".to_owned());
///     let mut content = CertificateContent::default();
///     content.sha256 = Some(sha256.repeat(32).parse()?);
///     record.contents.push(content);
///     inventory.certificates.push(record);
/// }
/// let found = find(&by_certificate(&inventory));
/// assert_eq!(found[0].kind, FindingKind::SameName);
/// assert_eq!(found[0].records.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn find(certificates: &[GroupedCertificate]) -> Vec<Finding> {
    let mut found = same_keys(certificates);
    found.extend(same_names(certificates));
    found.extend(missing_issuers(certificates));
    found
}

impl Finding {
    fn new<'a>(
        kind: FindingKind,
        advice: &str,
        rows: impl IntoIterator<Item = &'a GroupedCertificate>,
        message: impl FnOnce(usize) -> String,
    ) -> Self {
        let (mut certificates, mut records) = (BTreeSet::new(), BTreeSet::new());
        for row in rows {
            certificates.extend(row.sha256);
            records.extend(row.holdings.iter().map(|holding| &holding.id));
        }
        Self {
            kind,
            message: message(certificates.len()),
            advice: advice.to_owned(),
            certificates: certificates.into_iter().collect(),
            records: records.into_iter().cloned().collect(),
        }
    }
}

fn same_keys(certificates: &[GroupedCertificate]) -> Vec<Finding> {
    let mut keys: BTreeMap<Sha256, Vec<&GroupedCertificate>> = BTreeMap::new();
    for row in certificates {
        if let Some(x509) = &row.x509 {
            keys.entry(x509.spki_sha256).or_default().push(row);
        }
    }
    keys.retain(|_, rows| rows.len() > 1);
    keys.into_iter()
        .map(|(key, rows)| {
            Finding::new(FindingKind::SameKey, NEW_KEY, rows, |number| {
                format!("{number} certificates have the same key (SPKI SHA-256 {key:.16})")
            })
        })
        .collect()
}

/// A record of several contents has one name on purpose, so only records are held against each other.
fn same_names(certificates: &[GroupedCertificate]) -> Vec<Finding> {
    let mut records: BTreeMap<&CertificateId, (&str, BTreeSet<Sha256>)> = BTreeMap::new();
    for row in certificates {
        for holding in row.holdings.iter().filter(|one| one.position == 1) {
            if let (Some(name), Some(sha256)) = (&holding.name, row.sha256) {
                let record = records.entry(&holding.id);
                let (_, prints) = record.or_insert((name.as_str(), BTreeSet::new()));
                prints.insert(sha256);
            }
        }
    }
    let mut names: BTreeMap<&str, Vec<(&CertificateId, BTreeSet<Sha256>)>> = BTreeMap::new();
    for (id, (name, prints)) in records {
        names.entry(name).or_default().push((id, prints));
    }
    names.retain(|_, records| {
        let mut contents = records.iter().map(|(_, prints)| prints);
        let first = contents.next();
        contents.any(|other| Some(other) != first)
    });
    names
        .into_iter()
        .map(|(name, records)| Finding {
            kind: FindingKind::SameName,
            message: format!(
                "{} records go by the name {name:?} and do not hold the same certificate",
                records.len()
            ),
            advice: OTHER_NAME.to_owned(),
            certificates: {
                let prints = records.iter().flat_map(|(_, prints)| prints);
                let prints: BTreeSet<_> = prints.copied().collect();
                prints.into_iter().collect()
            },
            records: records.into_iter().map(|(id, _)| id.clone()).collect(),
        })
        .collect()
}

fn missing_issuers(certificates: &[GroupedCertificate]) -> Vec<Finding> {
    // Thousands of certificates of one authority are one finding.
    type Missing<'a> = (&'a str, Vec<&'a GroupedCertificate>);
    let mut missing: BTreeMap<(NameKey<'_>, Option<&str>), Missing<'_>> = BTreeMap::new();
    for row in certificates {
        let Some(x509) = row.x509.as_deref() else {
            continue;
        };
        if row.is_root() || !row.issued_by.is_empty() {
            continue;
        }
        let key = x509.authority_key_id.as_deref();
        let (_, rows) = missing
            .entry((NameKey::new(&x509.issuer), key))
            .or_insert((x509.issuer.as_str(), Vec::new()));
        rows.push(row);
    }
    let mut missing: Vec<_> = missing.into_values().collect();
    missing.sort_by_key(|(issuer, _)| *issuer);
    missing
        .into_iter()
        .map(|(issuer, rows)| {
            Finding::new(FindingKind::MissingIssuer, ISSUER, rows, |number| {
                let of = plural(number, "certificate");
                format!("no account that was read holds the issuer of {of}: {issuer}")
            })
        })
        .collect()
}
