//! What is different between two inventories.

use super::Inventory;
use crate::{Certificate, CertificateId, ProviderId, State, WarningKind};
use certfleet_x509::Sha256;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// What is different between two inventories, the older and the newer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct InventoryDiff {
    /// When the older one was begun.
    pub before: DateTime<Utc>,
    /// When the newer one was begun.
    pub after: DateTime<Utc>,
    /// Records that are only in the newer one.
    pub added: Vec<Certificate>,
    /// Records that are only in the older one.
    pub removed: Vec<Certificate>,
    /// Records that are in both and differ.
    pub changed: Vec<Changed>,
    /// How many records are in both and do not differ.
    pub unchanged: usize,
    /// Accounts of which one inventory has not the whole, be it that filters chose its certificates: what is
    /// missing there may exist, so only records that are in both were compared.
    pub incomplete: Vec<(ProviderId, String)>,
}

/// A record that is in both inventories and differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Changed {
    /// The record.
    pub id: CertificateId,
    /// What it goes by in the newer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is different.
    pub differences: Vec<Difference>,
}

/// One thing that is different.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "what", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Difference {
    /// It has another name.
    Renamed {
        /// Before.
        before: Option<String>,
        /// After.
        after: Option<String>,
    },
    /// It has another description.
    Described {
        /// Before.
        before: Option<String>,
        /// After.
        after: Option<String>,
    },
    /// It has another content, be it another certificate of its chain.
    Replaced {
        /// Before: the fingerprints of its certificates; where one inventory knows the first ones only, of those.
        before: Vec<Sha256>,
        /// After.
        after: Vec<Sha256>,
    },
    /// It ends at another time.
    Ends {
        /// Before.
        before: Option<DateTime<Utc>>,
        /// After.
        after: Option<DateTime<Utc>>,
    },
    /// Its state at a place is another, or it is at another place.
    State {
        /// The place, as it is shown.
        place: String,
        /// Before; absent where it was not there.
        before: Option<State>,
        /// After; absent where it is not there.
        after: Option<State>,
    },
    /// It is, or is no longer, the one that intercepts.
    InUse {
        /// Before.
        before: Option<bool>,
        /// After.
        after: Option<bool>,
    },
}

impl InventoryDiff {
    /// Whether nothing is different and nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.removed.is_empty()
            && self.changed.is_empty()
            && self.incomplete.is_empty()
    }
}

impl Inventory {
    /// What is different in `after`. Accounts that only one of the two asked, or whose certificates were chosen by
    /// filters, are compared as if the listing had not come to its end.
    pub fn diff(&self, after: &Self) -> InventoryDiff {
        let complete = |inventory: &Self| -> BTreeSet<(ProviderId, String)> {
            inventory
                .accounts
                .iter()
                .filter(|report| report.complete && inventory.filters.is_empty())
                .map(|report| (report.provider, report.account.clone()))
                .collect()
        };
        let (old, new) = (complete(self), complete(after));
        let all: BTreeSet<_> = self
            .accounts
            .iter()
            .chain(&after.accounts)
            .map(|report| (report.provider, report.account.clone()))
            .collect();
        let is_comparable = |one: &Certificate| {
            let account = (one.id.provider, one.id.account.to_string());
            old.contains(&account) && new.contains(&account)
        };
        let by_id = |inventory: &'_ Self| -> BTreeMap<CertificateId, Certificate> {
            inventory
                .certificates
                .iter()
                .map(|one| (one.id.clone(), one.clone()))
                .collect()
        };
        let (earlier, mut later) = (by_id(self), by_id(after));
        let mut diff = InventoryDiff {
            before: self.taken_at,
            after: after.taken_at,
            added: Vec::new(),
            removed: Vec::new(),
            changed: Vec::new(),
            unchanged: 0,
            incomplete: all
                .into_iter()
                .filter(|account| !(old.contains(account) && new.contains(account)))
                .collect(),
        };
        let unread: BTreeSet<_> = self.unread_scopes().chain(after.unread_scopes()).collect();
        let is_of_unread_scope = |one: &Difference, id: &CertificateId| {
            let Difference::State { place, .. } = one else {
                return false;
            };
            unread.contains(&(id.provider, id.account.to_string(), place.clone()))
        };
        for (id, before) in earlier {
            match later.remove(&id) {
                // What could not be read is not different.
                Some(after) if before.is_unreadable() || after.is_unreadable() => {}
                Some(after) => {
                    let mut differences = differences(&before, &after);
                    differences.retain(|one| !is_of_unread_scope(one, &id));
                    if differences.is_empty() {
                        diff.unchanged += 1;
                    } else {
                        diff.changed.push(Changed {
                            id,
                            name: after.display_name().map(Cow::into_owned),
                            differences,
                        });
                    }
                }
                None if is_comparable(&before) => diff.removed.push(before),
                None => {}
            }
        }
        diff.added = later.into_values().filter(is_comparable).collect();
        diff
    }
}

