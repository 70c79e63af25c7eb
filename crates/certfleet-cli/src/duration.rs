//! Lengths of time: read from options, and said to people.

use certfleet::duration::{Invalid, parse};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use std::time::Duration;

pub(crate) use certfleet_report::words::relative;

/// Longer than anyone waits, and far below where dates end.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// Reads the value of an option: `90s`, `5m`, `1h`, `2d`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, &'static str> {
    match parse(text, "smhd") {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        Ok(_) | Err(Invalid::TooLong) => Err("that is longer than a year"),
        Err(Invalid::Form) => Err("write a whole number and a unit, as in 90s, 5m, 1h or 2d"),
    }
}

/// Reads a point in time: a day, a time (RFC 3339), or how long ago it was.
pub(crate) fn parse_since(text: &str) -> Result<DateTime<Utc>, &'static str> {
    const FORMS: &str = "write a time, as in 2026-11-22 or 2026-11-22T12:00:00Z, or how long ago, as in 90s, 5m, 1h or 2d";
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(NaiveTime::MIN).and_utc());
    }
    match parse(text, "smhd") {
        Ok(ago) => TimeDelta::from_std(ago)
            .ok()
            .and_then(|ago| Utc::now().checked_sub_signed(ago))
            .ok_or("that is longer ago than dates begin"),
        Err(Invalid::TooLong) => Err("that is longer ago than dates begin"),
        Err(Invalid::Form) => Err(FORMS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time() {
        for (text, time) in [
            ("2026-11-22", "2026-11-22T00:00:00Z"),
            ("2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z"),
            ("2026-11-22T12:00:00+02:00", "2026-11-22T10:00:00Z"),
        ] {
            let time: DateTime<Utc> = time.parse().unwrap();
            assert_eq!(parse_since(text), Ok(time), "{text}");
        }
        let before = Utc::now();
        let ago = parse_since("2d").unwrap() + TimeDelta::days(2);
        assert!((before..=Utc::now()).contains(&ago), "{ago}");
        for bad in [
            "",
            "yesterday",
            "2026-13-01",
            "12",
            "1w",
            "-5m",
            "99999999999999d",
        ] {
            assert!(parse_since(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("0s", 0),
            ("90s", 90),
            ("5m", 300),
            ("1h", 3600),
            ("2d", 172_800),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_secs(seconds)),
                "{text}"
            );
        }
        for bad in [
            "",
            "s",
            "5",
            "-1s",
            "1.5h",
            "1w",
            "5é",
            "999d",
            "99999999999999999999s",
        ] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
