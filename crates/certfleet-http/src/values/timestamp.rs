//! Dates as vendors write them: read if possible, and never a reason to lose a record.

use super::integer::Integer;
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The first second of year 0.
const FIRST_SECOND: i64 = -62_167_219_200;

/// The last second of year 9999, which RFC 5280 uses for "no expiry". A number beyond it is not a
/// count of seconds.
const LAST_SECOND: i64 = 253_402_300_799;

/// A date as text. Any string is kept as received; [`utc`](Self::utc) reads the forms that occur.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// Returns the text as the vendor wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the moment if the text is RFC 3339, has an offset without a colon (`+0000`) or without
    /// minutes (`+00`), or has no offset. The name of a zone may follow the offset, as Go writes it
    /// (`+0000 UTC`). Without an offset it is taken as UTC, see [`has_offset`](Self::has_offset).
    pub fn utc(&self) -> Option<DateTime<Utc>> {
        let (text, zone) = self.parts();
        if let Ok(date) = DateTime::parse_from_rfc3339(text) {
            return Some(date.with_timezone(&Utc));
        }
        for format in [
            "%Y-%m-%dT%H:%M:%S%.f%#z",
            "%Y-%m-%d %H:%M:%S%.f%#z",
            "%Y-%m-%d %H:%M:%S%.f %#z",
        ] {
            if let Ok(date) = DateTime::parse_from_str(text, format) {
                return Some(date.with_timezone(&Utc));
            }
        }
        // The name of a zone alone is not enough: several zones share one.
        zone.is_none_or(is_utc).then_some(())?;
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
            .into_iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .map(|date| date.and_utc())
    }

    /// Returns whether the text states its offset. Without one, [`utc`](Self::utc) is an
    /// assumption.
    pub fn has_offset(&self) -> bool {
        let (text, zone) = self.parts();
        zone.is_some_and(is_utc)
            || text.ends_with(['Z', 'z'])
            || text
                .char_indices()
                .skip(19)
                .any(|(_, character)| matches!(character, '+' | '-'))
    }

    /// The text, and the name of a zone behind it.
    fn parts(&self) -> (&str, Option<&str>) {
        let text = self.0.trim();
        match text.rsplit_once(' ') {
            Some((text, zone)) if zone.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                (text.trim_end(), Some(zone))
            }
            _ => (text, None),
        }
    }
}