impl Inventory {
    /// The scopes whose states could not be read, or not those of every certificate, as they are shown.
    fn unread_scopes(&self) -> impl Iterator<Item = (ProviderId, String, String)> + '_ {
        let failed = self.accounts.iter().flat_map(|report| {
            let scopes = report.unread_scopes.iter();
            scopes.map(|scope| (report.provider, report.account.clone(), scope.to_string()))
        });
        let is_unread = |one: &&Certificate| {
            let mut warnings = one.warnings.iter();
            warnings.any(|warning| warning.kind == WarningKind::UnreadableScope)
        };
        let of_records = self.certificates.iter().filter(is_unread).flat_map(|one| {
            let placements = one.placements.iter();
            let unknown = placements.filter(|placement| placement.state == State::Unknown);
            unknown.map(|placement| {
                let account = one.id.account.to_string();
                (one.id.provider, account, placement.scope.to_string())
            })
        });
        failed.chain(of_records)
    }
}

fn differences(before: &Certificate, after: &Certificate) -> Vec<Difference> {
    let mut found = Vec::new();
    if before.name != after.name {
        found.push(Difference::Renamed {
            before: before.name.clone(),
            after: after.name.clone(),
        });
    }
    if before.description != after.description {
        found.push(Difference::Described {
            before: before.description.clone(),
            after: after.description.clone(),
        });
    }
    // What one of them did not read is not another content.
    let whole = fingerprints(before, true).zip(fingerprints(after, true));
    let first = || fingerprints(before, false).zip(fingerprints(after, false));
    if let Some((old, new)) = whole.or_else(first)
        && old != new
    {
        found.push(Difference::Replaced {
            before: old.into_iter().collect(),
            after: new.into_iter().collect(),
        });
    }
    if before.not_after != after.not_after {
        found.push(Difference::Ends {
            before: before.not_after,
            after: after.not_after,
        });
    }
    let (old, new) = (places(before), places(after));
    let all: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for place in all {
        let (before, after) = (old.get(place).copied(), new.get(place).copied());
        if before != after {
            found.push(Difference::State {
                place: place.clone(),
                before,
                after,
            });
        }
    }
    if before.in_use != after.in_use {
        found.push(Difference::InUse {
            before: before.in_use,
            after: after.in_use,
        });
    }
    found
}

/// The fingerprints of a record's certificates, or of the first of each content; `None` where one is not known.
fn fingerprints(certificate: &Certificate, all: bool) -> Option<BTreeSet<Sha256>> {
    let mut found = BTreeSet::new();
    for content in &certificate.contents {
        found.insert(content.sha256?);
        if all {
            content.x509.as_ref()?;
            found.extend(content.chain.iter().map(|one| one.sha256));
        }
    }
    Some(found)
}

fn places(certificate: &Certificate) -> BTreeMap<String, State> {
    certificate
        .placements
        .iter()
        .map(|placement| (placement.scope.to_string(), placement.state))
        .collect()
}
