//! From what an operator wrote to the records that it means: one resolver for every command. Only reads.

use crate::{
    accounts::{self, Opened, Selection},
    cli::{Global, write::TargetFilter},
    commands::{
        candidates::{CertificateFile, with_candidates},
        incomplete::complete,
    },
    exit::{Failure, Result, failure_at},
    fingerprint::Fingerprint,
    output,
    progress::while_waiting,
};
use certfleet::{
    Account, AccountReport, Certificate, CertificateId, ContentFetch, Inventory, ProviderId, Verb,
    x509::Sha256,
};
use certfleet_config::identifier;
use std::{collections::BTreeSet, path::Path};

/// Fewer hex digits than this are a name, and never a SHA-256.
const SHORTEST_FINGERPRINT: usize = 8;

/// The most addresses that a message lists.
const LISTED: usize = 20;

/// What an operator wrote to name records.
enum Target {
    /// The address of one record.
    Address(CertificateId),
    /// A name, an identifier, a SHA-256 or a file: a listing tells.
    Searched(Searched),
}

/// What is looked for in a listing.
struct Searched {
    text: String,
    fingerprint: Option<Fingerprint>,
    /// The certificates of the file of this name, or why they cannot be read.
    file: Option<std::result::Result<CertificateFile, Failure>>,
}

/// The accounts where targets can be, and what they list.
pub(crate) struct Search {
    pub(crate) opened: Opened,
    targets: Vec<Target>,
    /// `None` where every target is an address.
    inventory: Option<Inventory>,
}

