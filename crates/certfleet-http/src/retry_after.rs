//! When a vendor says to come back.

use crate::Answer;
use chrono::{DateTime, Utc};
use std::time::Duration;

/// Reads `Retry-After`: whole seconds, or an HTTP date measured against the answer's own `Date`, so
/// that a wrong local clock does not matter. Anything else is as if it were absent.
pub(crate) fn read(answer: &Answer) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let at = http_date(text)?;
    let now = answer
        .header("date")
        .and_then(http_date)
        .unwrap_or_else(Utc::now);
    (at - now).to_std().ok()
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text)
        .ok()
        .map(|date| date.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (value, seconds) in [
            ("2", Some(2)),
            ("0", Some(0)),
            ("86400", Some(86400)),
            ("99999999999999999999", Some(u64::MAX)),
            ("Sun, 22 Nov 2026 10:00:20 GMT", Some(20)),
            ("Sun, 22 Nov 2026 09:00:00 GMT", None),
            ("", None),
            ("-5", None),
            ("inf", None),
            ("1e3", None),
            ("soon", None),
        ] {
            let mut headers = http::HeaderMap::new();
            headers.insert("date", "Sun, 22 Nov 2026 10:00:00 GMT".parse().unwrap());
            headers.insert("retry-after", value.parse().unwrap());
            let answer = Answer {
                status: http::StatusCode::TOO_MANY_REQUESTS,
                headers,
                body: Default::default(),
            };
            assert_eq!(read(&answer).map(|d| d.as_secs()), seconds, "{value}");
        }
    }
}
