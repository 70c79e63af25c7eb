//! Texts that are too long for their column, shortened so that they still tell rows apart.

use crate::terminal::{shortened, width};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

/// How often texts that look alike are shortened anew.
const ROUNDS: usize = 8;

/// From this round on, nothing that texts share is shown before their difference: what fills the room from the
/// end makes texts of different lengths alike.
const EXACT_FROM: usize = 2;

/// A beginning that texts share is left out from so many characters on.
const SHORTEST_PREFIX: usize = 4;

/// The most characters that are looked at for a column: see [`shortened`].
const PER_COLUMN: usize = 8;

/// Shortens the texts of one column, each to at most `limit` columns. What is left out is in the middle; where
/// texts begin alike, it is what they share; where two would look alike, it is what comes before their
/// difference.
pub(super) fn fitted<'a>(texts: &[&'a str], limit: usize) -> Vec<Cow<'a, str>> {
    let mut shown: Vec<Cow<'a, str>> = texts.iter().map(|text| Cow::Borrowed(*text)).collect();
    let long = |index: &usize| texts.get(*index).is_some_and(|text| width(text) > limit);
    let all: Vec<usize> = (0..texts.len()).filter(long).collect();
    let mut groups = vec![all];
    for round in 0..ROUNDS {
        for group in &groups {
            let members: BTreeSet<&str> = group
                .iter()
                .filter_map(|at| texts.get(*at).copied())
                .collect();
            let shared = common_prefix(&members);
            for at in group {
                if let (Some(text), Some(shown)) = (texts.get(*at), shown.get_mut(*at)) {
                    *shown = Cow::Owned(if round == 0 && shared < SHORTEST_PREFIX {
                        middle(text, limit)
                    } else {
                        without_prefix(text, shared, limit, round < EXACT_FROM)
                    });
                }
            }
        }
        groups = alike(texts, &shown, limit);
        if groups.is_empty() {
            break;
        }
    }
    shown
}

/// The groups of different long texts that are shown alike.
fn alike(texts: &[&str], shown: &[Cow<'_, str>], limit: usize) -> Vec<Vec<usize>> {
    let mut by_shown: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, (text, shown)) in texts.iter().zip(shown).enumerate() {
        if width(text) > limit {
            by_shown.entry(shown).or_default().push(at);
        }
    }
    let mut groups: Vec<_> = by_shown
        .into_values()
        .filter(|group| {
            let members: BTreeSet<_> = group.iter().filter_map(|at| texts.get(*at)).collect();
            members.len() > 1
        })
        .collect();
    groups.sort_unstable();
    groups
}

/// How many characters all of some different texts begin with; none where there is only one.
fn common_prefix(texts: &BTreeSet<&str>) -> usize {
    // Of texts in order, the first and the last share the least.
    match (texts.first(), texts.last()) {
        (Some(first), Some(last)) if texts.len() > 1 => first
            .chars()
            .zip(last.chars())
            .take_while(|(one, other)| one == other)
            .count(),
        _ => 0,
    }
}

/// Shortens a text from the middle.
fn middle(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let tail = limit.saturating_sub(1) / 2;
    joined(
        beginning(text, limit.saturating_sub(1 + tail)),
        text,
        tail,
        limit,
    )
}

/// Shortens a text to a little of its beginning and what follows the first `shared` characters. `filled` says that
/// room which is left shows what comes before that.
fn without_prefix(text: &str, shared: usize, limit: usize, filled: bool) -> String {
    let head = beginning(text, (limit / 4).min(shared));
    let after = text
        .char_indices()
        .nth(shared)
        .map_or("", |(at, _)| text.get(at..).unwrap_or(""));
    let room = limit.saturating_sub(width(&head) + 1);
    if filled && width(after) <= room {
        return joined(head, text, room, limit);
    }
    let whole = format!("{head}…{}", middle(after, room));
    within(whole, text, limit)
}

/// A beginning, an ellipsis, and as much of the end as takes at most `tail` columns.
fn joined(head: String, text: &str, tail: usize, limit: usize) -> String {
    if text.is_ascii() {
        let end = text.get(text.len().saturating_sub(tail)..).unwrap_or("");
        return within(format!("{head}…{end}"), text, limit);
    }
    let mut end = String::new();
    for character in text.chars().rev().take(tail.saturating_mul(PER_COLUMN)) {
        end.insert(0, character);
        // Of the whole: some characters make the one before them wider.
        if width(&end) > tail {
            end.remove(0);
            break;
        }
    }
    within(format!("{head}…{end}"), text, limit)
}

