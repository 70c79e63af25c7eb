//! When to come back, as the vendor says.

use super::raw_response::RawResponse;
use crate::time::{Clock, http_date};
use std::time::Duration;

/// Reads `Retry-After`: whole seconds, or an HTTP date measured against the response's own `Date`,
/// so that a wrong local clock does not matter. The longest of several counts. Anything else is
/// treated as absent.
pub(crate) fn read(response: &RawResponse, clock: &dyn Clock) -> Option<Duration> {
    response
        .headers
        .get_all(http::header::RETRY_AFTER)
        .iter()
        .filter_map(|value| wait(value.to_str().ok()?.trim(), response, clock))
        .max()
}

fn wait(text: &str, response: &RawResponse, clock: &dyn Clock) -> Option<Duration> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let at = http_date::parse(text)?;
    let now = response
        .header("date")
        .and_then(http_date::parse)
        .unwrap_or_else(|| clock.now());
    at.signed_duration_since(now).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;

    #[derive(Debug)]
    struct Fixed(DateTime<Utc>);

    impl Clock for Fixed {
        fn now(&self) -> DateTime<Utc> {
            self.0
        }
    }

    const NOW: i64 = 1_795_341_600;

    fn clock() -> Fixed {
        Fixed(DateTime::from_timestamp(NOW, 0).unwrap())
    }

    fn response(date: Option<&str>, values: &[&str]) -> RawResponse {
        let mut headers = http::HeaderMap::new();
        if let Some(date) = date {
            headers.insert("date", date.parse().unwrap());
        }
        for value in values {
            headers.append(
                "retry-after",
                http::HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        RawResponse {
            status: http::StatusCode::TOO_MANY_REQUESTS,
            headers,
            body: Default::default(),
        }
    }

    #[test]
    fn forms() {
        let date = Some("Sun, 22 Nov 2026 10:00:00 GMT");
        for (values, seconds) in [
            (&["2"][..], Some(2)),
            (&["0"], Some(0)),
            (&["86400"], Some(86400)),
            (&["99999999999999999999"], Some(u64::MAX)),
            (&["Sun, 22 Nov 2026 10:00:20 GMT"], Some(20)),
            (&["Sunday, 22-Nov-26 10:00:20 GMT"], Some(20)),
            (&["Sun Nov 22 10:00:20 2026"], Some(20)),
            (&["Sun, 22 Nov 2026 09:00:00 GMT"], None),
            (&["Fri, 31 Dec 100000 23:59:59 GMT"], None),
            (&[""], None),
            (&["-5"], None),
            (&["inf"], None),
            (&["nan"], None),
            (&["1e3"], None),
            (&["soon"], None),
            (&["\u{e9}"], None),
            (&["3", "7"], Some(7)),
            (&["7", "soon"], Some(7)),
            (&["Sun, 22 Nov 2026 10:00:20 GMT", "3"], Some(20)),
        ] {
            let read = read(&response(date, values), &clock());
            assert_eq!(read.map(|wait| wait.as_secs()), seconds, "{values:?}");
        }
    }

    #[test]
    fn the_responses_own_date_counts_and_the_clock_only_without_one() {
        let later = "Sun, 22 Nov 2026 10:00:20 GMT";
        for wrong in [-315_576_000, -86_400, 86_400, 315_576_000] {
            let clock = Fixed(DateTime::from_timestamp(NOW + wrong, 0).unwrap());
            let response = response(Some("Sun, 22 Nov 2026 10:00:00 GMT"), &[later]);
            assert_eq!(read(&response, &clock), Some(Duration::from_secs(20)));
        }
        let skewed = Fixed(clock().0 + TimeDelta::seconds(5));
        assert_eq!(
            read(&response(None, &[later]), &skewed).map(|wait| wait.as_secs()),
            Some(15)
        );
    }

    /// The same rule, read one character after the other, with numbers that cannot overflow.
    fn oracle(text: &str) -> Option<u64> {
        let text = text.trim_matches([' ', '\t']);
        let mut total = 0_u128;
        for character in text.chars() {
            let digit = u128::from(character.to_digit(10)?);
            total = (total * 10 + digit).min(u128::from(u64::MAX));
        }
        (!text.is_empty()).then_some(u64::try_from(total).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn seconds_as_the_oracle_reads_them(text in "[ ]?[0-9+.eE-]{0,24}[ ]?") {
            let wait = read(&response(None, &[&text]), &clock());
            prop_assert_eq!(wait.map(|wait| wait.as_secs()), oracle(&text));
        }

        #[test]
        fn dates_are_the_difference(date in 0_i64..4_000_000_000, ahead in -1_000_000_i64..1_000_000) {
            let text = |seconds| {
                let at = DateTime::from_timestamp(seconds, 0).unwrap();
                at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
            };
            let response = response(Some(&text(date)), &[&text(date + ahead)]);
            let expected = u64::try_from(ahead).ok().map(Duration::from_secs);
            prop_assert_eq!(read(&response, &clock()), expected);
        }

        #[test]
        fn any_text(text in "[\\x20-\\x7e\u{80}-\u{ff}]{0,60}") {
            let _ = read(&response(None, &[&text]), &clock());
        }
    }
}
