//! Patterns of names.

use certfleet_report::name_pattern::NamePattern;

/// The same rule, tried every way.
fn slow(pattern: &[char], name: &[char]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, rest) => rest.is_none(),
        (Some(('*', more)), rest) => {
            slow(more, name) || rest.is_some_and(|(_, later)| slow(pattern, later))
        }
        (Some((one, more)), Some((first, later))) => {
            (*one == '?' || one == first) && slow(more, later)
        }
        (Some(_), None) => false,
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

    #[test]
    fn patterns_match_as_the_slow_rule_does(pattern in "[ab*?]{0,8}", name in "[ab]{0,10}") {
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        let expected = slow(&characters(&pattern), &characters(&name));
        proptest::prop_assert_eq!(NamePattern::new(&pattern).matches(&name), expected);
    }
}
