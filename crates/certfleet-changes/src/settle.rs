//! How long to wait for what, and how often to try, once the answer to a write is lost.

use crate::{
    Error, Result,
    look::{Evidence, Look},
};
use certfleet_http::{Deadline, Effect, Session};
use std::{future::Future, time::Duration};

/// The waits before each look: what a lost request may still bring shows within seconds or not at
/// all.
const DELAYS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// The most times that an idempotent write is sent.
const MOST_SENT: usize = 4;

/// How long a vendor may ask to be left alone before a write is sent again.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    longest: Duration,
    deadline: Deadline,
}

impl Patience {
    /// That of the calls themselves.
    pub(crate) fn of(session: &Session) -> Self {
        Self {
            longest: session.retry().longest_wait,
            deadline: session.deadline(),
        }
    }

    /// Whether it lasts for a wait of so long.
    fn lasts(self, asked: Duration) -> bool {
        asked <= self.longest && asked < self.deadline.remaining()
    }
}

/// What looking brought.
pub(crate) enum Settled {
    /// Reading back shows something.
    Evidence(Evidence),
    /// An attempt that came later got a clear answer.
    Answer(Result<crate::Applied>),
    /// Reading itself failed.
    Blind(Error),
}

/// Looks, with waits between, until a look shows that the change took effect, or the last one does
/// not. Sends nothing.
pub(crate) async fn look_for<L, F>(look: L, evidence: impl Fn(&Look) -> Evidence) -> Settled
where
    L: Fn() -> F,
    F: Future<Output = Result<Look>>,
{
    let mut last = Settled::Evidence(Evidence::NotDone);
    for delay in DELAYS {
        tokio::time::sleep(delay).await;
        last = match look().await {
            Ok(seen) => match evidence(&seen) {
                Evidence::NotDone => Settled::Evidence(Evidence::NotDone),
                clear => return Settled::Evidence(clear),
            },
            Err(error) => Settled::Blind(error),
        };
    }
    last
}

/// Looks, and sends again what is idempotent and did not take effect, until there is a clear answer
/// or the attempts are used up. The first attempt was the caller's, and ended with `error`; what comes
/// back beside what looking brought is the error of the last attempt. Where a vendor asks
/// (`Retry-After`) to be left alone for longer than there is patience for, nothing is sent again, and
/// the looking goes on.
pub(crate) async fn look_and_repeat<L, F, S, G>(
    patience: Patience,
    mut error: Error,
    look: L,
    evidence: impl Fn(&Look) -> Evidence,
    send: S,
) -> (Error, Settled)
where
    L: Fn() -> F,
    F: Future<Output = Result<Look>>,
    S: Fn() -> G,
    G: Future<Output = Result<crate::Applied>>,
{
    let mut last = Settled::Evidence(Evidence::NotDone);
    let mut sends = true;
    for (sent, delay) in (1..).zip(DELAYS) {
        if !delay.is_zero() && delay >= patience.deadline.remaining() {
            // A look after it would only fail, and say less than the last one.
            break;
        }
        tokio::time::sleep(delay).await;
        last = match look().await {
            Ok(seen) => match evidence(&seen) {
                done @ (Evidence::Done { .. } | Evidence::Several(_)) => {
                    return (error, Settled::Evidence(done));
                }
                open => Settled::Evidence(open),
            },
            // Repeating does no harm even if it was done.
            Err(error) => Settled::Blind(error),
        };
        let wait = error.retry_after().unwrap_or_default();
        sends = sends && sent < MOST_SENT && patience.lasts(wait);
        if !sends {
            continue;
        }
        tokio::time::sleep(wait).await;
        match send().await {
            Err(again) if again.effect() != Effect::None => error = again,
            clear => return (error, Settled::Answer(clear)),
        }
    }
    (error, last)
}
