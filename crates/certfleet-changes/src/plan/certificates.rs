//! The certificates that a plan is about, as an operator tells them apart.

use certfleet::{
    Certificate, CertificateContent, CertificateId, Change, Scope,
    change::Generate,
    x509::{PublicKey, Sha256, X509},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A content of a record that a plan is about, or that it puts in place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedContent {
    /// What becomes of it.
    pub part: PlannedPart,
    /// The record's address; absent where the change makes the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CertificateId>,
    /// The record's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the record has it, where the record has several contents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// Its certificates, in their order. Empty where nothing is known of it.
    pub certificates: Vec<CertificateFacts>,
    /// Why nothing is known of it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_known: Option<String>,
}

/// What becomes of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlannedPart {
    /// The change is about it, and leaves it as it is, or removes it.
    Subject,
    /// Another one takes its place.
    Old,
    /// It is put in place.
    New,
}

/// What tells one certificate from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CertificateFacts {
    /// Its subject, or its first alternative name where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Its issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Whether its issuer is its subject.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub self_issued: bool,
    /// SHA-256 over its DER.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// Begin of validity, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// End of validity, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
    /// The kind and size of its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PublicKey>,
}

impl From<&X509> for CertificateFacts {
    fn from(x509: &X509) -> Self {
        Self {
            subject: Some(x509.display_name().into_owned()),
            issuer: Some(x509.issuer.to_string()),
            self_issued: x509.self_issued,
            sha256: Some(x509.sha256),
            not_before: x509.not_before,
            not_after: x509.not_after,
            key: Some(x509.public_key.clone()),
        }
    }
}

impl CertificateFacts {
    /// The certificates of a content; where they are not read, what the vendor reports of the first one.
    fn all(content: &CertificateContent) -> Vec<Self> {
        if let Some(first) = &content.x509 {
            let all = std::iter::once(&**first).chain(&content.chain);
            return all.map(Self::from).collect();
        }
        let reported = Self {
            subject: content.reported.subject.clone(),
            issuer: content.reported.issuer.clone(),
            self_issued: false,
            sha256: content.sha256,
            not_before: content.not_before,
            not_after: content.not_after,
            key: None,
        };
        let is_known = reported != Self::default();
        is_known.then_some(reported).into_iter().collect()
    }
}

impl PlannedContent {
    /// What a change puts in place, as far as that is known before; `None` for other changes.
    pub(crate) fn introduced(change: &Change, name: Option<&str>) -> Option<Self> {
        let new = |id: Option<CertificateId>, name: Option<&str>, not_known: &str| {
            let certificates = change.certificates().unwrap_or_default();
            Self {
                part: PlannedPart::New,
                id,
                name: name.map(str::to_owned),
                scopes: Vec::new(),
                not_known: certificates.is_empty().then(|| not_known.to_owned()),
                certificates: certificates.iter().map(CertificateFacts::from).collect(),
            }
        };
        match change {
            Change::Upload(upload) => Some(new(
                None,
                upload.name.as_deref(),
                "it stands in a PKCS#12 file, which is not opened",
            )),
            Change::Replace(replace) => {
                Some(new(Some(replace.id.clone()), name, "it cannot be read"))
            }
            Change::Generate(Generate { validity_days }) => {
                let validity = validity_days.map_or_else(
                    || "for as long as the vendor chooses".to_owned(),
                    |days| format!("for {days} days"),
                );
                Some(new(
                    None,
                    None,
                    &format!("the vendor makes it, valid {validity}, and keeps its key"),
                ))
            }
            _ => None,
        }
    }

    /// The contents of a record, those in some scopes only where `scopes` names them.
    pub(crate) fn of_record(
        one: &Certificate,
        part: PlannedPart,
        scopes: Option<&[Scope]>,
    ) -> Vec<Self> {
        let is_meant = |scope: &Scope| scopes.is_none_or(|scopes| scopes.contains(scope));
        let several = one.contents.len() > 1;
        let entry = |scopes: Vec<Scope>, certificates: Vec<CertificateFacts>| Self {
            part,
            id: Some(one.id.clone()),
            name: one.name.clone(),
            scopes,
            not_known: certificates
                .is_empty()
                .then(|| "the vendor does not show its content".to_owned()),
            certificates,
        };
        let mut found = Vec::new();
        for (index, content) in one.contents.iter().enumerate() {
            let placements = one.placements.iter();
            let mut there: Vec<Scope> = placements
                .filter(|placement| placement.content == Some(index))
                .map(|placement| placement.scope.clone())
                .collect();
            there.dedup();
            // A content that no placement points at is the record's everywhere.
            if there.is_empty() || there.iter().any(is_meant) {
                there.retain(is_meant);
                let shown = if several { there } else { Vec::new() };
                found.push(entry(shown, CertificateFacts::all(content)));
            }
        }
        if one.contents.is_empty() {
            found.push(entry(Vec::new(), Vec::new()));
        }
        found
    }

    /// When the first of its certificates ends.
    pub(crate) fn ends(&self) -> Option<DateTime<Utc>> {
        let ends = self.certificates.iter();
        ends.filter_map(|one| one.not_after).min()
    }
}
