//! The session: its calls, their attempts, and the waits between them.

use super::{
    extra_headers::ExtraHeaders,
    interpret::Read,
    policy::{Limits, Retry},
    retry::Tried,
    session_state::SessionState,
};
use crate::{
    api::{Api, Class, Operation, Server},
    request::{Authorization, BaseUrl, Request, RequestBuilder},
    response::{Accepted, Attempt, ByStatus, Call, Error, InBandFailure, Response, ResponseParts},
    time::{Clock, Deadline},
};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::header;
use serde::de::DeserializeOwned;
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;

/// What a client talks through: an address, credentials, a transport and limits. It is cheap to
/// clone. Clones share connections, the throttle and the retry budget.
#[derive(Clone)]
pub struct Session {
    pub(crate) state: Arc<SessionState>,
    pub(crate) group: CallGroup,
}

/// What the calls of a clone share.
#[derive(Clone, Default)]
pub(crate) struct CallGroup {
    /// The deadline of all of them.
    pub(crate) deadline: Option<Deadline>,
    /// The number of sends, if several sends of a write count as one.
    pub(crate) sends: Option<Arc<AtomicU32>>,
    /// The headers that the caller adds.
    pub(crate) headers: ExtraHeaders,
}

impl Session {
    /// Returns the API.
    pub fn api(&self) -> &'static Api {
        self.state.api
    }

    /// Returns the address below which every request goes.
    pub fn base_url(&self) -> &BaseUrl {
        &self.state.base
    }

    /// Returns a clone whose calls share a deadline, for several calls that are one operation to
    /// the caller, as the pages of a listing are. The earlier of two deadlines counts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> Self {
        let mut bound = self.clone();
        bound.group.deadline = Some(match self.group.deadline {
            Some(earlier) => earlier.min(deadline),
            None => deadline,
        });
        bound
    }

    /// Returns a clone whose calls carry a header besides their own: `traceparent`, a correlation id. It
    /// takes the place of one of the same name that was added before; where an operation sets that header
    /// itself, the operation's is sent. It is not for secrets: nothing cuts it out of what a vendor echoes.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): it cannot be a header, or is one that certfleet or
    /// the credentials set, such as `Authorization`, `Content-Type` or `User-Agent`.
    pub fn with_header(&self, name: &str, value: &str) -> Result<Self, Error> {
        let mut with = self.clone();
        with.group.headers.set(self.state.api, name, value)?;
        Ok(with)
    }

    /// Returns the deadline of a call that begins now: that of [`until`](Self::until), or
    /// [`Limits::operation`](crate::Limits::operation) from now.
    pub fn deadline(&self) -> Deadline {
        self.group
            .deadline
            .unwrap_or_else(|| Deadline::after(self.state.limits.operation))
    }

    /// Returns how far the vendor's clock is ahead of the local one ([`Clock`](crate::Clock)), in
    /// whole seconds, by the `Date` of the last response that had one. The time that the response
    /// travelled is included. `None` before the first.
    pub fn clock_skew(&self) -> Option<TimeDelta> {
        self.state.skew.get()
    }

    /// Returns the time by the vendor's clock, UTC: the `Date` of the last response that had one, and what
    /// has passed since by the monotonic clock. `None` before the first.
    pub fn vendor_time(&self) -> Option<DateTime<Utc>> {
        self.state.skew.vendor_time()
    }

    /// Returns the local wall clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.state.clock
    }

    /// Returns when calls are retried.
    pub fn retry(&self) -> &Retry {
        &self.state.retry
    }

    /// Returns the limits.
    pub fn limits(&self) -> &Limits {
        &self.state.limits
    }

    /// Begins a request. Called by generated code.
    pub fn request(&self, operation: &'static Operation) -> RequestBuilder {
        RequestBuilder::new(operation, self.state.base.clone())
    }

    /// Begins a request to a server of its own. Called by generated code.
    pub fn request_at(
        &self,
        server: &'static Server,
        operation: &'static Operation,
    ) -> RequestBuilder {
        let base = self.state.base_of(server);
        RequestBuilder::at(operation, server, base, &self.state.base)
    }

    /// Sends a request and reads its success as what its status says, retrying when that is safe
    /// ([`Retry`]).
    ///
    /// # Errors
    /// Everything but a documented success of the documented shape.
    pub async fn by_status<T: ByStatus>(&self, request: Request) -> Result<Response<T>, Error> {
        self.call(request, |interpreter, response| {
            interpreter.by_status(response)
        })
        .await
    }

    /// Sends a request and reads its success as JSON, retrying when that is safe ([`Retry`]).
    ///
    /// # Errors
    /// Everything but a documented success that says it succeeded and is of the documented shape.
    pub async fn json<T: DeserializeOwned + InBandFailure>(
        &self,
        request: Request,
    ) -> Result<Response<T>, Error> {
        self.call(request, |interpreter, response| interpreter.json(response))
            .await
    }

    /// Sends a request as [`json`](Self::json) does, and keeps its success as bytes.
    ///
    /// # Errors
    /// Everything but a documented success.
    pub async fn bytes(&self, request: Request) -> Result<Response<Bytes>, Error> {
        self.call(request, |interpreter, response| interpreter.bytes(response))
            .await
    }

    /// Sends a request as [`json`](Self::json) does, and reads nothing of its success.
    ///
    /// # Errors
    /// Everything but a documented success.
    pub async fn nothing(&self, request: Request) -> Result<Response<()>, Error> {
        self.call(request, |interpreter, response| {
            interpreter.nothing(response)
        })
        .await
    }

    async fn call<T>(&self, request: Request, read: Read<T>) -> Result<Response<T>, Error> {
        let state = &self.state;
        let operation = request.operation;
        if !state.goes_to_its_host(&request) {
            return Err(Error::config(
                "the request leads to another host than the base URL",
            ));
        }
        let span = tracing::debug_span!(
            "call",
            provider = state.api.provider,
            operation = operation.id
        );
        async {
            let started = Instant::now();
            let mut tried = Tried::new(self.sends_before(operation.class));
            let before = tried.attempts;
            let (result, last) = self.attempts(request, read, &mut tried).await;
            let call = Call {
                provider: state.api.provider,
                operation: operation.id,
                status: last.as_ref().and_then(|last| last.status),
                request_id: last.as_ref().and_then(|last| last.request_id.clone()),
                elapsed: started.elapsed(),
                bytes: last.as_ref().map_or(0, |last| last.bytes),
                attempts: tried.attempts - before,
            };
            self.record(&call);
            match result {
                Ok((value, response)) => {
                    state.budget.earn();
                    Ok(Response::new(
                        value,
                        ResponseParts::new(response, call, operation),
                    ))
                }
                Err(error) => Err(error.with_attempts(tried.attempts).ended(call)),
            }
        }
        .instrument(span)
        .await
    }

    /// Attempts until one succeeds or another is of no use. Returns the last attempt's record too,
    /// if there was one.
    async fn attempts<T>(
        &self,
        mut request: Request,
        read: Read<T>,
        tried: &mut Tried,
    ) -> (Result<(T, Accepted), Error>, Option<Attempt>) {
        let state = &self.state;
        let class = request.operation.class;
        let deadline = self.deadline();
        let mut last = None;
        let mut authorization = match self.authorization(None, deadline).await {
            Ok(authorization) => authorization,
            Err(error) => return (Err(error), last),
        };
        request
            .headers
            .insert(header::USER_AGENT, state.user_agent.clone());
        self.group.headers.fill(&mut request);
        authorization.fill(&mut request.headers, None);
        loop {
            let number = tried.attempts + 1;
            let ended = state
                .attempt(&request, &authorization, number, deadline, read)
                .await;
            let Some(attempt) = ended.attempt else {
                return (ended.result, last);
            };
            last = Some(attempt);
            tried.attempts = number;
            if let (Some(sends), true) = (&self.group.sends, class != Class::Read) {
                sends.store(number, Ordering::Relaxed);
            }
            let error = match ended.result {
                Ok(done) => return (Ok(done), last),
                Err(error) => error,
            };
            if state.refuses_credentials(&error)
                && tried.attempts < state.retry.attempts
                && !std::mem::replace(&mut tried.refreshed, true)
            {
                match self.authorization(Some(&authorization), deadline).await {
                    Ok(other) if other != authorization => {
                        other.fill(&mut request.headers, Some(&authorization));
                        authorization = other;
                        continue;
                    }
                    Ok(_) => return (Err(error), last),
                    Err(why) => {
                        let note = format!("Refreshing the credentials failed: {why}");
                        return (Err(error.with_note(note)), last);
                    }
                }
            }
            if !tried.may_repeat(class, &error) {
                return (Err(error), last);
            }
            match self.wait_for(tried.attempts, &error, deadline) {
                Ok(wait) => sleep(wait).await,
                Err(None) => return (Err(error), last),
                Err(Some(note)) => return (Err(error.with_note(note)), last),
            }
        }
    }

    /// Returns how long to wait before the next attempt, or why there is none, unless the error
    /// itself says it.
    pub(crate) fn wait_for(
        &self,
        attempts: u32,
        error: &Error,
        deadline: Deadline,
    ) -> Result<Duration, Option<String>> {
        let state = &self.state;
        if attempts >= state.retry.attempts {
            return Err(None);
        }
        let wait = match error.retry_after() {
            Some(asked) if asked > state.retry.longest_wait => {
                return Err(Some(format!(
                    "It asks to wait {} seconds, which is left to you",
                    asked.as_secs()
                )));
            }
            Some(asked) => state.backoff.above(asked),
            None => state.backoff.jitter(attempts.saturating_sub(1)),
        };
        if wait >= deadline.remaining() {
            return Err(Some("There is no time left to send it again".to_owned()));
        }
        if !state.budget.take() {
            return Err(Some(
                "Not sent again: too many calls have failed lately".to_owned(),
            ));
        }
        Ok(wait)
    }

    async fn authorization(
        &self,
        refused: Option<&Authorization>,
        deadline: Deadline,
    ) -> Result<Authorization, Error> {
        let asking = self.state.credentials.get(refused);
        match timeout_at(deadline.instant(), asking).await {
            Ok(Ok(Some(authorization))) => Ok(authorization),
            Ok(Ok(None)) => refused
                .cloned()
                .ok_or_else(|| Error::config("there are no credentials")),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(Error::config(
                "the source of the credentials gave none in time. Nothing was sent",
            )),
        }
    }

    fn sends_before(&self, class: Class) -> u32 {
        match &self.group.sends {
            Some(sends) if class != Class::Read => sends.load(Ordering::Relaxed),
            _ => 0,
        }
    }

    fn record(&self, call: &Call) {
        tracing::debug!(
            provider = call.provider,
            operation = call.operation,
            status = call.status,
            request_id = call.request_id.as_deref(),
            elapsed_ms = u64::try_from(call.elapsed.as_millis()).unwrap_or(u64::MAX),
            bytes = call.bytes,
            attempts = call.attempts,
            "call ended"
        );
        if let Some(observer) = &self.state.observer {
            observer.ended(call);
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("provider", &self.state.api.provider)
            .field("base_url", &self.state.base)
            .field("credentials", &self.state.credentials)
            .field("limits", &self.state.limits)
            .field("retry", &self.state.retry)
            .finish_non_exhaustive()
    }
}
