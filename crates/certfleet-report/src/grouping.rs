//! The certificates of an inventory, each once, with every record that holds it.

use certfleet::{
    Certificate, CertificateContent, CertificateId, Inventory, Placement, State, Warning,
    WarningKind,
    x509::{Sha1, Sha256, X509},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
};

/// The most related certificates that a certificate names. A name or a key may be shared by thousands, and
/// each of them would name all the others.
const MOST_RELATED: usize = 8;

/// One certificate, and every record that holds it: as its own certificate, or in the chain behind that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct GroupedCertificate {
    /// SHA-256 of its DER. Absent where no account says which certificate it is: it then stands for one record
    /// only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// SHA-1 of its DER, where its content was read or the vendor reports that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha1: Option<Sha1>,
    /// Its common name, or its subject, its first alternative name or its serial number; the record's name where
    /// its content is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is in force anywhere.
    pub state: State,
    /// Begin of its own validity, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// End of its own validity, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
    /// What the certificate itself says. Absent where no account showed its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x509: Option<Box<X509>>,
    /// The certificates of the inventory that may have issued it: at most 8. Their subject is its issuer, and where
    /// both name the issuer's key, it is the same key. No signature is verified. Empty for one that issued itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issued_by: Vec<Sha256>,
    /// Other certificates of the inventory with the same public key: at most 8. The finding names all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_key: Vec<Sha256>,
    /// Every record that holds it. At least one.
    pub holdings: Vec<Holding>,
}

/// A record that holds a certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Holding {
    /// The record.
    pub id: CertificateId,
    /// What the record goes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How the certificate is known there.
    pub known_by: KnownBy,
    /// Its number among the certificates of the content, from 1: the chain follows the first.
    pub position: usize,
    /// How many certificates the content has, as far as they could be read.
    pub of: usize,
    /// Whether the record is in force anywhere.
    pub state: State,
    /// Whether the record is the one that intercepts: Cloudflare `in_use`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_use: Option<bool>,
    /// The scopes where this content is. Where the vendor does not say which of several contents is at a scope, that
    /// scope stands at each of them, without `content`. Empty where the record is kept and in no scope.
    pub placements: Vec<Placement>,
    /// What is odd about the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// How a record's certificate is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KnownBy {
    /// Its content was read.
    Content,
    /// The vendor reports its SHA-256; its content was not read.
    Report,
    /// Neither: the record is shown as a certificate of its own.
    Nothing,
}

/// Groups the certificates of an inventory: one row for each SHA-256, the earliest to expire first, those without a
/// known end last. Every record is in at least one row; one whose certificate is not known is a row of its own.
///
/// ```
/// # use certfleet::{Certificate, CertificateContent, CertificateId, Inventory, ProviderId, Role};
/// let mut inventory = Inventory::new("2026-06-01T00:00:00Z".parse()?);
/// for account in ["staging", "production"] {
///     let id = CertificateId::new(ProviderId::OPENAI, account, "cert_1");
///     let mut record = Certificate::new(id, Role::ClientCa);
///     let mut content = CertificateContent::default();
///     content.sha256 = Some("3f".repeat(32).parse()?);
///     record.contents.push(content);
///     inventory.certificates.push(record);
/// }
/// let rows = certfleet_report::grouping::by_certificate(&inventory);
/// assert_eq!(rows.len(), 1);
/// assert_eq!(rows[0].holdings.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn by_certificate(inventory: &Inventory) -> Vec<GroupedCertificate> {
    let mut rows = Rows::default();
    for record in &inventory.certificates {
        if record.contents.is_empty() {
            let placements = record.placements.clone();
            rows.unread(record, &CertificateContent::default(), placements);
        }
        for (index, content) in record.contents.iter().enumerate() {
            let placements = placements_of(record, index);
            if content.x509.is_none() {
                rows.unread(record, content, placements);
                continue;
            }
            let of = content.certificates().count();
            for (position, x509) in (1..).zip(content.certificates()) {
                let known_by = KnownBy::Content;
                let holding = Holding::new(record, known_by, (position, of), placements.clone());
                rows.read(x509, holding);
            }
        }
    }
    let mut rows = rows.all;
    for row in &mut rows {
        row.summarise();
    }
    relate(&mut rows);
    rows.sort_by(in_order);
    rows
}

