//! Levels.

use crate::fleet::{account, inventory, judge, now, record, thresholds};
use certfleet_report::judgement::{Judgements, Level, Thresholds};

#[test]
fn each_level_by_time_and_by_share() {
    let by_time = thresholds("30d", Some("7d"));
    let by_share = thresholds("30%", Some("7%"));
    for (days, level) in [
        (Some(31), Level::Ok),
        (Some(30), Level::Warning),
        (Some(8), Level::Warning),
        (Some(7), Level::Critical),
        (Some(0), Level::Expired),
        (Some(-1), Level::Expired),
        (None, Level::Unknown),
    ] {
        let inventory = inventory([], [record("a", "1", "one", days)]);
        for thresholds in [by_time, by_share] {
            let judged = Judgements::new(&inventory, thresholds, now());
            assert_eq!(judged.items[0].level, level, "{days:?} {thresholds:?}");
            assert_eq!(judged.worst(), level);
        }
        let alone = Judgements::new(&inventory, thresholds("30d", None), now());
        let expected = match level {
            Level::Critical => Level::Warning,
            level => level,
        };
        assert_eq!(alone.worst(), expected, "{days:?}");
    }
}

#[test]
fn a_record_without_content_has_an_unknown_end() {
    let mut bare = record("a", "1", "one", Some(99));
    bare.contents.clear();
    let judged = judge(&inventory([], [bare]));
    assert_eq!(judged.items.len(), 1);
    assert_eq!(judged.worst(), Level::Unknown);
}

#[test]
fn each_content_is_judged_and_the_worst_counts() {
    let mut record = record("a", "1", "one", Some(99));
    let mut second = record.contents[0].clone();
    second.not_after = Some(now());
    record.contents.push(second);
    let judged = judge(&inventory([account("a", None)], [record]));
    let levels: Vec<_> = judged.items.iter().map(|item| item.level).collect();
    assert_eq!(levels, [Level::Expired, Level::Ok]);
    assert_eq!(judged.worst(), Level::Expired);
}

#[test]
fn the_vendors_clock_counts_where_it_is_ahead() {
    let mut report = account("a", None);
    report.clock_skew_seconds = Some(2 * 86_400);
    let judged = judge(&inventory([report], [record("a", "1", "one", Some(1))]));
    assert_eq!(judged.worst(), Level::Expired);
}

#[test]
fn a_critical_threshold_comes_after_the_warning() {
    let new = |warn: &str, crit: &str| {
        Thresholds::new(warn.parse().unwrap(), Some(crit.parse().unwrap()))
    };
    for (warn, crit, accepted) in [
        ("30d", "7d", true),
        ("7d", "7d", true),
        ("7d", "30d", false),
        ("10%", "20%", false),
        ("1d", "90%", true),
    ] {
        assert_eq!(new(warn, crit).is_ok(), accepted, "{warn} {crit}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]

    /// A stricter pair of thresholds never makes anything better, and what counts adds up.
    #[test]
    fn stricter_is_never_better(days in -400_i64..400, warn in 0_i64..200, crit in 0_i64..200, more in 0_i64..100) {
        let crit = crit.min(warn);
        let inventory = inventory([], [record("a", "1", "one", Some(days))]);
        let level = |warn: i64, crit: i64| {
            let thresholds = thresholds(&format!("{warn}d"), Some(&format!("{crit}d")));
            Judgements::new(&inventory, thresholds, now()).worst()
        };
        proptest::prop_assert!(level(warn, crit) <= level(warn + more, crit + more));
        proptest::prop_assert_eq!(level(warn, crit) == Level::Expired, days <= 0);
    }
}
