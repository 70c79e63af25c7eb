//! What expires soon, or has.

use super::Inventory;
use crate::{
    Certificate, CertificateContent, CertificateId, ProviderId, Scope, State,
    duration::{self, Invalid},
    model::Member,
};
use certfleet_x509::Sha256;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// How near an end is near: a span of time, or a part of the certificate's whole lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Threshold {
    /// At most this is left.
    Within(TimeDelta),
    /// At most so many hundredths of its lifetime are left.
    Percent(u8),
}

impl Threshold {
    /// Whether a lifetime's end is that near; one that has passed is. `None` where that cannot be
    /// told, because its begin is not known.
    pub fn is_reached(
        self,
        begin: Option<DateTime<Utc>>,
        end: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<bool> {
        let left = end.signed_duration_since(now);
        match self {
            _ if left <= TimeDelta::zero() => Some(true),
            Self::Within(span) => Some(left <= span),
            Self::Percent(percent) => {
                let seconds = |time: TimeDelta| i128::from(time.num_seconds());
                let whole = seconds(end.signed_duration_since(begin?));
                Some(seconds(left) * 100 <= whole * i128::from(percent))
            }
        }
    }
}

const TOO_LONG: &str = "that is longer than any certificate is valid";

/// `30d`, `12h`, `6w`, `1y`, or `20%`. Not `m`, which is read as minutes and as months.
impl FromStr for Threshold {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(number) = text.strip_suffix('%') {
            let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
            return match number.parse() {
                Ok(percent @ 0..=100) if is_number => Ok(Self::Percent(percent)),
                _ => Err("write a share from 0% to 100%"),
            };
        }
        let duration = duration::parse(text, "hdwy").map_err(|why| match why {
            Invalid::Form => "write a whole number and a unit, as in 30d, 12h, 6w, 1y or 20%",
            Invalid::TooLong => TOO_LONG,
        })?;
        TimeDelta::from_std(duration)
            .map(Self::Within)
            .map_err(|_| TOO_LONG)
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Within(span) => {
                let hours = span.num_hours();
                let (number, unit) = [(7 * 24, 'w'), (24, 'd')]
                    .into_iter()
                    .find(|(size, _)| hours % size == 0)
                    .map_or((hours, 'h'), |(size, unit)| (hours / size, unit));
                write!(f, "{number}{unit}")
            }
        }
    }
}

/// How near its end something is, from the best to the worst but one; what is not known is last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExpiryStatus {
    /// Its end is not near.
    Valid,
    /// Its end is near.
    Expiring,
    /// It has ended.
    Expired,
    /// Its end is not known.
    Unknown,
}

/// One content of a record, and how near the end of any of its certificates is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Expiry {
    /// The record.
    pub id: CertificateId,
    /// What it goes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// Where that content is, if the vendor says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// Whether the record is in force anywhere.
    pub state: State,
    /// The certificate of the content that the following is about: the one that is worst, and of those the
    /// first to end. Absent where the content has one certificate only, or was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Member>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
    /// How many seconds are left; negative once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<i64>,
    /// How many hundredths of its lifetime are left, where its begin is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_left: Option<u8>,
    /// How near that is.
    pub status: ExpiryStatus,
}

/// What expires soon, or has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ExpiryReport {
    /// The local time that it was held against. What is in an account whose vendor's clock is ahead is
    /// held against that clock's.
    pub now: DateTime<Utc>,
    /// The threshold, as text.
    pub within: String,
    /// Every content, the first to end first; what is not known comes first of all.
    pub items: Vec<Expiry>,
    /// Accounts whose listing did not come to its end: what they hold is not all here.
    pub incomplete: Vec<(ProviderId, String)>,
}

impl ExpiryReport {
    /// How many contents have a status.
    pub fn count(&self, status: ExpiryStatus) -> usize {
        self.items
            .iter()
            .filter(|item| item.status == status)
            .count()
    }
}

