//! Percent-encoding for URLs and forms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters that a URL's path segment encodes: all but RFC 3986's unreserved characters.
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The characters that a form encodes (WHATWG URL): all but letters, digits and `*-._`. A space
/// becomes a plus.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

/// Encodes a text for a form, in pieces.
pub(crate) fn form(text: &str) -> impl Iterator<Item = &str> + Clone {
    utf8_percent_encode(text, FORM).map(|piece| if piece == "%20" { "+" } else { piece })
}

/// Encodes everything but RFC 3986's unreserved characters.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}
