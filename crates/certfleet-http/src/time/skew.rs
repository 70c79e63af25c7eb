//! How far the vendor's clock and the local one are apart.

use super::http_date;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, header};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// What the vendor's clock showed when it last stated the time.
#[derive(Debug, Default)]
pub(crate) struct Skew(Mutex<Option<Stated>>);

#[derive(Debug, Clone, Copy)]
struct Stated {
    /// The time that it stated.
    time: DateTime<Utc>,
    /// When the response's head arrived, by the monotonic clock.
    at: Instant,
    /// The seconds by which it was ahead of the local clock.
    ahead: i64,
}

impl Skew {
    /// Reads a response whose head arrived so long before this local time. A cached response states
    /// when it was made, not the time, and is ignored.
    pub(crate) fn learn(&self, headers: &HeaderMap, now: DateTime<Utc>, since_head: Duration) {
        let said = headers
            .get(header::DATE)
            .filter(|_| !headers.contains_key(header::AGE))
            .and_then(|value| http_date::parse(value.to_str().ok()?));
        if let Some(time) = said {
            let at = Instant::now();
            let arrived = TimeDelta::from_std(since_head)
                .ok()
                .and_then(|since| now.checked_sub_signed(since))
                .unwrap_or(now);
            *self.stated() = Some(Stated {
                time,
                at: at.checked_sub(since_head).unwrap_or(at),
                ahead: time.signed_duration_since(arrived).num_seconds(),
            });
        }
    }

    /// Returns how far the vendor's clock is ahead of the local one.
    pub(crate) fn get(&self) -> Option<TimeDelta> {
        let stated = *self.stated();
        stated.and_then(|stated| TimeDelta::try_seconds(stated.ahead))
    }

    /// Returns the time by the vendor's clock: what it stated last, and what has passed since by the
    /// monotonic clock. No change of the local wall clock changes it.
    pub(crate) fn vendor_time(&self) -> Option<DateTime<Utc>> {
        let stated = (*self.stated())?;
        let since = TimeDelta::from_std(stated.at.elapsed()).ok()?;
        stated.time.checked_add_signed(since)
    }

    fn stated(&self) -> std::sync::MutexGuard<'_, Option<Stated>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_response_that_says_so_counts() {
        let skew = Skew::default();
        assert_eq!(skew.get(), None);
        let now: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().unwrap();
        for (headers, seconds) in [
            (&[][..], None),
            (&[("date", "soon")], None),
            (&[("date", "Sun, 22 Nov 2026 10:10:00 GMT")], Some(600)),
            (&[("x-other", "1")], Some(600)),
            (
                &[("date", "Sun, 22 Nov 2026 09:00:00 GMT"), ("age", "3600")],
                Some(600),
            ),
            (
                &[("date", "Tue, 22 Nov 2016 10:00:00 GMT")],
                Some(-315_532_800),
            ),
            (
                &[("date", "Fri, 31 Dec 9999 23:59:59 GMT")],
                Some(251_606_959_199),
            ),
        ] {
            let headers: HeaderMap = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect::<HeaderMap>();
            skew.learn(&headers, now, Duration::ZERO);
            assert_eq!(skew.get().map(|skew| skew.num_seconds()), seconds);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// No clock and no date is too odd, and what is learnt is their difference.
        #[test]
        fn any_clock_and_any_date(
            now in -8_000_000_000_000_i64..8_000_000_000_000, said in -62_000_000_000_i64..253_000_000_000,
            since in 0..600_i64,
        ) {
            let date = DateTime::from_timestamp(said, 0).unwrap();
            let headers: HeaderMap = [("date", date.format("%a, %d %b %Y %H:%M:%S GMT").to_string())]
                .into_iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect::<HeaderMap>();
            let skew = Skew::default();
            let now = DateTime::from_timestamp(now, 0).unwrap();
            skew.learn(&headers, now + TimeDelta::seconds(since), Duration::from_secs(since.unsigned_abs()));
            proptest::prop_assert_eq!(skew.get(), TimeDelta::try_seconds(said - now.timestamp()));
        }
    }
}
