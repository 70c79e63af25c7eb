//! How fast a session may send: the vendor's last word on its rate, and how many attempts at a
//! time.

use crate::time::Deadline;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep_until, timeout_at},
};

/// A gate for attempts: it has a limited number of slots, and opens no sooner than the vendor said
/// when no requests were left.
#[derive(Debug)]
pub(crate) struct Throttle {
    slots: Semaphore,
    not_before: Mutex<Option<Instant>>,
    /// Longer waits are not obeyed. Whoever got the refusal fails with an error.
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

    /// Waits for a slot and for the gate to open. If the deadline comes first: how long the gate
    /// would have stayed closed, if that was the cause.
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

    /// Closes the gate for as long as a response asked.
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

    /// Returns when the gate opens, if it is closed.
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