/// The scopes where a content of a record is, or may be.
fn placements_of(record: &Certificate, index: usize) -> Vec<Placement> {
    let all = record.placements.iter();
    all.filter(|placement| placement.content.is_none_or(|content| content == index))
        .cloned()
        .collect()
}

impl Holding {
    fn new(
        record: &Certificate,
        known_by: KnownBy,
        (position, of): (usize, usize),
        placements: Vec<Placement>,
    ) -> Self {
        Self {
            id: record.id.clone(),
            name: record.display_name().map(Cow::into_owned),
            known_by,
            position,
            of,
            state: record.state,
            in_use: record.in_use,
            placements,
            warnings: record.warnings.clone(),
        }
    }

    /// Returns whether every certificate of this content is known. Where not, others may be there unseen.
    pub fn is_whole(&self) -> bool {
        let hides = |warning: &Warning| {
            matches!(
                warning.kind,
                WarningKind::UnreadableContent
                    | WarningKind::ContentWithheld
                    | WarningKind::UnreadableRecord
            )
        };
        self.known_by == KnownBy::Content && !self.warnings.iter().any(hides)
    }
}

/// Rows under way.
#[derive(Default)]
struct Rows {
    all: Vec<GroupedCertificate>,
    /// Where the row of a fingerprint is.
    known: HashMap<Sha256, usize>,
}

impl Rows {
    /// Adds a holding to the row of a fingerprint, or as a row of its own, and returns the row.
    fn add(&mut self, sha256: Option<Sha256>, holding: Holding) -> Option<&mut GroupedCertificate> {
        let next = self.all.len();
        let index = match sha256 {
            Some(sha256) => *self.known.entry(sha256).or_insert(next),
            None => next,
        };
        if index == next {
            self.all.push(GroupedCertificate::new(sha256));
        }
        let row = self.all.get_mut(index)?;
        row.holdings.push(holding);
        Some(row)
    }

    fn read(&mut self, x509: &X509, holding: Holding) {
        let Some(row) = self.add(Some(x509.sha256), holding) else {
            return;
        };
        // What a certificate says of itself counts more than what another account's vendor reports.
        if row.x509.is_none() {
            row.sha1 = Some(x509.sha1);
            row.name = Some(name_of(x509));
            (row.not_before, row.not_after) = (x509.not_before, x509.not_after);
            row.x509 = Some(Box::new(x509.clone()));
        }
    }

    fn unread(
        &mut self,
        record: &Certificate,
        content: &CertificateContent,
        placements: Vec<Placement>,
    ) {
        let known_by = match content.sha256 {
            Some(_) => KnownBy::Report,
            None => KnownBy::Nothing,
        };
        let holding = Holding::new(record, known_by, (1, 1), placements);
        let Some(row) = self.add(content.sha256, holding) else {
            return;
        };
        if row.x509.is_none() {
            let sha1 = content.reported.sha1.as_deref();
            row.sha1 = row.sha1.or(sha1.and_then(|text| text.parse().ok()));
            row.name = row.name.take().or(record.name.clone());
            row.not_before = row.not_before.or(content.not_before);
            row.not_after = row.not_after.or(content.not_after);
        }
    }
}

/// Returns what people call a certificate: its common name, or where there is none what
/// [`X509::display_name`] returns. It may hold control characters.
pub fn name_of(x509: &X509) -> String {
    let common_name = x509.subject.common_name();
    let common_name = common_name.filter(|name| !name.trim().is_empty());
    common_name.unwrap_or_else(|| x509.display_name().into_owned())
}

impl GroupedCertificate {
    fn new(sha256: Option<Sha256>) -> Self {
        Self {
            sha256,
            sha1: None,
            name: None,
            state: State::default(),
            not_before: None,
            not_after: None,
            x509: None,
            issued_by: Vec::new(),
            same_key: Vec::new(),
            holdings: Vec::new(),
        }
    }

    fn summarise(&mut self) {
        let placements = self.holdings.iter().flat_map(|one| &one.placements);
        let placements: Vec<_> = placements.cloned().collect();
        self.state = State::from_placements(&placements);
    }

