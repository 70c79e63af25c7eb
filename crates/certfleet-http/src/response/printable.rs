//! A vendor's text as an error shows it.

/// The most characters of a vendor's text that an error shows.
const SHOWN: usize = 500;

/// Puts a vendor's text on one line, without control characters that could steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            character if character.is_control() || is_bidi(character) => '\u{fffd}',
            character => character,
        })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Returns whether a character changes the direction of the text after it.
fn is_bidi(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendor_text_cannot_steer_a_terminal() {
        assert_eq!(
            printable("a\u{1b}[31mb\nc\u{202e}d"),
            "a\u{fffd}[31mb c\u{fffd}d"
        );
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// A vendor's text is shown on one line, bounded, and steers nothing.
        #[test]
        fn what_a_vendor_says_is_harmless(text in "(\\PC|[\u{0}-\u{1f}\u{7f}-\u{9f}\u{200e}\u{202a}-\u{202e}\u{2066}-\u{2069}]){0,600}") {
            let shown = printable(&text);
            let steers = |character: char| character.is_control() || is_bidi(character);
            proptest::prop_assert!(!shown.contains(steers), "{shown:?}");
            proptest::prop_assert!(shown.chars().count() <= SHOWN + 1);
            if !text.contains(steers) && text.chars().count() <= SHOWN {
                proptest::prop_assert_eq!(shown, text);
            }
        }
    }
}
