//! What a call that met a fault has to end with.

use super::Step;
use crate::contract::Client;
use certfleet_http::{Class, Effect, ErrorKind, Reason};
use std::time::Duration;

/// What a write that was looked at does (`Session::recover`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verify {
    /// The end is definite: nobody looks.
    Never,
    /// It is looked at. What is not done stays so.
    Looks,
    /// It is looked at. An idempotent write that is not done is sent again.
    LooksAndSendsAgain,
}

/// The end of one call.
#[derive(Debug, Clone)]
pub struct Expected {
    /// `None`: a success.
    pub failure: Option<(ErrorKind, Effect)>,
    /// The status of the error.
    pub status: Option<u16>,
    /// The reason of the error.
    pub reason: Option<Reason>,
    /// How often it was tried.
    pub attempts: usize,
    /// How often the whole request arrived.
    pub seen: usize,
    /// Bounds of the waits between the attempts, in seconds; full jitter where they are not given.
    pub waits: Vec<(f64, f64)>,
    /// Bounds of the whole time, in virtual seconds.
    pub lasts: Option<(f64, f64)>,
    /// What the error says of when to come back.
    pub retry_after: Option<Duration>,
    /// What its message, or the kept body of a success, has to hold.
    pub says: &'static str,
}

impl Expected {
    /// A success at the attempt of this number; every attempt arrived.
    pub fn ok(attempts: usize) -> Self {
        Self {
            failure: None,
            status: None,
            reason: None,
            attempts,
            seen: attempts,
            waits: Vec::new(),
            lasts: None,
            retry_after: None,
            says: "",
        }
    }

    /// A failure at the first attempt, without an effect.
    pub fn fails(kind: ErrorKind) -> Self {
        Self {
            failure: Some((kind, Effect::None)),
            ..Self::ok(1)
        }
    }

    /// A complete answer of this status, refused.
    pub fn status(status: u16) -> Self {
        Self::fails(ErrorKind::Status).with_status(status)
    }

    /// With this status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// For this reason.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// With this effect.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.failure = self.failure.map(|(kind, _)| (kind, effect));
        self
    }

    /// After so many attempts, all of which arrived.
    #[must_use]
    pub fn attempts(mut self, attempts: usize) -> Self {
        self.attempts = attempts;
        self.seen = attempts;
        self
    }

    /// Of which so many arrived.
    #[must_use]
    pub fn seen(mut self, seen: usize) -> Self {
        self.seen = seen;
        self
    }

    /// With these waits, in seconds.
    #[must_use]
    pub fn waits(mut self, waits: &[(f64, f64)]) -> Self {
        self.waits = waits.to_vec();
        self
    }

    /// So long in all, in virtual seconds.
    #[must_use]
    pub fn lasts(mut self, least: f64, most: f64) -> Self {
        self.lasts = Some((least, most));
        self
    }

    /// With this hint.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(Duration::from_secs(seconds));
        self
    }

    /// With these words.
    #[must_use]
    pub fn says(mut self, words: &'static str) -> Self {
        self.says = words;
        self
    }
}

/// One fault, and what each class of operation ends with.
#[derive(Clone)]
pub struct Case {
    /// The row of the matrix.
    pub row: u8,
    /// Which form of the fault.
    pub name: String,
    /// What happens to the attempts.
    pub steps: Vec<Step>,
    /// What a read ends with.
    pub read: Expected,
    /// What an idempotent write ends with.
    pub idempotent: Expected,
    /// What a create ends with.
    pub create: Expected,
    /// What looking adds.
    pub verify: Verify,
    /// What an idempotent write ends with that is not done and is sent again.
    pub again: Option<Expected>,
    /// Which operations it applies to.
    pub applies: fn(&Client) -> bool,
    /// How wrong the client's clock is, in seconds.
    pub skew: i64,
}

impl Case {
    /// A fault after which every class ends the same way, and nobody looks.
    pub fn new(row: u8, name: impl Into<String>, steps: Vec<Step>, every: Expected) -> Self {
        Self {
            row,
            name: name.into(),
            steps,
            read: every.clone(),
            idempotent: every.clone(),
            create: every,
            verify: Verify::Never,
            again: None,
            applies: |_| true,
            skew: 0,
        }
    }

    /// Reads end so.
    #[must_use]
    pub fn read(mut self, expected: Expected) -> Self {
        self.read = expected;
        self
    }

    /// Creates end so.
    #[must_use]
    pub fn create(mut self, expected: Expected) -> Self {
        self.create = expected;
        self
    }

    /// Writes are looked at; those that are not done stay so.
    #[must_use]
    pub fn looks(mut self) -> Self {
        self.verify = Verify::Looks;
        self
    }

    /// Writes are looked at; idempotent ones that are not done are sent again, and end so.
    #[must_use]
    pub fn sends_again(mut self, again: Expected) -> Self {
        self.verify = Verify::LooksAndSendsAgain;
        self.again = Some(again);
        self
    }

    /// Only to these operations.
    #[must_use]
    pub fn only(mut self, applies: fn(&Client) -> bool) -> Self {
        self.applies = applies;
        self
    }

    /// With a clock that is wrong by so many seconds.
    #[must_use]
    pub fn skewed(mut self, seconds: i64) -> Self {
        self.skew = seconds;
        self
    }

    /// What an operation of this class ends with.
    pub fn of(&self, class: Class) -> &Expected {
        match class {
            Class::Read => &self.read,
            Class::Idempotent => &self.idempotent,
            Class::Create => &self.create,
        }
    }
}
