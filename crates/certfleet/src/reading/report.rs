//! How the listing of one account ended.

use super::{Account, ListingNotes, UnopenedAccount, clock};
use crate::{Coverage, Error, ErrorReport, ProviderId, Scope, Warning, WarningKind};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How the listing of one account ended.
///
/// ```
/// use certfleet::ListOptions;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fleet = certfleet_sandbox::Sandbox::new().fleet()?;
/// for report in fleet.inventory(ListOptions::default()).await.accounts {
///     if !report.complete {
///         println!("{}/{}: {:?}", report.provider, report.account, report.error);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AccountReport {
    /// The vendor.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// Whether the listing came to its end and everything in it could be read. If not,
    /// [`certificates`](Self::certificates) may be some, not all, and something may be unknown of them.
    pub complete: bool,
    /// What a complete listing covers.
    pub coverage: Coverage,
    /// How many certificates came.
    pub certificates: usize,
    /// How many records could not be read. Those whose address is known are among the certificates, each
    /// with a warning; what is wrong with the others is in [`warnings`](Self::warnings).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unreadable: usize,
    /// The scopes whose states could not be read, while the rest of the account could.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread_scopes: Vec<Scope>,
    /// How many items the vendor's pages repeated. Each is counted and shown once.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeated: usize,
    /// By how many seconds the vendor's clock is ahead of the local one (negative: behind), where that
    /// is more than five minutes. What has ended is then judged by the later of the two
    /// ([`time`](Self::time)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew_seconds: Option<i64>,
    /// What is odd about the account, and what could not be read there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Why the listing ended before its end, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl AccountReport {
    /// The time that ends of validity of this account are judged by, when it is `local` here: the
    /// later of the vendor's and this.
    pub fn time(&self, local: DateTime<Utc>) -> DateTime<Utc> {
        clock::later(
            local,
            self.clock_skew_seconds.and_then(TimeDelta::try_seconds),
        )
    }

    /// Returns the report of a listing that ended, with so many certificates, of which some could not be
    /// read.
    pub(super) fn new(
        account: &Account,
        (listed, unreadable): (usize, usize),
        notes: &ListingNotes,
        error: Option<&Error>,
    ) -> Self {
        let skew = account.clock_skew();
        let repeated = notes.repeated();
        let unreadable = unreadable + notes.unidentified();
        let unread_scopes = notes.failed_scopes();
        let mut warnings = notes.warnings();
        warnings.extend((repeated > 0).then(|| of_repeated(repeated)));
        warnings.extend(account.clock_warning());
        Self {
            provider: account.provider(),
            account: account.name().to_owned(),
            complete: error.is_none() && unreadable == 0 && unread_scopes.is_empty(),
            coverage: account.capabilities().coverage(),
            certificates: listed,
            unreadable,
            unread_scopes,
            repeated,
            clock_skew_seconds: skew.map(|skew| skew.num_seconds()),
            warnings,
            error: error.map(Error::report),
        }
    }

    /// Returns the report of an account that could not be opened: nothing was sent.
    pub(super) fn unopened(account: &UnopenedAccount) -> Self {
        Self {
            provider: account.provider,
            account: account.name.clone(),
            complete: false,
            coverage: account.coverage,
            certificates: 0,
            unreadable: 0,
            unread_scopes: Vec::new(),
            repeated: 0,
            clock_skew_seconds: None,
            warnings: Vec::new(),
            error: Some(account.error.clone()),
        }
    }
}

fn of_repeated(items: usize) -> Warning {
    let items = match items {
        1 => "1 item".to_owned(),
        items => format!("{items} items"),
    };
    Warning::new(
        WarningKind::ItemsRepeated,
        format!(
            "the vendor's pages repeated {items}, each of which counts once: something changed while it was listed"
        ),
    )
}
