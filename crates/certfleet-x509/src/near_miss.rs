//! Text that is meant as armour and is not: dashes that are not hyphens, another number of them, small letters.
//!
//! Such a block is never read: whoever else gets the file would not read it either. It is named, so that a certificate
//! is not passed over silently, and a private key is recognised all the same.

use memchr::{memchr2_iter, memmem};

use crate::base64_text;
use crate::error::{ReadError, ReadErrorKind};
use crate::limits::MAX_CERTIFICATES;
use crate::other::{MAX_LABEL, OtherKind};

/// What stands in text where no block is.
pub(crate) enum Hit {
    PrivateKey,
    /// What is meant as the BEGIN line of a certificate, with the reason why it is not one.
    Certificate(ReadError),
}

/// Finds, in rising order, the first private key and everything meant as a certificate, up to one more than an input
/// may hold.
pub(crate) fn find(text: &[u8]) -> Vec<(usize, Hit)> {
    let mut hits = Vec::new();
    let mut has_key = false;
    let mut from = 0;
    while let Some(at) = find_ignoring_case(text.get(from..).unwrap_or_default(), b"BEGIN") {
        let at = from + at;
        from = at + 1;
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at..).unwrap_or_default();
        if names_a_key(before, after) {
            if !has_key {
                hits.push((at, Hit::PrivateKey));
            }
            has_key = true;
        } else if let Some(error) = names_a_certificate(before, after) {
            hits.push((at, Hit::Certificate(error)));
        }
        if hits.len() > MAX_CERTIFICATES {
            break;
        }
    }
    const PUTTY: &[u8] = b"PuTTY-User-Key-File";
    if let Some(at) = memmem::find(text, PUTTY).filter(|_| !has_key) {
        let place = hits.partition_point(|&(other, _)| other < at);
        hits.insert(place, (at, Hit::PrivateKey));
    }
    hits
}

/// `after` begins with BEGIN. Prose may begin with a private key; an armour has a dash before.
fn names_a_key(before: &[u8], after: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let window = after.get(..after.len().min(MAX_LABEL)).unwrap_or_default();
    let line = window
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .next()
        .unwrap_or_default();
    last_char(before).is_some_and(is_dash) && find_ignoring_case(line, b"PRIVATE KEY").is_some()
}

/// The error where BEGIN and a certificate's label are followed by base64 as a certificate begins.
fn names_a_certificate(before: &[u8], after: &[u8]) -> Option<ReadError> {
    let (begin, rest) = after.split_at_checked("BEGIN".len())?;
    let length = rest
        .iter()
        .take(MAX_LABEL)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'#'))
        .count();
    let (label, rest) = rest.split_at_checked(length)?;
    let upper = label.trim_ascii().to_ascii_uppercase();
    let upper = std::str::from_utf8(&upper).ok()?;
    if OtherKind::from_label(upper).is_some() {
        return None;
    }
    let (trailing, body) = leading_dashes(rest);
    if !begins_certificate(body) {
        return None;
    }
    let leading = trailing_dashes(before.trim_ascii_end());
    let odd = leading
        .chars()
        .chain(trailing.chars())
        .find(|&dash| dash != '-');
    let odd = odd.map_or_else(String::new, |dash| {
        format!(", with U+{:04X} in place of hyphens", u32::from(dash))
    });
    let written = |part| std::str::from_utf8(part).unwrap_or_default();
    Some(ReadError::new(
        ReadErrorKind::Armour,
        format!(
            "here is \"{leading}{}{}{trailing}\"{odd}, but a PEM block begins with exactly \"-----BEGIN {upper}-----\"; \
             correct this line and the END line, or copy the certificate again from its source",
            written(begin),
            written(label),
        ),
    ))
}

/// True where base64 of a DER SEQUENCE of usual length follows, as whatever is left of the lines.
fn begins_certificate(text: &[u8]) -> bool {
    const ENOUGH: usize = 16;
    let mut body = text;
    loop {
        body = match *body {
            [byte, ref rest @ ..] if byte.is_ascii_whitespace() => rest,
            [b'\\', b'n' | b'r' | b't', ref rest @ ..] | [b'\\', ref rest @ ..] => rest,
            _ => break,
        };
    }
    body.starts_with(b"MI")
        && body
            .get(..ENOUGH)
            .is_some_and(|start| start.iter().copied().all(base64_text::is_base64))
}

/// Characters that look like a hyphen, or are drawn as a line of them.
fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '_' | '=' | '~' | '\u{ad}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
    )
}

/// More dashes than these are not repeated.
const MAX_DASHES: usize = 12;

/// The dash that is not a hyphen at the start of a text.
pub(crate) fn odd_dash(text: &[u8]) -> Option<char> {
    first_char(text).filter(|&dash| !dash.is_ascii() && is_dash(dash))
}

fn first_char(text: &[u8]) -> Option<char> {
    (1..=4).find_map(|length| {
        std::str::from_utf8(text.get(..length)?)
            .ok()?
            .chars()
            .next()
    })
}

fn last_char(text: &[u8]) -> Option<char> {
    (1..=4).find_map(|length| {
        let start = text.len().checked_sub(length)?;
        std::str::from_utf8(text.get(start..)?).ok()?.chars().next()
    })
}

/// The dashes that a text begins with, and what follows them.
fn leading_dashes(text: &[u8]) -> (String, &[u8]) {
    let (mut dashes, mut rest) = (String::new(), text);
    while let Some(dash) = first_char(rest).filter(|&dash| is_dash(dash)) {
        if dashes.chars().count() < MAX_DASHES {
            dashes.push(dash);
        }
        rest = rest.get(dash.len_utf8()..).unwrap_or_default();
    }
    (dashes, rest)
}

/// The dashes that a text ends with.
fn trailing_dashes(text: &[u8]) -> String {
    let mut dashes = Vec::new();
    let mut rest = text;
    while let Some(dash) =
        last_char(rest).filter(|&dash| is_dash(dash) && dashes.len() < MAX_DASHES)
    {
        dashes.push(dash);
        rest = rest.get(..rest.len() - dash.len_utf8()).unwrap_or_default();
    }
    dashes.into_iter().rev().collect()
}

/// `wanted` is in upper case and begins with a letter.
fn find_ignoring_case(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let &first = wanted.first()?;
    memchr2_iter(first, first.to_ascii_lowercase(), text).find(|&at| {
        text.get(at..at + wanted.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each hit has a text of its own, which a large input must not multiply.
    #[test]
    fn no_more_is_found_than_is_needed_to_refuse() {
        let line = "BEGIN CERTIFICATE\nMIIBIjANBgkqhkiG\n";
        assert_eq!(find(line.repeat(100).as_bytes()).len(), 100);
        let hits = find(line.repeat(2 * MAX_CERTIFICATES).as_bytes());
        assert_eq!(hits.len(), MAX_CERTIFICATES + 1);
    }
}
