//! `30d`, `12h`, `20%`: how near an expiry is.

use certfleet::Certificate;
use chrono::{DateTime, TimeDelta, Utc};
use std::str::FromStr;

/// How near an expiry is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Within {
    /// At most this much time is left.
    Time(TimeDelta),
    /// At most this share of the whole validity is left, in percent.
    Share(u8),
}

impl Within {
    /// Whether a certificate's expiry is that near; an expired one's is. A certificate whose dates
    /// are not known is not.
    pub(crate) fn holds(self, certificate: &Certificate, now: DateTime<Utc>) -> bool {
        match self {
            Self::Time(within) => certificate.expires_within(now, within) == Some(true),
            Self::Share(percent) => {
                let (Some(begin), Some(end)) = (certificate.not_before, certificate.not_after)
                else {
                    return certificate.is_expired(now) == Some(true);
                };
                let seconds = |time: TimeDelta| i128::from(time.num_seconds());
                let left = seconds(end.signed_duration_since(now));
                let whole = seconds(end.signed_duration_since(begin));
                left <= 0 || left * 100 <= whole * i128::from(percent)
            }
        }
    }
}

impl FromStr for Within {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "write a whole number and a unit, as in 30d, 12h, 6w, 1y or 20%";
        let unit = text.chars().next_back().ok_or(FORM)?;
        let number = text.strip_suffix(unit).unwrap_or_default();
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(FORM);
        }
        if unit == '%' {
            return match number.parse() {
                Ok(percent @ 0..=100) => Ok(Self::Share(percent)),
                _ => Err("write a share from 0% to 100%"),
            };
        }
        let hours = match unit {
            'h' => 1,
            'd' => 24,
            'w' => 7 * 24,
            'y' => 365 * 24,
            _ => return Err(FORM),
        };
        number
            .parse::<i64>()
            .map_err(|_| FORM)?
            .checked_mul(hours)
            .and_then(TimeDelta::try_hours)
            .map(Self::Time)
            .ok_or("that is longer than any certificate is valid")
    }
}

/// `in 12 days`, `12 days ago`.
pub(crate) fn relative(end: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let left = end.signed_duration_since(now);
    let distance = left.abs();
    let (number, unit) = if distance.num_days() >= 2 * 365 {
        (distance.num_days() / 365, "year")
    } else if distance.num_days() >= 1 {
        (distance.num_days(), "day")
    } else if distance.num_hours() >= 1 {
        (distance.num_hours(), "hour")
    } else {
        (distance.num_minutes(), "minute")
    };
    let plural = if number == 1 { "" } else { "s" };
    if left > TimeDelta::zero() {
        format!("in {number} {unit}{plural}")
    } else {
        format!("{number} {unit}{plural} ago")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certfleet::{CertificateId, ProviderKind, Role};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn texts() {
        for (text, within) in [
            ("30d", Within::Time(TimeDelta::days(30))),
            ("12h", Within::Time(TimeDelta::hours(12))),
            ("2w", Within::Time(TimeDelta::days(14))),
            ("1y", Within::Time(TimeDelta::days(365))),
            ("0d", Within::Time(TimeDelta::zero())),
            ("20%", Within::Share(20)),
        ] {
            assert_eq!(text.parse(), Ok(within), "{text}");
        }
        for bad in [
            "",
            "d",
            "30",
            "-1d",
            "+1d",
            "1.5d",
            "30 d",
            "30days",
            "101%",
            "%",
            "30é",
            "99999999999999999999d",
            "9223372036854775807y",
        ] {
            assert!(bad.parse::<Within>().is_err(), "{bad}");
        }
    }

    #[test]
    fn nearness() {
        let now = at("2026-06-01T00:00:00Z");
        let certificate = |begin: Option<&str>, end: Option<&str>| {
            let id = CertificateId::new(ProviderKind::OpenAi, "a", "b");
            let mut certificate = Certificate::new(id, Role::ClientCa);
            certificate.not_before = begin.map(at);
            certificate.not_after = end.map(at);
            certificate
        };
        let begin = Some("2026-01-01T00:00:00Z");
        for (begin, end, within, expected) in [
            (begin, Some("2026-06-11T00:00:00Z"), "10d", true),
            (begin, Some("2026-06-11T00:00:01Z"), "10d", false),
            (begin, Some("2020-01-01T00:00:00Z"), "0d", true),
            (begin, None, "10d", false),
            (begin, Some("2026-06-11T00:00:00Z"), "7%", true),
            (begin, Some("2026-06-11T00:00:00Z"), "6%", false),
            (begin, Some("9999-12-31T23:59:59Z"), "99%", false),
            (None, Some("2026-06-11T00:00:00Z"), "100%", false),
            (None, Some("2026-05-01T00:00:00Z"), "1%", true),
        ] {
            let within: Within = within.parse().unwrap();
            assert_eq!(
                within.holds(&certificate(begin, end), now),
                expected,
                "{end:?} {within:?}"
            );
        }
    }

    #[test]
    fn relative_times() {
        let now = at("2026-06-01T00:00:00Z");
        for (end, text) in [
            ("2026-06-13T00:00:00Z", "in 12 days"),
            ("2026-06-02T23:00:00Z", "in 1 day"),
            ("2026-06-01T05:00:00Z", "in 5 hours"),
            ("2026-06-01T00:00:30Z", "in 0 minutes"),
            ("2026-05-20T00:00:00Z", "12 days ago"),
            ("2050-06-01T00:00:00Z", "in 24 years"),
            ("9999-12-31T23:59:59Z", "in 7978 years"),
        ] {
            assert_eq!(relative(at(end), now), text);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// Any text is a span that is not negative, or is refused; and any two moments can be told apart.
        #[test]
        fn any_text(text in "[0-9]{0,20}[hdwy%mH]?|\\PC{0,6}", end in -8_000_000_000_000_i64..8_000_000_000_000, now in -8_000_000_000_000_i64..8_000_000_000_000) {
            let moment = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
            let id = CertificateId::new(ProviderKind::OpenAi, "a", "c");
            let mut certificate = Certificate::new(id, Role::ClientCa);
            certificate.not_after = Some(moment(end));
            certificate.not_before = Some(moment(end - 1));
            match text.parse::<Within>() {
                Ok(within) => {
                    if let Within::Time(span) = within {
                        proptest::prop_assert!(span >= TimeDelta::zero());
                    }
                    // What has expired is near, whatever the span.
                    proptest::prop_assert!(end > now || within.holds(&certificate, moment(now)));
                }
                Err(why) => proptest::prop_assert!(!why.is_empty()),
            }
            let told = relative(moment(end), moment(now));
            proptest::prop_assert_eq!(told.ends_with("ago"), end <= now);
        }
    }
}
