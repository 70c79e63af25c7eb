//! Which of two clocks counts, the vendor's or the local one.

use crate::{Warning, WarningKind};
use chrono::{DateTime, TimeDelta, Utc};

/// How far a vendor's clock and the local one may be apart before it is said, and ends of validity are
/// judged by the later of the two.
const TOLERATED: TimeDelta = TimeDelta::minutes(5);

/// Returns a skew that is worth telling.
pub(super) fn beyond_tolerance(skew: Option<TimeDelta>) -> Option<TimeDelta> {
    skew.filter(|skew| skew.abs() > TOLERATED)
}

/// Returns the later of a time and the same on another clock. Which of two clocks is wrong cannot be known: one
/// that is behind must not hide that something has expired. What no clock can show stays as it is.
pub(super) fn later(local: DateTime<Utc>, skew: Option<TimeDelta>) -> DateTime<Utc> {
    skew.and_then(|skew| local.checked_add_signed(skew))
        .map_or(local, |there| there.max(local))
}

/// Says that a vendor's clock is off, and by how much.
pub(super) fn warning(skew: TimeDelta) -> Warning {
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
            let warning = warning(TimeDelta::try_seconds(seconds).unwrap());
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
            proptest::prop_assert!(!warning(skew).message.is_empty());
        }
    }
}