impl Inventory {
    /// Holds every certificate of every content against a time and a threshold. `now` is the local time; where an
    /// account's report says that the vendor's clock is far ahead of it, the vendor's counts.
    pub fn expiry(&self, threshold: Threshold, now: DateTime<Utc>) -> ExpiryReport {
        let mut items: Vec<_> = self
            .certificates
            .iter()
            .flat_map(|one| one.expiries(threshold, self.time_of(&one.id, now)))
            .collect();
        items.sort_by(|one, other| (one.not_after, &one.id).cmp(&(other.not_after, &other.id)));
        ExpiryReport {
            now,
            within: threshold.to_string(),
            items,
            incomplete: self
                .accounts
                .iter()
                .filter(|report| !report.complete)
                .map(|report| (report.provider, report.account.clone()))
                .collect(),
        }
    }
}

impl Certificate {
    /// Holds every certificate of its contents against a time and a threshold; one result for each content.
    pub fn expiries(
        &self,
        threshold: Threshold,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = Expiry> {
        self.contents
            .iter()
            .enumerate()
            .map(move |(index, content)| {
                let worst = Judged::worst(content, threshold, now);
                Expiry {
                    id: self.id.clone(),
                    name: self.display_name().map(Cow::into_owned),
                    sha256: content.sha256,
                    scopes: self
                        .placements
                        .iter()
                        .filter(|placement| placement.content == Some(index))
                        .map(|placement| placement.scope.clone())
                        .collect(),
                    state: self.state,
                    certificate: content.member(worst.index),
                    not_after: worst.end,
                    seconds_left: worst.left.map(|left| left.num_seconds()),
                    percent_left: worst.percent_left(),
                    status: worst.status,
                }
            })
    }
}

/// One certificate of a content, held against a time and a threshold.
struct Judged {
    index: usize,
    begin: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
    left: Option<TimeDelta>,
    status: ExpiryStatus,
}

impl Judged {
    /// The worst of a content, and of those the first to end.
    fn worst(content: &CertificateContent, threshold: Threshold, now: DateTime<Utc>) -> Self {
        let mut judged = content
            .validities()
            .enumerate()
            .map(|(index, (begin, end))| {
                let left = end.map(|end| end.signed_duration_since(now));
                let is_near = end.and_then(|end| threshold.is_reached(begin, end, now));
                let status = match (left, is_near) {
                    (Some(left), _) if left <= TimeDelta::zero() => ExpiryStatus::Expired,
                    (Some(_), Some(true)) => ExpiryStatus::Expiring,
                    (Some(_), Some(false)) => ExpiryStatus::Valid,
                    _ => ExpiryStatus::Unknown,
                };
                Self {
                    index,
                    begin,
                    end,
                    left,
                    status,
                }
            });
        let first = judged.next().unwrap_or(Self {
            index: 0,
            begin: None,
            end: None,
            left: None,
            status: ExpiryStatus::Unknown,
        });
        judged.fold(first, |worst, other| {
            if other.severity() > worst.severity() {
                other
            } else {
                worst
            }
        })
    }

    /// What is known to have ended is worse than what may have.
    fn severity(&self) -> (u8, std::cmp::Reverse<Option<DateTime<Utc>>>) {
        let status = match self.status {
            ExpiryStatus::Valid => 0,
            ExpiryStatus::Unknown => 1,
            ExpiryStatus::Expiring => 2,
            ExpiryStatus::Expired => 3,
        };
        (status, std::cmp::Reverse(self.end))
    }

