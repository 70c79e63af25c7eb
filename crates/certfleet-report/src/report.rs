//! Inventories as one report: its records in order, and what they do not show.

use crate::words::{self, plural};
use certfleet::{AccountReport, Certificate, Coverage, Inventory, ProviderId};
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// What one or several inventories tell, as every form of a report needs it.
///
/// ```
/// use certfleet::Inventory;
/// use certfleet_report::{Report, markdown};
///
/// let inventories = [Inventory::new("2026-12-01T00:00:00Z".parse()?)];
/// let report = Report::new(&inventories)?;
/// assert!(markdown::table(&report).starts_with("0 certificates"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report<'a> {
    /// The records, the first to end first, those without a known end last.
    pub records: Vec<Record<'a>>,
    /// Each account that was asked, by provider and name.
    pub accounts: Vec<&'a AccountReport>,
    /// When the first and the last of the inventories were taken.
    pub taken_at: (DateTime<Utc>, DateTime<Utc>),
    /// What the records do not show, failures first.
    pub gaps: Vec<Gap>,
}

/// A record, and the time that it is judged by.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Record<'a> {
    /// The vendor's record.
    pub certificate: &'a Certificate,
    /// When its inventory was taken.
    pub taken_at: DateTime<Utc>,
    /// The time that its end is judged by: that of its account.
    pub now: DateTime<Utc>,
    /// How near its end is.
    pub nearness: Nearness,
}

/// How near the end of a record is, from the worst to the best; what is not known is last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Nearness {
    /// It has ended.
    Expired,
    /// It ends within 30 days.
    Month,
    /// It ends within 90 days.
    Quarter,
    /// It ends later, or never.
    Later,
    /// Its end is not known.
    Unknown,
}

/// Something that a report does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// Whether something failed that should be mended. Otherwise it is what a vendor does not show, or what is odd.
    pub is_failure: bool,
    /// One sentence, with the account's name in it. It holds texts of vendors.
    pub message: String,
}

impl Gap {
    /// Returns a failure that should be mended: one sentence, with what it is about in it.
    pub fn failure(message: impl Into<String>) -> Self {
        Self {
            is_failure: true,
            message: message.into(),
        }
    }
}

/// Two inventories hold the same account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameAccount {
    /// The account, as `provider/name`.
    pub account: String,
}

impl fmt::Display for SameAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "two of the inventories hold the account {}: leave one of them out",
            self.account
        )
    }
}

impl std::error::Error for SameAccount {}

impl Nearness {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Expired,
        Self::Month,
        Self::Quarter,
        Self::Later,
        Self::Unknown,
    ];

    /// Judges an end of validity at a time.
    ///
    /// ```
    /// use certfleet_report::Nearness;
    /// let now = "2026-12-01T00:00:00Z".parse()?;
    /// assert_eq!(Nearness::of(Some("2026-12-31T00:00:00Z".parse()?), now), Nearness::Month);
    /// assert_eq!(Nearness::of(None, now), Nearness::Unknown);
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    pub fn of(end: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let Some(end) = end else {
            return Self::Unknown;
        };
        let left = end.signed_duration_since(now);
        if left <= TimeDelta::zero() {
            Self::Expired
        } else if left <= TimeDelta::days(30) {
            Self::Month
        } else if left <= TimeDelta::days(90) {
            Self::Quarter
        } else {
            Self::Later
        }
    }
}

impl<'a> Report<'a> {
    /// Puts inventories together.
    ///
    /// # Errors
    /// Two of them hold the same account: which one counts cannot be told.
    pub fn new(inventories: &'a [Inventory]) -> Result<Self, SameAccount> {
        let mut accounts = BTreeMap::new();
        let mut records = Vec::new();
        let mut known = BTreeSet::new();
        for inventory in inventories {
            let mut times = BTreeMap::new();
            let reports = inventory.accounts.iter();
            let reports = reports.map(|one| (one.provider, one.account.as_str()));
            let held = inventory.certificates.iter();
            let held = held.map(|one| (one.id.provider, &*one.id.account));
            let own: BTreeSet<_> = reports.chain(held).collect();
            if let Some((provider, account)) = own.intersection(&known).next() {
                return Err(SameAccount {
                    account: format!("{provider}/{account}"),
                });
            }
            known.extend(own);
            for account in &inventory.accounts {
                let key = (account.provider, account.account.as_str());
                accounts.insert(key, account);
                times.insert(key, account.time(inventory.taken_at));
            }
            records.extend(inventory.certificates.iter().map(|certificate| {
                let key = (certificate.id.provider, &*certificate.id.account);
                let now = times.get(&key).copied().unwrap_or(inventory.taken_at);
                Record {
                    certificate,
                    taken_at: inventory.taken_at,
                    now,
                    nearness: Nearness::of(certificate.not_after, now),
                }
            }));
        }
        records.sort_by_cached_key(|record| {
            let end = record.certificate.not_after;
            (end.is_none(), end, &record.certificate.id)
        });
        let taken = || inventories.iter().map(|one| one.taken_at);
        let first = taken().min().unwrap_or_default();
        let mut report = Self {
            records,
            accounts: accounts.into_values().collect(),
            taken_at: (first, taken().max().unwrap_or(first)),
            gaps: Vec::new(),
        };
        report.gaps = report.gaps_of(inventories);
        Ok(report)
    }

