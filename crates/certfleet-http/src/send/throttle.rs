//! How fast a session may send: what the vendor said last, and how many at a time.

use crate::time::Deadline;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep_until, timeout_at},
};

/// Holds attempts back: at most so many at a time, and none before the moment that the vendor named
/// when it said that no requests are left.
#[derive(Debug)]
pub(crate) struct Throttle {
    slots: Semaphore,
    not_before: Mutex<Option<Instant>>,
    /// Longer waits are not obeyed but met with an error, by who gets the refusal.
    longest: Duration,
}

impl Throttle {
    pub(crate) fn new(concurrency: usize, longest: Duration) -> Self {
        Self {
            slots: Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            not_before: Mutex::new(None),
            longest,
        }
    }

    /// Waits for a place and for the moment. Where the deadline comes first: how long it would be until the
    /// moment, if that is why.
    pub(crate) async fn admit(
        &self,
        deadline: Deadline,
    ) -> Result<SemaphorePermit<'_>, Option<Duration>> {
        let Ok(Ok(slot)) = timeout_at(deadline.instant(), self.slots.acquire()).await else {
            return Err(None);
        };
        // Others may have been told to wait while this one did.
        while let Some(moment) = self.moment() {
            if moment >= deadline.instant() {
                return Err(Some(moment.saturating_duration_since(Instant::now())));
            }
            sleep_until(moment).await;
        }
        Ok(slot)
    }

    /// Lets nothing through for a while that a response named.
    pub(crate) fn hold(&self, wait: Option<Duration>) {
        let Some(wait) = wait else {
            return;
        };
        if wait.is_zero() || wait > self.longest {
            return;
        }
        let moment = Deadline::after(wait).instant();
        let mut not_before = self.lock();
        *not_before = Some(not_before.map_or(moment, |other| other.max(moment)));
    }

    /// The moment to wait for, while it lies ahead.
    fn moment(&self) -> Option<Instant> {
        let mut not_before = self.lock();
        if not_before.is_some_and(|moment| moment <= Instant::now()) {
            *not_before = None;
        }
        *not_before
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.not_before
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
