//! Percent-encoding, as URLs and forms have it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a URL's segment encodes: everything but RFC 3986's unreserved characters.
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What a form encodes (WHATWG URL): everything but letters, digits and `*-._`. A space is a plus.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

/// Encodes a text as a form has it, in pieces.
pub(crate) fn form(text: &str) -> impl Iterator<Item = &str> + Clone {
    utf8_percent_encode(text, FORM).map(|piece| if piece == "%20" { "+" } else { piece })
}