/// The beginning of a text that takes at most `limit` columns.
fn beginning(text: &str, limit: usize) -> String {
    if text.is_ascii() {
        return text.get(..limit).unwrap_or(text).to_owned();
    }
    let mut kept = String::new();
    for character in text.chars().take(limit.saturating_mul(PER_COLUMN)) {
        kept.push(character);
        if width(&kept) > limit {
            kept.pop();
            break;
        }
    }
    kept
}

/// What was put together, unless parts became wider beside each other.
fn within(whole: String, text: &str, limit: usize) -> String {
    if width(&whole) <= limit {
        whole
    } else {
        shortened(text, limit).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_left_out() {
        for (text, limit, shown) in [
            ("abcdefgh", 8, "abcdefgh"),
            ("abcdefgh", 7, "abc…fgh"),
            ("abcdefgh", 6, "abc…gh"),
            ("abcdefgh", 3, "a…h"),
            ("abcdefgh", 2, "a…"),
            ("abcdefgh", 1, "…"),
            ("abcdefgh", 0, ""),
            ("証明書証明書", 7, "証…書"),
        ] {
            assert_eq!(middle(text, limit), shown, "{text} {limit}");
        }
    }

    #[test]
    fn what_tells_apart_survives() {
        for (texts, limit, shown) in [
            // One text: its beginning and its end.
            (&["payments-client-ca-2027"][..], 11, &["payme…-2027"][..]),
            // A beginning that all share is what goes.
            (
                &[
                    "northwind-production-billing",
                    "northwind-production-payments",
                ],
                14,
                &["nor…on-billing", "nor…n-payments"],
            ),
            // So does what is alike around a difference in the middle.
            (
                &["eu-west-1-alpha-client-ca", "eu-west-1-beta-client-ca"],
                11,
                &["eu…alph…-ca", "eu…beta…-ca"],
            ),
            // Some share more than all do.
            (
                &[
                    "web-one-of-the-authorities",
                    "web-two-of-the-authorities",
                    "vpn-authority-of-all",
                ],
                9,
                &["we…one…es", "we…two…es", "vpn-…-all"],
            ),
            // What fits stays as it is, whatever the others share.
            (
                &["ca", "northwind-production-a", "northwind-production-b"],
                8,
                &["ca", "no…ion-a", "no…ion-b"],
            ),
            // The same text twice is shown alike.
            (&["aaaaaaaaaa", "aaaaaaaaaa"], 5, &["aa…aa", "aa…aa"]),
            // The same end after more of the same.
            (
                &[
                    "acommon-part-of-names",
                    "common-part-of-namesaaxxxxxxxxxxxx",
                    "common-part-of-namesaaaxxxxxxxxxxxx",
                ],
                20,
                &[
                    "acommon-pa…-of-names",
                    "commo…xxxxxxxxxxxx",
                    "commo…axxxxxxxxxxxx",
                ],
            ),
            // One is the beginning of the other.
            (&["abcdefgh", "abcdefghij"], 5, &["a…fgh", "a…hij"]),
        ] {
            let short = fitted(texts, limit);
            assert_eq!(short, shown, "{texts:?}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(5_000))]

        /// Every text fits, and different ones with few differences stay different where there is room for it.
        #[test]
        fn all_fit(texts in proptest::collection::vec("[ab]{0,4}common-part-of-names[ab]{0,4}x{0,12}", 0..6), limit in 0_usize..40) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let short = fitted(&texts, limit);
            proptest::prop_assert_eq!(short.len(), texts.len());
            for text in &short {
                proptest::prop_assert!(width(text) <= limit, "{text:?}");
            }
            let different = texts.iter().collect::<BTreeSet<_>>().len();
            if limit >= 20 {
                let shown = short.iter().collect::<BTreeSet<_>>().len();
                proptest::prop_assert_eq!(shown, different, "{:?}", short);
            }
        }

        #[test]
        fn any_text_fits(texts in proptest::collection::vec("\\PC{0,30}", 0..4), limit in 0_usize..20) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            for text in fitted(&texts, limit) {
                proptest::prop_assert!(width(&text) <= limit, "{text:?}");
            }
        }
    }
}
