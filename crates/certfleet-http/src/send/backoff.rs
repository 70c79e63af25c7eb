//! How long to wait before a retry.

use super::policy::Retry;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// A source of waits with full jitter. A test can seed it.
#[derive(Debug)]
pub(crate) struct Backoff {
    base: Duration,
    cap: Duration,
    random: Mutex<fastrand::Rng>,
}

impl Backoff {
    pub(crate) fn new(retry: &Retry, seed: Option<u64>) -> Self {
        Self {
            base: retry.base,
            cap: retry.cap,
            random: Mutex::new(seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)),
        }
    }

    /// Returns a wait between zero and `min(cap, base * 2^repetition)`, `repetition` counting from
    /// 0.
    pub(crate) fn jitter(&self, repetition: u32) -> Duration {
        self.up_to(bound(self.base, self.cap, repetition))
    }

    /// Returns the wait that the vendor asked for plus up to `base`, so that callers that were told
    /// the same moment do not come back together.
    pub(crate) fn above(&self, asked: Duration) -> Duration {
        asked.saturating_add(self.up_to(self.base.min(self.cap)))
    }

    fn up_to(&self, bound: Duration) -> Duration {
        let fraction = self
            .random
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .f64();
        bound.mul_f64(fraction)
    }
}

fn bound(base: Duration, cap: Duration, repetition: u32) -> Duration {
    base.saturating_mul(2_u32.saturating_pow(repetition))
        .min(cap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bounds_double_up_to_the_cap() {
        let (base, cap) = (Duration::from_millis(500), Duration::from_secs(8));
        let bounds: Vec<u128> = (0..7)
            .map(|repetition| bound(base, cap, repetition).as_millis())
            .collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(bound(base, cap, u32::MAX), cap);
    }

    #[test]
    fn the_same_seed_gives_the_same_waits() {
        let waits = |seed| {
            let backoff = Backoff::new(&Retry::default(), Some(seed));
            (0..4).map(|n| backoff.jitter(n)).collect::<Vec<_>>()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn never_beyond_the_bounds(
            seed: u64, repetition: u32, base in 0_u64..100_000_000, cap in 0_u64..100_000_000, asked: u64,
        ) {
            let retry = Retry {
                base: Duration::from_millis(base),
                cap: Duration::from_millis(cap),
                ..Retry::default()
            };
            let backoff = Backoff::new(&retry, Some(seed));
            prop_assert!(backoff.jitter(repetition) <= retry.cap);
            prop_assert!(backoff.jitter(0) <= retry.base);
            let asked = Duration::from_secs(asked);
            let wait = backoff.above(asked);
            prop_assert!(wait >= asked && wait <= asked.saturating_add(retry.base));
        }
    }
}
