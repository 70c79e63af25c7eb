//! From what an operator wrote to the records that it means: one resolver for every command. Only reads.

use super::target::{Target, exactly_one, in_one};
use crate::{
    accounts::{self, Opened, Selection},
    cli::{Global, write::TargetFilter},
    commands::{candidates::with_candidates, incomplete::complete},
    exit::{Failure, Result, failure_at},
    progress::while_waiting,
};
use certfleet::{Account, Certificate, CertificateId, ContentFetch, Inventory, Verb, x509::Sha256};
use std::collections::BTreeSet;

/// The accounts where targets can be, and what they list.
pub(crate) struct Search {
    pub(crate) opened: Opened,
    targets: Vec<Target>,
    /// `None` where every target is an address.
    inventory: Option<Inventory>,
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

fn can_get(account: &Account) -> bool {
    account.capabilities().get(Verb::Get).is_some()
}

fn none_named() -> Failure {
    Failure::usage("no certificate is named. Nothing was sent")
}
