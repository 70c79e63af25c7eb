//! What is last known of a fleet that is read again and again.

use certfleet::{AccountReport, Inventory, ProviderId};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// The last inventory, in which an account that could not be listed keeps the certificates of its last listing: an
/// outage of a vendor must not look like the end of its certificates.
///
/// ```
/// use certfleet::Inventory;
/// use certfleet_report::last_known::LastKnown;
/// let mut known = LastKnown::default();
/// assert!(known.inventory().is_none());
/// known.update(Inventory::new("2026-06-01T00:00:00Z".parse().unwrap()));
/// assert!(known.inventory().is_some());
/// ```
#[derive(Clone, Debug, Default)]
pub struct LastKnown {
    inventory: Option<Inventory>,
    listed: BTreeMap<(ProviderId, String), DateTime<Utc>>,
}

impl LastKnown {
    /// Takes a new inventory. An account that it has no report of is not in the fleet any more.
    pub fn update(&mut self, mut fresh: Inventory) {
        let before = self.inventory.take();
        let mut listed = BTreeMap::new();
        for report in &fresh.accounts {
            let key = key(report);
            if report.error.is_none() {
                listed.insert(key, fresh.taken_at);
            } else if let Some(since) = self.listed.get(&key) {
                listed.insert(key, *since);
            }
        }
        let is_kept =
            |report: &AccountReport| report.error.is_some() && listed.contains_key(&key(report));
        if let Some(before) = before {
            let kept: BTreeSet<_> = fresh
                .accounts
                .iter()
                .filter(|report| is_kept(report))
                .map(|report| (report.provider, report.account.as_str()))
                .collect();
            let is_of_kept =
                |one: &certfleet::Certificate| kept.contains(&(one.id.provider, &*one.id.account));
            // What came before the failure is in the former listing too, or the next one has it.
            fresh.certificates.retain(|one| !is_of_kept(one));
            let former = before.certificates.into_iter();
            fresh.certificates.extend(former.filter(is_of_kept));
            fresh.certificates.sort_by(|a, b| a.id.cmp(&b.id));
        }
        self.listed = listed;
        self.inventory = Some(fresh);
    }

    /// Returns what is known, unless nothing was read yet. The reports of the accounts are those of the last time,
    /// whether or not their certificates are.
    pub fn inventory(&self) -> Option<&Inventory> {
        self.inventory.as_ref()
    }

    /// Returns when an account was last listed to its end. `None` where it never was.
    pub fn listed_at(&self, report: &AccountReport) -> Option<DateTime<Utc>> {
        self.listed.get(&key(report)).copied()
    }
}

fn key(report: &AccountReport) -> (ProviderId, String) {
    (report.provider, report.account.clone())
}
