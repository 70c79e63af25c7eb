//! Texts of vendors, made harmless for whatever shows them.

use std::borrow::Cow;

/// Returns whether a character can steer a terminal, turn the direction of text or hide it.
///
/// ```
/// use certfleet_report::text::is_steering;
/// assert!(is_steering('\u{1b}') && is_steering('\u{202e}'));
/// assert!(!is_steering('ö'));
/// ```
pub fn is_steering(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns a text on one line and without steering characters.
///
/// ```
/// use certfleet_report::text::sanitize;
/// assert_eq!(sanitize("one\ntwo"), "one two");
/// assert_eq!(sanitize("a\u{202e}b"), "a\u{fffd}b");
/// ```
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.contains(is_steering) {
        return Cow::Borrowed(text);
    }
    let harmless = |character| match character {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        character if is_steering(character) => char::REPLACEMENT_CHARACTER,
        character => character,
    };
    Cow::Owned(text.trim_end().chars().map(harmless).collect())
}
