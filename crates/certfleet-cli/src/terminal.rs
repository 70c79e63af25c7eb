//! What a terminal is shown: vendors' text made harmless, colour and width.

use crate::cli::Color;
use anstream::{AutoStream, ColorChoice};
use std::{borrow::Cow, io, sync::LazyLock};
use terminal_size::{Height, Width, terminal_size_of};
use unicode_width::UnicodeWidthStr as _;

pub(crate) use certfleet_report::text::{is_steering, sanitize};

/// How stdout is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terminal {
    /// Whether to colour.
    pub(crate) color: bool,
    /// How many columns a row may have; unlimited unless it is a terminal.
    pub(crate) width: Option<usize>,
}

impl Terminal {
    /// Of this process's stdout. `NO_COLOR`, `CLICOLOR_FORCE` and `TERM=dumb` decide unless
    /// `--color` does.
    pub(crate) fn stdout(color: Color) -> Self {
        let stdout = io::stdout();
        Self {
            color: match color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto => AutoStream::choice(&stdout) != ColorChoice::Never,
            },
            width: columns(terminal_size_of(&stdout)),
        }
    }
}

/// The fewest columns that a text is broken for: where less is left beside its indent, the terminal breaks it.
const LEAST: usize = 20;

/// A line that begins with `first`, broken between words where stdout is a terminal that it is too long for. What
/// follows a break is indented by so many columns. Elsewhere a line stays one line.
pub(crate) fn wrapped(first: &str, indent: usize, text: &str) -> String {
    static COLUMNS: LazyLock<Option<usize>> =
        LazyLock::new(|| columns(terminal_size_of(io::stdout())));
    broken(first, indent, text, *COLUMNS)
}

/// As [`wrapped`], for a message on stderr.
pub(crate) fn for_stderr(text: &str) -> String {
    static COLUMNS: LazyLock<Option<usize>> =
        LazyLock::new(|| columns(terminal_size_of(io::stderr())));
    let (first, text) = text.split_at(text.len() - text.trim_start_matches(' ').len());
    broken(first, first.len() + 2, text, *COLUMNS)
}

fn broken(first: &str, indent: usize, text: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns.filter(|columns| *columns >= indent.saturating_add(LEAST)) else {
        return format!("{first}{text}");
    };
    let indent = " ".repeat(indent);
    // What is copied, such as a SHA-256 or a path, stays in one piece.
    let options = textwrap::Options::new(columns)
        .initial_indent(first)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

/// The columns of a terminal's size; `None` where there is no terminal, or it does not say.
fn columns(size: Option<(Width, Height)>) -> Option<usize> {
    size.map(|(width, _)| usize::from(width.0))
        .filter(|width| *width > 0)
}

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The most characters that are looked at for a column: marks are put on others without taking one, and a
/// vendor may send them without end.
const PER_COLUMN: usize = 8;

/// A text in at most `limit` columns, with an ellipsis where something is missing.
pub(crate) fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    if text.width() <= limit {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    for character in text.chars().take(limit.saturating_mul(PER_COLUMN)) {
        kept.push(character);
        // Of the whole: some characters make the one before them wider.
        if kept.width() >= limit {
            kept.pop();
            break;
        }
    }
    if limit > 0 {
        kept.push('…');
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless() {
        for (text, shown) in [
            ("plain Örg 証明書 👩‍💻", "plain Örg 証明書 👩‍💻"),
            ("a\u{1b}[31mred\u{7}", "a\u{fffd}[31mred\u{fffd}"),
            ("one\ntwo\r\n", "one two"),
            ("csi \u{9b}31m", "csi \u{fffd}31m"),
            ("abc\u{202e}cba\u{2066}", "abc\u{fffd}cba\u{fffd}"),
            ("tag\u{e0041}", "tag\u{fffd}"),
        ] {
            assert_eq!(sanitize(text), shown, "{text:?}");
        }
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        let sha256 = "7e4c".repeat(16);
        for (text, columns, shown) in [
            ("a plan that says much", None, "1. a plan that says much"),
            (
                "a plan that says much",
                Some(24),
                "1. a plan that says much",
            ),
            (
                "a plan that says much",
                Some(23),
                "1. a plan that says\n   much",
            ),
            // Too narrow to read well: the terminal breaks it.
            (
                "a plan that says much",
                Some(22),
                "1. a plan that says much",
            ),
            (
                "証明書 証明書 証明書 証明書",
                Some(24),
                "1. 証明書 証明書 証明書\n   証明書",
            ),
            ("read-only ca-file", Some(23), "1. read-only ca-file"),
            (
                &format!("is {sha256}"),
                Some(30),
                &format!("1. is\n   {sha256}"),
            ),
        ] {
            assert_eq!(broken("1. ", 3, text, columns), shown, "{text} {columns:?}");
        }
    }

    #[test]
    fn fits() {
        for (text, limit, shown) in [
            ("abcdef", 6, "abcdef"),
            ("abcdef", 5, "abcd…"),
            ("証明書", 5, "証明…"),
            ("証明書", 4, "証…"),
            // A digit as an emoji takes two columns.
            ("0\u{fe0f}0\u{fe0f}0", 4, "0\u{fe0f}0…"),
            ("0\u{fe0f}0\u{fe0f}0", 3, "0\u{fe0f}…"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
        ] {
            let short = shortened(text, limit);
            assert_eq!(short, shown, "{text} {limit}");
            assert!(width(&short) <= limit);
        }
        let marks = format!("a{}b", "\u{301}".repeat(100_000));
        assert!(shortened(&format!("{marks}{marks}"), 2).len() < 100);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// Nothing that steers survives, what is harmless stays as it is, and a short text fits.
        #[test]
        fn any_text_is_harmless(text in "(\\PC|[\u{0}-\u{1f}\u{7f}-\u{9f}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{feff}]){0,60}", limit in 1_usize..80) {
            let shown = sanitize(&text);
            proptest::prop_assert!(!shown.contains(is_steering), "{shown:?}");
            if !text.contains(is_steering) {
                proptest::prop_assert_eq!(&shown, &text);
            }
            let short = shortened(&shown, limit);
            proptest::prop_assert!(width(&short) <= limit, "{short:?}");
        }
    }
}
