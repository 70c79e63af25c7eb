//! How the listing of one account ended.

use crate::{Account, Coverage, Error, ErrorReport, ProviderKind, Warning, WarningKind};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How far a vendor's clock and the local one may be apart before it is said, and ends of validity are
/// judged by the later of the two.
pub(crate) const TOLERATED: TimeDelta = TimeDelta::minutes(5);

/// How the listing of one account ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AccountReport {
    /// The vendor.
    pub provider: ProviderKind,
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
        later(
            local,
            self.clock_skew_seconds.and_then(TimeDelta::try_seconds),
        )
    }
}

impl Account {
    /// How far the vendor's clock is ahead of the local one, by the `Date` of its last answer, where
    /// that is more than five minutes. `None` also where nothing was answered yet.
    pub fn clock_skew(&self) -> Option<TimeDelta> {
        self.adapter()
            .session()
            .clock_skew()
            .filter(|skew| skew.abs() > TOLERATED)
    }

    /// The time that ends of validity of this account are judged by, when it is `local` here: that of
    /// the vendor's last answer where it is more than five minutes later, else this.
    pub fn time(&self, local: DateTime<Utc>) -> DateTime<Utc> {
        later(local, self.clock_skew())
    }

    /// That the vendor's clock is more than five minutes off ([`clock_skew`](Self::clock_skew)), in
    /// words.
    pub fn clock_warning(&self) -> Option<Warning> {
        self.clock_skew().map(of_skew)
    }

    /// The report of a listing that ended.
    pub(crate) fn report(
        &self,
        listed: usize,
        repeated: usize,
        error: Option<&Error>,
    ) -> AccountReport {
        let skew = self.clock_skew();
        AccountReport {
            provider: self.provider(),
            account: self.name().to_owned(),
            complete: error.is_none(),
            coverage: self.capabilities().coverage(),
            certificates: listed,
            repeated,
            clock_skew_seconds: skew.map(|skew| skew.num_seconds()),
            warnings: [
                (repeated > 0).then(|| of_repeated(repeated)),
                skew.map(of_skew),
            ]
            .into_iter()
            .flatten()
            .collect(),
            error: error.map(Error::report),
        }
    }
}

/// The later of a time and the same on another clock. Which of two clocks is wrong cannot be known: one
/// that is behind must not hide that something has expired. What no clock can show stays as it is.
fn later(local: DateTime<Utc>, skew: Option<TimeDelta>) -> DateTime<Utc> {
    skew.and_then(|skew| local.checked_add_signed(skew))
        .map_or(local, |there| there.max(local))
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

fn of_skew(skew: TimeDelta) -> Warning {
    let (far, way) = match skew.num_seconds() {
        ahead @ 0.. => (ahead, "ahead of"),
        behind => (behind.saturating_neg(), "behind"),
    };
    let far = match far {
        0..=7_199 => format!("{} minutes", far / 60),
        7_200..=172_799 => format!("{} hours", far / 3_600),
        _ => format!("{} days", far / 86_400),
    };
    Warning::new(
        WarningKind::ClockSkew,
        format!(
            "the vendor's clock is {far} {way} this machine's: what has expired, or soon does, is judged by the later of the two"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skew_is_told_in_a_unit_that_fits() {
        for (seconds, words) in [
            (301, "5 minutes ahead of"),
            (-7_200, "2 hours behind"),
            (86_400 * 3, "3 days ahead of"),
            (-315_576_000, "3652 days behind"),
            (i64::MIN / 1_000, "days behind"),
        ] {
            let warning = of_skew(TimeDelta::try_seconds(seconds).unwrap());
            assert!(warning.message.contains(words), "{warning}");
        }
    }

    #[test]
    fn what_no_clock_can_show_stays_as_it_is() {
        for skew in [TimeDelta::MAX, TimeDelta::MIN] {
            for local in [
                DateTime::<Utc>::MIN_UTC,
                Utc::now(),
                DateTime::<Utc>::MAX_UTC,
            ] {
                later(local, Some(skew));
            }
        }
        let local = Utc::now();
        assert_eq!(later(local, Some(TimeDelta::MAX)), local);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// A clock that is off can make something end sooner, never later.
        #[test]
        fn the_later_of_both_clocks_counts(local in -1_000_000_000_000_i64..1_000_000_000_000, skew in -1_000_000_000_000_i64..1_000_000_000_000) {
            let time = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
            let expected = time(local.max(local + skew));
            let skew = TimeDelta::try_seconds(skew).unwrap();
            proptest::prop_assert_eq!(later(time(local), Some(skew)), expected);
            proptest::prop_assert!(!of_skew(skew).message.is_empty());
        }
    }
}
