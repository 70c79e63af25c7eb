//! How the listing of one account ended.

use super::{Account, clock};
use crate::{Coverage, Error, ErrorReport, ProviderId, Warning, WarningKind};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How the listing of one account ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AccountReport {
    /// The vendor.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// Whether the listing came to its end. If not, [`certificates`](Self::certificates) are some,
    /// not all.
    pub complete: bool,
    /// What a complete listing covers.
    pub coverage: Coverage,
    /// How many certificates came.
    pub certificates: usize,
    /// How many items the vendor's pages repeated. Each is counted and shown once.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeated: usize,
    /// By how many seconds the vendor's clock is ahead of the local one (negative: behind), where that
    /// is more than five minutes. What has ended is then judged by the later of the two
    /// ([`time`](Self::time)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew_seconds: Option<i64>,
    /// What is odd about the account. Does not make it incomplete.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Why it is not complete.
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

    /// Returns the report of a listing that ended.
    pub(super) fn new(
        account: &Account,
        listed: usize,
        repeated: usize,
        error: Option<&Error>,
    ) -> Self {
        let skew = account.clock_skew();
        Self {
            provider: account.provider(),
            account: account.name().to_owned(),
            complete: error.is_none(),
            coverage: account.capabilities().coverage(),
            certificates: listed,
            repeated,
            clock_skew_seconds: skew.map(|skew| skew.num_seconds()),
            warnings: [
                (repeated > 0).then(|| of_repeated(repeated)),
                account.clock_warning(),
            ]
            .into_iter()
            .flatten()
            .collect(),
            error: error.map(Error::report),
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
