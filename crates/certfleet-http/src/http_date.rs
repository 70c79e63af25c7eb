//! Dates in headers (RFC 9110, section 5.6.7).

use chrono::{DateTime, NaiveDateTime, Utc};

/// The three forms that a recipient has to read: IMF-fixdate, RFC 850, asctime.
const FORMS: [&str; 3] = [
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %e %H:%M:%S %Y",
];

pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    FORMS
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|date| date.and_utc())
}
