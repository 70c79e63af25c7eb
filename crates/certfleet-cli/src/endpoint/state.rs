//! What is known, and how the last attempt to know more ended.

use crate::{
    exit::{Failure, Result},
    judging::{Judged, Judging},
};
use certfleet::Inventory;
use certfleet_report::last_known::LastKnown;
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long a refresh may take, beside what is waited between two, before `/healthz` says that it is stuck.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);

/// Which time it is.
pub(crate) type Clock = Box<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What all requests share.
pub(crate) struct State {
    clock: Clock,
    interval: Duration,
    latest: Mutex<Latest>,
}

/// What the last attempts gave.
pub(crate) struct Latest {
    pub(crate) known: LastKnown,
    pub(crate) judging: Judging,
    /// When the last attempt ended.
    pub(crate) tried: Option<DateTime<Utc>>,
    /// Why the last attempt did not come as far as asking the accounts.
    pub(crate) failure: Option<String>,
}

impl Latest {
    /// Judges what is known. `None` before the first attempt ended.
    pub(crate) fn judged(&self, now: DateTime<Utc>) -> Option<(&Inventory, Judged)> {
        let inventory = self.known.inventory()?;
        Some((inventory, self.judging.judge(inventory, now)))
    }
}

impl State {
    /// Returns the state before the first attempt.
    pub(crate) fn new(clock: Clock, interval: Duration, judging: Judging) -> Self {
        Self {
            clock,
            interval,
            latest: Mutex::new(Latest {
                known: LastKnown::default(),
                judging,
                tried: None,
                failure: None,
            }),
        }
    }

    /// Returns the time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// Returns how long is waited between two refreshes.
    pub(crate) fn interval(&self) -> Duration {
        self.interval
    }

    /// Returns what the last attempts gave, which nothing changes meanwhile.
    pub(crate) fn latest(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what an attempt gave. What is known stays where it failed.
    pub(crate) fn take(&self, attempt: Result<(Inventory, Judging)>) {
        let now = self.now();
        let mut latest = self.latest();
        latest.tried = Some(now);
        latest.failure = match attempt {
            Ok((inventory, judging)) => {
                latest.known.update(inventory);
                latest.judging = judging;
                None
            }
            Err(failure) => Some(why(&failure)),
        };
    }

    /// Returns since when no attempt has ended, where that is too long for one that still goes on.
    pub(crate) fn stuck_since(&self) -> Option<DateTime<Utc>> {
        let tried = self.latest().tried?;
        let interval = TimeDelta::from_std(self.interval).unwrap_or(TimeDelta::MAX);
        let allowed = interval.checked_mul(2)?.checked_add(&PATIENCE)?;
        let age = self.now().signed_duration_since(tried);
        (age > allowed).then_some(tried)
    }
}

fn why(failure: &Failure) -> String {
    failure.message().unwrap_or("it failed").to_owned()
}
