//! What an operator wrote to name records, held against a listing.

use crate::{
    cli::write::TargetFilter,
    commands::{candidates::CertificateFile, incomplete::complete},
    exit::{Failure, Result},
    fingerprint::Fingerprint,
    output,
};
use certfleet::{AccountReport, Certificate, CertificateId, Inventory, ProviderId, x509::Sha256};
use certfleet_config::identifier;
use std::path::Path;

/// Fewer hex digits than this are a name, and never a SHA-256.
const SHORTEST_FINGERPRINT: usize = 8;

/// The most addresses that a message lists.
const LISTED: usize = 20;

/// What an operator wrote to name records.
pub(super) enum Target {
    /// The address of one record.
    Address(CertificateId),
    /// A name, an identifier, a SHA-256 or a file: a listing tells.
    Searched(Searched),
}

/// What is looked for in a listing.
pub(super) struct Searched {
    pub(super) text: String,
    pub(super) fingerprint: Option<Fingerprint>,
    /// The certificates of the file of this name, or why they cannot be read.
    pub(super) file: Option<std::result::Result<CertificateFile, Failure>>,
}

impl Target {
    pub(super) fn new(text: &str) -> Result<Self> {
        if text.trim().is_empty() {
            return Err(Failure::usage(
                "a target is empty: name a record by its address PROVIDER/ACCOUNT/ID, its name, its SHA-256, or a file that holds the certificate",
            ));
        }
        let first = text.split_once('/').map(|(first, _)| first);
        if ProviderId::KNOWN
            .iter()
            .any(|known| first == Some(known.as_str()))
        {
            return address(text).map(Self::Address);
        }
        let path = Path::new(text);
        Ok(Self::Searched(Searched {
            text: text.to_owned(),
            fingerprint: fingerprint(text),
            file: path.is_file().then(|| CertificateFile::read(path)),
        }))
    }

    /// Refuses an address beside options that say to search elsewhere: which of the two is meant is not known.
    pub(super) fn is_within(&self, filter: &TargetFilter) -> Result<()> {
        let Self::Address(id) = self else {
            return Ok(());
        };
        let full = format!("{}/{}", id.provider, id.account);
        let of_account = |name: &String| *name == full || **name == *id.account;
        let option = if !filter.provider.is_empty() && !filter.provider.contains(&id.provider) {
            "--provider"
        } else if !filter.account.is_empty() && !filter.account.iter().any(of_account) {
            "--account"
        } else {
            return Ok(());
        };
        Err(Failure::usage(format!(
            "{id} is an address in {full}, and {option} names another: drop one of the two. Nothing was sent"
        )))
    }
}

impl Searched {
    /// Whether the certificate of a content is meant.
    pub(super) fn names_content(&self, sha256: Sha256) -> bool {
        let print = self.fingerprint.as_ref();
        print.is_some_and(|print| print.is_beginning_of(sha256))
            || matches!(&self.file, Some(Ok(file)) if file.has(sha256))
    }

    fn is_meant(&self, one: &Certificate) -> bool {
        one.id.native == self.text
            || output::name(one).as_deref() == Some(self.text.as_str())
            || self
                .fingerprint
                .as_ref()
                .is_some_and(|print| print.matches(one))
            || one
                .contents
                .iter()
                .filter_map(|content| content.sha256)
                .any(|sha256| self.names_content(sha256))
    }

    /// Every record that is meant; at least one.
    pub(super) fn found<'a>(&self, inventory: &'a Inventory) -> Result<Vec<&'a Certificate>> {
        complete(
            inventory,
            &format!(
                ", so what {:?} means is not known: name it by its address, or look elsewhere with --account",
                self.text
            ),
        )?;
        let found: Vec<_> = inventory
            .certificates
            .iter()
            .filter(|one| self.is_meant(one))
            .collect();
        if found.is_empty() {
            return Err(self.not_found(inventory));
        }
        Ok(found)
    }

    fn not_found(&self, inventory: &Inventory) -> Failure {
        let text = &self.text;
        match &self.file {
            Some(Err(why)) => Failure::usage(format!(
                "no record has the name or id {text:?}, and the file of this name does not say which is meant: {why}. Nothing was sent"
            )),
            Some(Ok(_)) => Failure::usage(format!(
                "no record holds a certificate of the file {text}: `certfleet inspect {text}` shows what is in it, `certfleet list --fetch-content --wide` what the accounts hold. Nothing was sent"
            )),
            None if text.parse::<Fingerprint>().is_ok() && self.fingerprint.is_none() => {
                Failure::usage(format!(
                    "no record has the name or id {text:?}, and it is too short for a SHA-256: write at least {SHORTEST_FINGERPRINT} hex digits. Nothing was sent"
                ))
            }
            None => {
                let known: Vec<_> = ProviderId::KNOWN.iter().map(ProviderId::as_str).collect();
                let address = if text.contains('/') {
                    format!(" (an address begins with {})", known.join(", "))
                } else {
                    String::new()
                };
                let mut accounts: Vec<_> = inventory.accounts.iter().map(full_name).collect();
                accounts.sort_unstable();
                Failure::usage(format!(
                    "no record of {} has the name, id or SHA-256 {text:?}, and no file has this name{address}: certfleet list shows what there is. Nothing was sent",
                    in_one(&accounts)
                ))
                .nothing_found()
            }
        }
    }
}

/// Reads what may be the beginning of a SHA-256, or a SHA-1.
pub(crate) fn fingerprint(text: &str) -> Option<Fingerprint> {
    let print: Fingerprint = text.parse().ok()?;
    (print.digits() >= SHORTEST_FINGERPRINT).then_some(print)
}

fn full_name(report: &AccountReport) -> String {
    format!("{}/{}", report.provider, report.account)
}

/// Returns the one record of those that a text means.
pub(crate) fn exactly_one<'a>(
    found: impl IntoIterator<Item = &'a Certificate>,
    text: &str,
) -> Result<&'a Certificate> {
    let found: Vec<_> = found.into_iter().collect();
    if let [only] = found.as_slice() {
        return Ok(only);
    }
    let ids: Vec<_> = found.iter().map(|one| one.id.to_string()).collect();
    Err(Failure::usage(format!(
        "{text:?} means {} records: {}; name one by its address. Nothing was sent",
        ids.len(),
        in_one(&ids)
    )))
}

/// Texts in one, the first of many.
pub(super) fn in_one(texts: &[String]) -> String {
    let shown: Vec<_> = texts.iter().take(LISTED).map(String::as_str).collect();
    match texts.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Reads an address, and refuses what cannot be an identifier before anything is opened.
fn address(text: &str) -> Result<CertificateId> {
    let id: CertificateId = text.parse().map_err(Failure::usage)?;
    for (what, part) in [("account", &*id.account), ("id", id.native.as_str())] {
        identifier::check(part).map_err(|why| {
            Failure::usage(format!(
                "the {what} in the address {text:?} {why}: copy it from `certfleet list --wide`"
            ))
        })?;
    }
    Ok(id)
}
