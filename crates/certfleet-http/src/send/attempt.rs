//! One attempt: sends a request and interprets the end.

use super::{
    interpret::{Interpreter, Read},
    session_state::SessionState,
};
use crate::{
    api::Class,
    request::{Authorization, Request},
    response::{Accepted, Attempt, Effect, Error, ErrorKind, Reason, SendError, rate_limit},
    secrets::Needles,
    time::Deadline,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout};
use tracing::{Instrument, field};

/// How much longer than its own time limit the session waits for an attempt, so that the transport
/// can still say how far it came.
const GRACE: Duration = Duration::from_millis(25);

/// How an attempt ended.
pub(crate) struct Ended<T> {
    pub(crate) result: Result<(T, Accepted), Error>,
    /// `None` if the attempt did not begin.
    pub(crate) attempt: Option<Attempt>,
}

impl<T> Ended<T> {
    fn unbegun(error: Error) -> Self {
        Self {
            result: Err(error),
            attempt: None,
        }
    }
}

/// Returns how long an answer was waited for, for people: in tenths of a second, from one on. The server may
/// have paused for longer than a transport waits, and a call's time is never a round number once some of it
/// has passed.
fn waited(elapsed: Duration, limit: Duration) -> Duration {
    let time = elapsed.min(limit);
    match time.as_millis() / 100 {
        0 => time,
        tenths => Duration::from_millis(
            u64::try_from(tenths)
                .unwrap_or(u64::MAX)
                .saturating_mul(100),
        ),
    }
}

impl SessionState {
    /// Sends a request once and reads the response.
    pub(crate) async fn attempt<T>(
        &self,
        request: &Request,
        authorization: &Authorization,
        number: u32,
        deadline: Deadline,
        read: Read<T>,
    ) -> Ended<T> {
        let span = tracing::debug_span!(
            "attempt",
            number,
            status = field::Empty,
            request_id = field::Empty,
            latency_ms = field::Empty,
        );
        self.send_once(request, authorization, number, deadline, read)
            .instrument(span)
            .await
    }

    /// Returns what is cut out of every text: whatever secret is sent, and those of the way there.
    fn needles(&self, request: &Request, authorization: &Authorization) -> Arc<Needles> {
        let sent = authorization.secrets().iter().chain(&request.secrets);
        Arc::new(Needles::new(sent.chain(self.transport.secrets())))
    }

    async fn send_once<T>(
        &self,
        request: &Request,
        authorization: &Authorization,
        number: u32,
        deadline: Deadline,
        read: Read<T>,
    ) -> Ended<T> {
        let operation = request.operation;
        let needles = self.needles(request, authorization);
        let slot = match self.throttle.admit(deadline).await {
            Ok(slot) => slot,
            Err(wait) => return Ended::unbegun(self.never_sent(request, &needles, wait)),
        };
        let time = deadline.remaining().min(self.limits.attempt);
        if time.is_zero() {
            return Ended::unbegun(self.never_sent(request, &needles, None));
        }
        let mut interpreter = Interpreter {
            state: self,
            operation,
            needles,
            body_limit: match operation.class {
                Class::Read => self.limits.body,
                Class::Idempotent | Class::Create => self.limits.write_body,
            },
            time,
        };

        let with_keys = authorization.with_keys(request);
        let request = with_keys.as_ref().unwrap_or(request);
        // Nothing of an attempt before this one counts.
        request.arrival.take();
        let started = Instant::now();
        let sending = self.transport.send(request, interpreter.body_limit, time);
        let sent = timeout(time.saturating_add(GRACE), sending)
            .await
            .unwrap_or_else(|_| Err(SendError::maybe_sent("").because(Reason::Timeout)));
        let elapsed = started.elapsed();
        let since_head = request
            .arrival
            .take()
            .map_or(Duration::ZERO, |at| at.elapsed());
        drop(slot);
        interpreter.time = waited(elapsed, time);

        let head = match &sent {
            Ok(response) => Some(response),
            Err(error) => error.head.as_deref(),
        };
        let attempt = Attempt {
            provider: self.api.provider,
            operation: operation.id,
            number,
            status: head.map(|response| response.status.as_u16()),
            request_id: head.and_then(|response| interpreter.request_id(response)),
            elapsed,
            bytes: head.map_or(0, |response| response.body.len()),
        };
        let exhausted = head.and_then(rate_limit::exhausted);
        if let Some(response) = head {
            self.skew
                .learn(&response.headers, self.clock.now(), since_head);
        }
        let is_limited = attempt.status == Some(429);
        let result = match sent {
            Ok(response) => read(&interpreter, response),
            Err(error) => Err(interpreter.incomplete(error)),
        };
        let asked = result.as_ref().err().filter(|_| is_limited);
        self.throttle
            .hold(exhausted.max(asked.and_then(Error::retry_after)));
        self.record_attempt(&attempt);
        Ended {
            result,
            attempt: Some(attempt),
        }
    }

    /// Creates the error of a deadline that passed before the request could be sent.
    fn never_sent(
        &self,
        request: &Request,
        needles: &Arc<Needles>,
        wait: Option<Duration>,
    ) -> Error {
        Error::from_call(
            ErrorKind::Deadline,
            self.api.provider,
            request.operation,
            needles,
            "the deadline passed while the request waited for a slot: the vendor limits the rate, or too many calls are under way. Nothing was sent",
            None,
            &*self.clock,
        )
        .with_effect(Effect::None)
        .with_reason(Reason::Timeout)
        .with_retry_after(wait)
    }

    fn record_attempt(&self, attempt: &Attempt) {
        let latency_ms = u64::try_from(attempt.elapsed.as_millis()).unwrap_or(u64::MAX);
        let span = tracing::Span::current();
        span.record("status", attempt.status);
        span.record("request_id", attempt.request_id.as_deref());
        span.record("latency_ms", latency_ms);
        tracing::debug!(
            provider = attempt.provider,
            operation = attempt.operation,
            attempt = attempt.number,
            status = attempt.status,
            request_id = attempt.request_id.as_deref(),
            latency_ms,
            "attempt ended"
        );
        if let Some(observer) = &self.observer {
            observer.attempted(attempt);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_for_people() {
        for (elapsed, limit, shown) in [
            (1001, 1000, 1000),
            (944, 944, 900),
            (12_345, 60_000, 12_300),
            (60_000, 60_000, 60_000),
            (99, 1000, 99),
            (50, 40, 40),
            (0, 0, 0),
        ] {
            let [elapsed, limit, shown] = [elapsed, limit, shown].map(Duration::from_millis);
            assert_eq!(waited(elapsed, limit), shown);
        }
        assert!(waited(Duration::MAX, Duration::MAX) <= Duration::MAX);
    }
}
