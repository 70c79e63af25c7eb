//! What a fleet has, at one time.

use super::AccountReport;
use crate::{Certificate, CertificateId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A fleet's certificates at one time, and how the listing of each account ended.
///
/// ```
/// use certfleet::{Inventory, ListOptions};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fleet = certfleet_sandbox::Sandbox::new().fleet()?;
/// let inventory = fleet.inventory(ListOptions::default()).await;
/// let saved = serde_json::to_string(&inventory)?;
/// let read: Inventory = serde_json::from_str(&saved)?;
/// assert!(read.diff(&inventory).is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Inventory {
    /// When it was begun, UTC, by the local clock.
    pub taken_at: DateTime<Utc>,
    /// The certificates: all that were listed, unless `filters` says which were left out.
    pub certificates: Vec<Certificate>,
    /// The conditions that the certificates were chosen by, as options. Empty where none was left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
    /// One report for every account.
    pub accounts: Vec<AccountReport>,
}

impl Inventory {
    /// An inventory without certificates.
    pub fn new(taken_at: DateTime<Utc>) -> Self {
        Self {
            taken_at,
            certificates: Vec::new(),
            filters: Vec::new(),
            accounts: Vec::new(),
        }
    }

    /// The time that a certificate's end is judged by, when it is `local` here: that of its account.
    pub fn time_of(&self, id: &CertificateId, local: DateTime<Utc>) -> DateTime<Utc> {
        self.accounts
            .iter()
            .find(|one| (one.provider, &*one.account) == (id.provider, &*id.account))
            .map_or(local, |report| report.time(local))
    }

    /// Whether certificates that were listed are not here: filters chose, or an account's report counts more.
    pub fn is_filtered(&self) -> bool {
        let here = |report: &AccountReport| {
            let ids = self.certificates.iter().map(|one| &one.id);
            ids.filter(|id| (id.provider, &*id.account) == (report.provider, &*report.account))
                .count()
        };
        !self.filters.is_empty()
            || self
                .accounts
                .iter()
                .any(|report| report.certificates > here(report))
    }

    /// Whether every account came to its end.
    pub fn is_complete(&self) -> bool {
        self.accounts.iter().all(|report| report.complete)
    }
}