impl Target {
    fn new(text: &str) -> Result<Self> {
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
    fn is_within(&self, filter: &TargetFilter) -> Result<()> {
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
    fn names_content(&self, sha256: Sha256) -> bool {
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
    fn found<'a>(&self, inventory: &'a Inventory) -> Result<Vec<&'a Certificate>> {
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

impl Search {
    /// Opens the accounts where targets can be, and lists them where a target is not an address.
    pub(crate) async fn open(
        global: &Global,
        filter: &TargetFilter,
        texts: &[String],
    ) -> Result<Self> {
        let targets = texts
            .iter()
            .map(|text| Target::new(text))
            .collect::<Result<Vec<_>>>()?;
        targets
            .iter()
            .try_for_each(|target| target.is_within(filter))?;
        let named: Vec<_> = targets
            .iter()
            .filter_map(|target| match target {
                Target::Address(id) => Some(format!("{}/{}", id.provider, id.account)),
                Target::Searched(_) => None,
            })
            .collect();
        let all_named = named.len() == targets.len();
        let selection = Selection {
            providers: &filter.provider,
            accounts: if all_named { &named } else { &filter.account },
        };
        let opened = accounts::open(global, selection).await?;
        let inventory = if all_named {
            None
        } else {
            Some(listed(&opened, &targets).await)
        };
        Ok(Self {
            opened,
            targets,
            inventory,
        })
    }

    /// Opens what one target can be in.
    pub(crate) async fn of_one(global: &Global, filter: &TargetFilter, text: &str) -> Result<Self> {
        Self::open(global, filter, &[text.to_owned()]).await
    }

    /// Returns the addresses of the records that the targets mean, one for each target.
    pub(crate) fn one_each(&self) -> Result<Vec<CertificateId>> {
        self.targets
            .iter()
            .map(|target| match target {
                Target::Address(id) => Ok(id.clone()),
                Target::Searched(searched) => {
                    let found = searched.found(self.listed()?)?;
                    exactly_one(found, &searched.text).map(|one| one.id.clone())
                }
            })
            .collect()
    }

    /// Returns the address of the one record that is meant.
    pub(crate) fn only(&self) -> Result<CertificateId> {
        self.one_each()?.into_iter().next().ok_or_else(none_named)
    }

    /// Returns a record as the vendor gets it; as it stands in the listing where the vendor has no way to get
    /// one.
    pub(crate) async fn record(&self, id: &CertificateId) -> Result<Certificate> {
        if can_get(self.account(id)?) {
            return self.get(id).await;
        }
        self.in_listing(id).await
    }

    async fn get(&self, id: &CertificateId) -> Result<Certificate> {
        let account = self.account(id)?;
        let got = while_waiting(&format!("reading {id}"), account.get(id)).await;
        got.map_err(|error| failure_at(&account.full_name(), error))
    }

    /// Returns every record that the first target means, each as it stands in the listing, with its content
    /// where the vendor gives that. The listing has their contents afterwards too.
    pub(crate) async fn every(&mut self) -> Result<Vec<Certificate>> {
        // Of an address only its account was opened.
        if self.inventory.is_none() {
            self.inventory = Some(self.opened.inventory(ContentFetch::Included).await);
        }
        let found = match self.targets.first().ok_or_else(none_named)? {
            Target::Address(id) => vec![self.in_listing(id).await?],
            Target::Searched(searched) => {
                let found = searched.found(self.listed()?)?;
                found.into_iter().cloned().collect()
            }
        };
        let mut whole = Vec::new();
        for one in found {
            whole.push(self.with_content(one).await?);
        }
        let listed = self.inventory.iter_mut();
        for one in listed.flat_map(|inventory| &mut inventory.certificates) {
            if let Some(whole) = whole.iter().find(|whole| whole.id == one.id) {
                one.clone_from(whole);
            }
        }
        Ok(whole)
    }

    /// Returns what was listed; `None` where nothing was.
    pub(crate) fn into_inventory(self) -> Option<Inventory> {
        self.inventory
    }

    /// Returns the certificate that the first target names by its content among these records; `None` where
    /// it names a record.
    pub(crate) fn content_among(&self, found: &[Certificate]) -> Result<Option<Sha256>> {
        let Some(Target::Searched(searched)) = self.targets.first() else {
            return Ok(None);
        };
        let holds = |one: &Certificate| -> BTreeSet<Sha256> {
            let prints = one.contents.iter().filter_map(|content| content.sha256);
            prints
                .filter(|sha256| searched.names_content(*sha256))
                .collect()
        };
        let prints: BTreeSet<_> = found.iter().flat_map(holds).collect();
        let mut each = prints.iter();
        match (each.next(), each.next()) {
            (None, _) => Ok(None),
            (Some(_), None) if found.iter().any(|one| holds(one).is_empty()) => {
                exactly_one(found, &searched.text).map(|_| None)
            }
            (Some(only), None) => Ok(Some(*only)),
            _ => {
                let prints: Vec<_> = prints.iter().map(|one| format!("{one:.16}")).collect();
                Err(Failure::usage(format!(
                    "{:?} names several certificates, whose SHA-256 begin with {}: write one of these. Nothing was sent",
                    searched.text,
                    in_one(&prints)
                )))
            }
        }
    }

    /// Returns the account that an address names.
    pub(crate) fn account(&self, id: &CertificateId) -> Result<&Account> {
        let account = self.opened.fleet.account(id);
        account.map_err(|error| Failure::of_call(&error))
    }

    fn listed(&self) -> Result<&Inventory> {
        self.inventory.as_ref().ok_or_else(none_named)
    }

    /// A record as it stands in its account's listing: that says more of states than a single record does.
    async fn in_listing(&self, id: &CertificateId) -> Result<Certificate> {
        let of_account;
        let inventory = match &self.inventory {
            Some(inventory) => inventory,
            None => {
                of_account = self.opened.inventory(ContentFetch::Included).await;
                &of_account
            }
        };
        complete(inventory, "")?;
        let found = inventory.certificates.iter().find(|one| one.id == *id);
        found.cloned().ok_or_else(|| {
            Failure::failed(format!(
                "there is no certificate {id}: `certfleet list --account {}/{} --wide` shows the ids. Nothing was sent",
                id.provider, id.account
            ))
        })
    }

    /// Adds the content that a listing does not carry.
    async fn with_content(&self, mut one: Certificate) -> Result<Certificate> {
        let is_known = one.contents.iter().any(|content| content.sha256.is_some());
        if !is_known && can_get(self.account(&one.id)?) {
            let account = self.account(&one.id)?;
            let contents = account.contents(&one.id);
            let contents = while_waiting(&format!("reading {}", one.id), contents).await;
            one.contents = contents.map_err(|error| failure_at(&account.full_name(), error))?;
        }
        Ok(one)
    }
}

/// Lists accounts, with the contents that tell which records are meant.
async fn listed(opened: &Opened, targets: &[Target]) -> Inventory {
    let searched = targets.iter().filter_map(|target| match target {
        Target::Searched(searched) => Some(searched),
        Target::Address(_) => None,
    });
    if searched.clone().any(|one| one.fingerprint.is_some()) {
        return opened.inventory(ContentFetch::Fetch).await;
    }
    let files = searched.filter_map(|one| one.file.as_ref()?.as_ref().ok());
    with_candidates(opened, &files.collect::<Vec<_>>()).await
}

/// Reads what may be the beginning of a SHA-256, or a SHA-1.
pub(crate) fn fingerprint(text: &str) -> Option<Fingerprint> {
    let print: Fingerprint = text.parse().ok()?;
    (print.digits() >= SHORTEST_FINGERPRINT).then_some(print)
}

fn full_name(report: &AccountReport) -> String {
    format!("{}/{}", report.provider, report.account)
}

fn can_get(account: &Account) -> bool {
    account.capabilities().get(Verb::Get).is_some()
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
fn in_one(texts: &[String]) -> String {
    let shown: Vec<_> = texts.iter().take(LISTED).map(String::as_str).collect();
    match texts.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn none_named() -> Failure {
    Failure::usage("no certificate is named. Nothing was sent")
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