    /// Returns whether it was issued by itself, as far as names and key identifiers tell.
    pub(crate) fn is_root(&self) -> bool {
        self.x509.as_ref().is_some_and(|x509| {
            let other_key = x509.authority_key_id.is_some()
                && x509.subject_key_id.is_some()
                && x509.authority_key_id != x509.subject_key_id;
            x509.self_issued && !other_key
        })
    }
}

/// The earliest to expire first; what is alike in that stays in one order, however the accounts answer.
fn in_order(one: &GroupedCertificate, other: &GroupedCertificate) -> Ordering {
    let record = |row: &GroupedCertificate| row.holdings.first().map(|one| one.id.clone());
    let end = |row: &GroupedCertificate| (row.not_after.is_none(), row.not_after);
    end(one)
        .cmp(&end(other))
        .then_with(|| one.name.cmp(&other.name))
        .then_with(|| one.sha256.cmp(&other.sha256))
        .then_with(|| record(one).cmp(&record(other)))
}

/// What two names are compared by: their DER, or their text where an inventory was saved, which has no DER.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum NameKey<'a> {
    Der(&'a [u8]),
    Text(&'a str),
}

impl<'a> NameKey<'a> {
    pub(crate) fn new(name: &'a certfleet::x509::Name) -> Self {
        match name.der() {
            [] => Self::Text(name.as_str()),
            der => Self::Der(der),
        }
    }
}

/// Rows by their subject, and of those by their key's identifier.
type BySubject<'a> = HashMap<NameKey<'a>, BTreeMap<Option<&'a str>, Vec<Sha256>>>;

/// Says of each row which others issued it and which have its key. Each row is looked at once, and names no more
/// than [`MOST_RELATED`].
fn relate(rows: &mut [GroupedCertificate]) {
    let mut by_subject = BySubject::new();
    let mut by_key: HashMap<Sha256, Vec<Sha256>> = HashMap::new();
    for x509 in rows.iter().filter_map(|row| row.x509.as_deref()) {
        let subjects = by_subject.entry(NameKey::new(&x509.subject)).or_default();
        let of_key = subjects.entry(x509.subject_key_id.as_deref()).or_default();
        of_key.push(x509.sha256);
        let same_key = by_key.entry(x509.spki_sha256).or_default();
        same_key.push(x509.sha256);
    }
    for prints in by_key.values_mut() {
        prints.sort_unstable();
    }
    for prints in by_subject.values_mut().flat_map(BTreeMap::values_mut) {
        prints.sort_unstable();
    }
    let related: Vec<_> = rows
        .iter()
        .map(|row| (issuers(row, &by_subject), with_its_key(row, &by_key)))
        .collect();
    drop(by_subject);
    for (row, (issued_by, same_key)) in rows.iter_mut().zip(related) {
        row.issued_by = issued_by;
        row.same_key = same_key;
    }
}

fn issuers(row: &GroupedCertificate, by_subject: &BySubject<'_>) -> Vec<Sha256> {
    let Some(x509) = row.x509.as_deref().filter(|_| !row.is_root()) else {
        return Vec::new();
    };
    let Some(keys) = by_subject.get(&NameKey::new(&x509.issuer)) else {
        return Vec::new();
    };
    let others = |prints: &Vec<Sha256>| -> Vec<Sha256> {
        let others = prints.iter().filter(|print| **print != x509.sha256);
        others.take(MOST_RELATED).copied().collect()
    };
    let found: Vec<_> = match x509.authority_key_id.as_deref() {
        // One that does not name its key may have it.
        Some(key) => [keys.get(&Some(key)), keys.get(&None)]
            .into_iter()
            .flatten()
            .flat_map(others)
            .collect(),
        None => keys
            .values()
            .take(MOST_RELATED + 1)
            .flat_map(others)
            .collect(),
    };
    found.into_iter().take(MOST_RELATED).collect()
}

fn with_its_key(row: &GroupedCertificate, by_key: &HashMap<Sha256, Vec<Sha256>>) -> Vec<Sha256> {
    let Some(x509) = row.x509.as_deref() else {
        return Vec::new();
    };
    let all = by_key.get(&x509.spki_sha256).into_iter().flatten();
    all.filter(|print| **print != x509.sha256)
        .take(MOST_RELATED)
        .copied()
        .collect()
}
