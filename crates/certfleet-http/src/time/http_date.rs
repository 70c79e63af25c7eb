//! Dates in headers (RFC 9110, section 5.6.7).

use chrono::{DateTime, NaiveDateTime, Utc};

/// The three forms that a recipient must accept: IMF-fixdate, RFC 850, asctime.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// All three forms say the same moment; the short year of RFC 850 is of 1970 to 2068.
        #[test]
        fn the_forms_agree(seconds in 0_i64..3_000_000_000) {
            let moment = DateTime::from_timestamp(seconds, 0).unwrap();
            for form in FORMS {
                let text = moment.format(form).to_string();
                prop_assert_eq!(parse(&text), Some(moment), "{}", text);
            }
        }

        #[test]
        fn any_text(text in "[A-Z][a-z]{2,8}[, -]{1,2}[0-9]{0,6}[ :A-Za-z0-9-]{0,24}|\\PC{0,40}") {
            if let Some(moment) = parse(&text) {
                let again = moment.format(FORMS[0]).to_string();
                prop_assert_eq!(parse(&again), Some(moment), "{}", text);
            }
        }
    }
}
