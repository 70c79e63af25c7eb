//! Lengths of time: read from options, and said to people.

use certfleet::duration::{Invalid, parse};
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

#[cfg(test)]
mod tests {
    use super::*;

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