fn is_utc(zone: &str) -> bool {
    matches!(zone, "UTC" | "GMT" | "Z")
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// A date as seconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixSeconds(pub Integer);

impl UnixSeconds {
    /// Returns the number as the vendor wrote it.
    pub fn get(self) -> i64 {
        self.0.get()
    }

    /// Returns the moment. `None` beyond year 9999 (the number is then not a count of seconds, and
    /// milliseconds are not guessed) and before year 0.
    pub fn utc(self) -> Option<DateTime<Utc>> {
        (FIRST_SECOND..=LAST_SECOND)
            .contains(&self.get())
            .then(|| DateTime::from_timestamp(self.get(), 0))
            .flatten()
    }
}

impl From<i64> for UnixSeconds {
    fn from(seconds: i64) -> Self {
        Self(Integer(seconds))
    }
}

impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts() {
        for (text, utc, offset) in [
            ("2027-01-02T03:04:05Z", Some("2027-01-02T03:04:05Z"), true),
            (
                "2027-01-02T03:04:05.678Z",
                Some("2027-01-02T03:04:05.678Z"),
                true,
            ),
            (
                "2027-01-02T03:04:05+02:00",
                Some("2027-01-02T01:04:05Z"),
                true,
            ),
            (
                "2027-01-02T03:04:05+0000",
                Some("2027-01-02T03:04:05Z"),
                true,
            ),
            (
                "2027-01-02T03:04:05.000-0130",
                Some("2027-01-02T04:34:05Z"),
                true,
            ),
            // As Cloudflare has written them.
            (
                "2027-06-01 13:06:07.962222+00",
                Some("2027-06-01T13:06:07.962222Z"),
                true,
            ),
            (
                "2027-06-01 11:19:00 +0000 UTC",
                Some("2027-06-01T11:19:00Z"),
                true,
            ),
            (
                "2027-06-01 11:19:00.5 +0200 CEST",
                Some("2027-06-01T09:19:00.5Z"),
                true,
            ),
            ("2027-06-01T13:06:07-03", Some("2027-06-01T16:06:07Z"), true),
            (
                "2027-06-01 11:19:00 UTC",
                Some("2027-06-01T11:19:00Z"),
                true,
            ),
            ("2027-06-01 11:19:00 CEST", None, false),
            ("2027-01-02 03:04:05", Some("2027-01-02T03:04:05Z"), false),
            ("2027-01-02T03:04:05", Some("2027-01-02T03:04:05Z"), false),
            ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z"), true),
            ("0001-01-01T00:00:00Z", Some("0001-01-01T00:00:00Z"), true),
            ("soon", None, false),
            ("", None, false),
        ] {
            let read = Timestamp::from(text);
            let expected = utc.map(|t| t.parse::<DateTime<Utc>>().unwrap());
            assert_eq!(read.utc(), expected, "{text}");
            assert_eq!(read.has_offset(), offset, "{text}");
            assert_eq!(read.as_str(), text);
        }
    }

    #[test]
    fn seconds() {
        for (seconds, year) in [
            (0, Some(1970)),
            (-631_152_000, Some(1950)),
            (LAST_SECOND, Some(9999)),
            (LAST_SECOND + 1, None),
            (1_800_000_000_000, None),
            (i64::MIN, None),
        ] {
            use chrono::Datelike;
            let read = UnixSeconds::from(seconds).utc().map(|date| date.year());
            assert_eq!(read, year, "{seconds}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn no_text_fails(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            let read: Timestamp = serde_json::from_str(&json).unwrap();
            let _ = (read.utc(), read.has_offset());
            prop_assert_eq!(read.as_str(), text);
        }

        /// Whatever form a vendor writes a moment in, and in whatever zone, the same moment is read.
        #[test]
        fn moments_go_round(
            seconds in FIRST_SECOND + 86_400..LAST_SECOND - 86_400, millis in 0_u32..1_000, minutes in -840_i32..=840,
        ) {
            let moment = DateTime::from_timestamp(seconds, millis * 1_000_000).unwrap();
            let zone = chrono::FixedOffset::east_opt(minutes * 60).unwrap();
            let there = moment.with_timezone(&zone);
            let texts = [
                there.to_rfc3339(),
                there.format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string(),
                there.format("%Y-%m-%d %H:%M:%S%.3f%z").to_string(),
                there.format("%Y-%m-%d %H:%M:%S%.3f %z UTC").to_string(),
                moment.format("%Y-%m-%d %H:%M:%S%.3f+00").to_string(),
                moment.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
                moment.format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
                moment.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
            ];
            for (number, text) in texts.into_iter().enumerate() {
                let read = Timestamp::from(format!(" {text} "));
                prop_assert_eq!(read.utc(), Some(moment), "{}", text);
                prop_assert_eq!(read.has_offset(), number < 6, "{}", text);
            }
        }

        /// Every number is a moment of the years that can be written, or none.
        #[test]
        fn seconds_are_a_moment_or_none(seconds in prop_oneof![any::<i64>(), -1_000_i64..4_000_000_000]) {
            let read = UnixSeconds::from(seconds).utc();
            let is_one = (FIRST_SECOND..=LAST_SECOND).contains(&seconds);
            prop_assert_eq!(read.map(|moment| moment.timestamp()), is_one.then_some(seconds));
            if let Some(moment) = read {
                prop_assert_eq!(moment.to_rfc3339().parse::<DateTime<Utc>>().unwrap(), moment);
            }
        }
    }
}