    /// Returns how many records are as near to their end.
    pub fn count(&self, nearness: Nearness) -> usize {
        let all = self.records.iter();
        all.filter(|record| record.nearness == nearness).count()
    }

    /// Returns every account that was asked or has a record, in order.
    pub fn account_names(&self) -> Vec<(ProviderId, &'a str)> {
        let asked = self.accounts.iter();
        let asked = asked.map(|one| (one.provider, one.account.as_str()));
        let has_records = self.records.iter().map(|one| one.account());
        let names: BTreeSet<_> = asked.chain(has_records).collect();
        names.into_iter().collect()
    }

    /// Says in one sentence how much there is.
    pub fn summary(&self) -> String {
        let failed = self.accounts.iter().filter(|one| !one.complete).count();
        let failed = match failed {
            0 => String::new(),
            failed => format!(", {failed} of them incomplete"),
        };
        format!(
            "{}: {} expired, {} within 30 days, {} in 31 to 90 days, {} without a known end; {} asked{failed}",
            plural(self.records.len(), "certificate"),
            self.count(Nearness::Expired),
            self.count(Nearness::Month),
            self.count(Nearness::Quarter),
            self.count(Nearness::Unknown),
            plural(self.accounts.len(), "account"),
        )
    }

    fn gaps_of(&self, inventories: &[Inventory]) -> Vec<Gap> {
        let gap = |is_failure, message| Gap {
            is_failure,
            message,
        };
        let mut gaps: Vec<Gap> = Vec::new();
        for account in &self.accounts {
            gaps.extend(words::complaint(account).map(|message| gap(true, message)));
        }
        for record in &self.records {
            if record.certificate.is_unreadable() {
                let warnings = record.certificate.warnings.iter();
                gaps.extend(
                    warnings
                        .map(|warning| gap(true, format!("{}: {warning}", record.certificate.id))),
                );
            }
        }
        for account in &self.accounts {
            let name = format!("{}/{}", account.provider, account.account);
            gaps.extend(
                account.warnings.iter().map(|warning| {
                    gap(!account.complete, format!("the account {name}: {warning}"))
                }),
            );
            if account.coverage != Coverage::Complete {
                gaps.push(gap(
                    false,
                    format!(
                        "{name} shows only certificates that are attached to something; the vendor lists no others"
                    ),
                ));
            }
        }
        for inventory in inventories {
            if inventory.is_filtered() {
                let by = match inventory.filters.join(" ") {
                    none if none.is_empty() => "filters".to_owned(),
                    filters => filters,
                };
                let taken = words::time(inventory.taken_at);
                gaps.push(gap(
                    false,
                    format!("the inventory of {taken} holds only certificates chosen by {by}"),
                ));
            }
        }
        let is_unread = |record: &&Record<'_>| {
            let mut contents = record.certificate.contents.iter();
            contents.any(|content| content.x509.is_none())
        };
        let unread = self.records.iter().filter(is_unread).count();
        if unread > 0 {
            gaps.push(gap(
                false,
                format!(
                    "the content of {} was not read: issuer, key and chain are not known",
                    plural(unread, "certificate")
                ),
            ));
        }
        gaps.sort_by_key(|gap| !gap.is_failure);
        gaps
    }
}

impl<'a> Record<'a> {
    /// Returns its account.
    pub fn account(&self) -> (ProviderId, &'a str) {
        (self.certificate.id.provider, &*self.certificate.id.account)
    }

    /// Returns what it goes by: its name, else what its content says, else the vendor's identifier.
    pub fn name(&self) -> std::borrow::Cow<'a, str> {
        let name = self.certificate.display_name();
        let name = name.filter(|name| !name.trim().is_empty());
        name.unwrap_or_else(|| self.certificate.id.native.as_str().into())
    }

    /// Returns its end in words: the day and how far it is.
    pub fn end(&self) -> (String, String) {
        match self.certificate.not_after {
            None => ("unknown".to_owned(), String::new()),
            Some(end) if words::never_ends(end) => ("never".to_owned(), String::new()),
            Some(end) => (
                end.format("%Y-%m-%d").to_string(),
                words::relative(end, self.now),
            ),
        }
    }

    /// Returns the beginning of the first content's SHA-256, and how many more there are.
    pub fn sha256(&self) -> String {
        let mut prints = self
            .certificate
            .contents
            .iter()
            .filter_map(|one| one.sha256);
        let Some(first) = prints.next() else {
            return String::new();
        };
        match prints.count() {
            0 => format!("{first:.12}"),
            more => format!("{first:.12} +{more}"),
        }
    }
}