    fn percent_left(&self) -> Option<u8> {
        let life = self.end?.signed_duration_since(self.begin?).num_seconds();
        let left = self.left?.num_seconds().max(0);
        let hundredths = left.saturating_mul(100).checked_div(life.max(0))?;
        Some(u8::try_from(hundredths.min(100)).unwrap_or(100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn thresholds() {
        for (text, expected) in [
            ("30d", Some(Threshold::Within(TimeDelta::days(30)))),
            ("2w", Some(Threshold::Within(TimeDelta::days(14)))),
            ("12h", Some(Threshold::Within(TimeDelta::hours(12)))),
            ("1y", Some(Threshold::Within(TimeDelta::days(365)))),
            ("0d", Some(Threshold::Within(TimeDelta::zero()))),
            ("20%", Some(Threshold::Percent(20))),
            ("101%", None),
            ("%", None),
            ("d", None),
            ("", None),
            ("-1d", None),
            ("+1d", None),
            ("1.5d", None),
            ("30", None),
            ("30 d", None),
            ("30days", None),
            ("6m", None),
            ("90s", None),
            ("99999999999999999999d", None),
            ("9223372036854775807y", None),
            ("30é", None),
        ] {
            let read = text.parse::<Threshold>();
            assert_eq!(read.ok(), expected, "{text}: {read:?}");
            if let Some(threshold) = expected {
                assert_eq!(threshold.to_string().parse(), Ok(threshold));
            }
        }
    }

    #[test]
    fn nearness() {
        let now = at("2026-06-01T00:00:00Z");
        let begin = Some("2026-01-01T00:00:00Z");
        for (begin, end, threshold, expected) in [
            (begin, "2026-06-11T00:00:00Z", "10d", Some(true)),
            (begin, "2026-06-11T00:00:01Z", "10d", Some(false)),
            (begin, "2020-01-01T00:00:00Z", "0d", Some(true)),
            (begin, "2026-06-11T00:00:00Z", "7%", Some(true)),
            (begin, "2026-06-11T00:00:00Z", "6%", Some(false)),
            (begin, "9999-12-31T23:59:59Z", "99%", Some(false)),
            (None, "2026-06-11T00:00:00Z", "100%", None),
            (None, "2026-06-11T00:00:00Z", "10d", Some(true)),
            (None, "2026-05-01T00:00:00Z", "1%", Some(true)),
        ] {
            let threshold: Threshold = threshold.parse().unwrap();
            let reached = threshold.is_reached(begin.map(at), at(end), now);
            assert_eq!(reached, expected, "{end:?} {threshold}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        #[test]
        fn thresholds_go_round(number in 0_i64..10_000_000_000, unit in "[ywdh%]") {
            if let Ok(threshold) = format!("{number}{unit}").parse::<Threshold>() {
                proptest::prop_assert_eq!(threshold.to_string().parse(), Ok(threshold));
            } else {
                proptest::prop_assert!(unit == "%" || number > 200_000_000);
            }
        }

        /// Any text is a threshold that is not negative, or is refused with a reason.
        #[test]
        fn any_text(text in "[0-9]{0,20}[hdwy%mH]?|\\PC{0,6}") {
            match text.parse::<Threshold>() {
                Ok(Threshold::Within(span)) => proptest::prop_assert!(span >= TimeDelta::zero()),
                Ok(Threshold::Percent(percent)) => proptest::prop_assert!(percent <= 100),
                Err(why) => proptest::prop_assert!(!why.is_empty()),
            }
        }

        /// Whatever the dates, a later day never makes it better, and what has ended is expired.
        #[test]
        fn time_only_makes_it_worse(
            begin in -8_000_000_000_000_i64..8_000_000_000_000, life in 1_i64..1_000_000_000,
            now in -8_000_000_000_000_i64..8_000_000_000_000, near: bool, later in 0_i64..100_000_000_000,
            days in 0_i64..10_000, percent in 0_u8..=100,
        ) {
            let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap();
            let id = CertificateId::new(ProviderId::OPENAI, "a", "c");
            let mut certificate = Certificate::new(id, crate::Role::ClientCa);
            let content = crate::CertificateContent {
                not_before: Some(at(begin)),
                not_after: Some(at(begin + life)),
                ..crate::CertificateContent::default()
            };
            certificate.contents = vec![content];
            let now = if near { begin } else { now };
            for threshold in [Threshold::Within(TimeDelta::days(days)), Threshold::Percent(percent)] {
                let status = |now| certificate.expiries(threshold, at(now)).next().unwrap().status;
                let (today, then) = (status(now), status(now.saturating_add(later).min(8_000_000_000_000)));
                proptest::prop_assert!(today <= then, "{today:?} and then {then:?}");
                proptest::prop_assert_eq!(today == ExpiryStatus::Expired, begin + life <= now);
            }
        }
    }
}
