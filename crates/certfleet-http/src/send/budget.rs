//! How many retries a session has left.

use std::sync::{Mutex, PoisonError};

/// How many successful calls give one retry back.
const SUCCESSES: u32 = 10;

/// A bucket of retries. Every retry takes one out, every ten successful calls put one back, up to
/// the initial number. A vendor that is down thus gets at most a tenth of further load.
#[derive(Debug)]
pub(crate) struct Budget {
    /// In tenths of a retry.
    capacity: u32,
    left: Mutex<u32>,
}

impl Budget {
    pub(crate) fn new(repetitions: u32) -> Self {
        let capacity = repetitions.saturating_mul(SUCCESSES);
        Self {
            capacity,
            left: Mutex::new(capacity),
        }
    }

    /// Takes one retry. Returns `false` if none is left.
    pub(crate) fn take(&self) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        match left.checked_sub(SUCCESSES) {
            Some(rest) => {
                *left = rest;
                true
            }
            None => false,
        }
    }

    /// Counts a successful call.
    pub(crate) fn earn(&self) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_add(1).min(self.capacity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ten_at_first_and_one_for_ten_successes() {
        let budget = Budget::new(10);
        assert_eq!((0..100).filter(|_| budget.take()).count(), 10);
        (0..9).for_each(|_| budget.earn());
        assert!(!budget.take());
        budget.earn();
        assert!(budget.take() && !budget.take());
        (0..10_000).for_each(|_| budget.earn());
        assert_eq!((0..100).filter(|_| budget.take()).count(), 10);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn what_is_taken_was_there(repetitions in 0_u32..20, steps in proptest::collection::vec(any::<bool>(), 0..200)) {
            let budget = Budget::new(repetitions);
            let (mut taken, mut earned) = (0_u32, 0_u32);
            for step in steps {
                if step {
                    earned += 1;
                    budget.earn();
                } else if budget.take() {
                    taken += 1;
                }
                prop_assert!(taken * 10 <= repetitions * 10 + earned);
                prop_assert!(*budget.left.lock().unwrap() <= repetitions * 10);
            }
        }
    }
}
