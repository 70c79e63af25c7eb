//! The one place that sends.

use crate::{
    Answer, Api, Authorization, BaseUrl, Call, Effect, Error, ErrorKind, Network, Observer,
    Operation, Received, Request, RequestBuilder, Response, SendError, Sent, Transport,
    VendorError, Verdict, encoding, json,
    redact::{self, Needles},
};
use bytes::Bytes;
use http::{HeaderValue, header};
use serde::de::DeserializeOwned;
use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// Bounds of every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest a call may take in all. 30 seconds unless said otherwise.
    pub deadline: Duration,
    /// The longest body that is read, in bytes. 64 MiB unless said otherwise: a listing that a
    /// vendor sends in one answer, certificates included, has to fit.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30),
            body: 64 * 1024 * 1024,
        }
    }
}

/// What a client talks through: an address, credentials, a transport and limits. Cheap to clone;
/// clones share connections.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    api: &'static Api,
    base: BaseUrl,
    authorization: Authorization,
    user_agent: HeaderValue,
    transport: Arc<dyn Transport>,
    limits: Limits,
    observer: Option<Arc<dyn Observer>>,
}

/// Sets up a [`Session`]. Made by a generated client's `builder`.
#[derive(Debug)]
#[must_use]
pub struct SessionBuilder {
    api: &'static Api,
    authorization: Result<Authorization, Error>,
    base_url: Option<String>,
    user_agent: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    limits: Limits,
    observer: Option<Arc<dyn Observer>>,
}

impl SessionBuilder {
    /// A session for an API. Called by generated code.
    pub fn new(api: &'static Api, authorization: Result<Authorization, Error>) -> Self {
        Self {
            api,
            authorization,
            base_url: None,
            user_agent: None,
            transport: None,
            limits: Limits::default(),
            observer: None,
        }
    }

    /// Another address than the vendor's: `https`, or `http` to the loopback interface.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Another User-Agent than `certfleet/<version>`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Another transport than [`Network`]: the sandbox, a proxy, a test double.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// The longest a call may take in all.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.limits.deadline = deadline;
        self
    }

    /// The longest body that is read, in bytes.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// Sees every call when it has ended.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The session. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: no or an unusable base URL, unusable credentials or User-Agent.
    pub fn build(self) -> Result<Session, Error> {
        let authorization = self.authorization?;
        let base = match self.base_url.as_deref().or(self.api.default_base_url) {
            Some(text) => BaseUrl::parse(text)?,
            None => {
                return Err(Error::config(format!(
                    "{} runs at its owner's address and has no default: give a base URL",
                    self.api.title
                )));
            }
        };
        let agent = self
            .user_agent
            .unwrap_or_else(|| concat!("certfleet/", env!("CARGO_PKG_VERSION")).to_owned());
        let user_agent = HeaderValue::from_str(&agent).map_err(|_| {
            Error::config("the User-Agent holds a character that no header can carry")
        })?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(Network::new()),
        };
        Ok(Session(Arc::new(Inner {
            api: self.api,
            base,
            authorization,
            user_agent,
            transport,
            limits: self.limits,
            observer: self.observer,
        })))
    }
}

impl Session {
    /// The API it talks to.
    pub fn api(&self) -> &'static Api {
        self.0.api
    }

    /// The address below which every request goes.
    pub fn base_url(&self) -> &BaseUrl {
        &self.0.base
    }

    /// Begins a request. Called by generated code.
    pub fn request(&self, operation: &'static Operation) -> RequestBuilder {
        RequestBuilder::new(operation, self.0.base.clone())
    }

    /// Sends a request once and reads its success as JSON.
    ///
    /// # Errors
    /// Everything but a documented success that says it succeeded and is of the documented shape.
    pub async fn json<T: DeserializeOwned + Verdict>(
        &self,
        request: Request,
    ) -> Result<Response<T>, Error> {
        let operation = request.operation;
        let (answer, call, needles) = self.success(request).await?;
        let failure = |kind, detail: String, mut answer: Answer| {
            // A vendor may repeat in its message what it was sent.
            answer.body = needles.cut_bytes(answer.body);
            let vendor = json::vendor_error(&self.0.api.shapes, &answer.body);
            let error = Error::of_call(kind, self.0.api.provider, operation, detail, Some(answer))
                .with_request_id(call.request_id.clone());
            if kind == ErrorKind::Refused {
                error.with_vendor(vendor)
            } else {
                error
            }
        };
        let decoded = json::decode::<T>(&answer.body);
        let refused = match &decoded {
            Ok(value) => value.refused(),
            // A failure need not have the fields of a success.
            Err(_) => json::says_failed(self.0.api.shapes.failure, &answer.body),
        };
        match decoded {
            _ if refused => {
                let detail = format!(
                    "answered {} and says that it failed",
                    answer.status.as_u16()
                );
                Err(failure(ErrorKind::Refused, detail, answer))
            }
            Ok(value) => Ok(Response::new(value, Received::new(answer, call, operation))),
            Err(place) => {
                let detail = format!(
                    "answered {}, but its body is not of the documented shape: {place}",
                    answer.status.as_u16()
                );
                Err(failure(ErrorKind::Unreadable, detail, answer))
            }
        }
    }

    /// Sends a request once and keeps its success as bytes.
    ///
    /// # Errors
    /// Everything but a documented success.
    pub async fn bytes(&self, request: Request) -> Result<Response<Bytes>, Error> {
        let operation = request.operation;
        let (answer, call, _) = self.success(request).await?;
        let received = Received::new(answer, call, operation);
        Ok(Response::new(received.body().clone(), received))
    }

    /// Sends a request once; its success carries nothing that is read.
    ///
    /// # Errors
    /// Everything but a documented success.
    pub async fn nothing(&self, request: Request) -> Result<Response<()>, Error> {
        let operation = request.operation;
        let (answer, call, _) = self.success(request).await?;
        Ok(Response::new((), Received::new(answer, call, operation)))
    }

    /// Sends a request once: a complete answer with a documented success status, or an error.
    /// The needles are what to cut out of the answer if it becomes an error after all.
    async fn success(&self, mut request: Request) -> Result<(Answer, Call, Needles), Error> {
        let inner = &*self.0;
        let operation = request.operation;
        if !inner.base.same_origin(&request.url) {
            return Err(Error::config(
                "the request leads to another host than the base URL",
            ));
        }
        for (name, value) in inner.authorization.headers() {
            request.headers.insert(name.clone(), value.clone());
        }
        request
            .headers
            .insert(header::USER_AGENT, inner.user_agent.clone());
        let needles = Needles::of(inner.authorization.secrets(), operation, &request.body);

        let started = Instant::now();
        let deadline = inner.limits.deadline;
        let sent = tokio::time::timeout(
            deadline,
            inner.transport.send(&request, inner.limits.body, deadline),
        )
        .await;
        let sent = sent.unwrap_or_else(|_| {
            let mut error = SendError::maybe_sent("");
            error.timeout = true;
            Err(error)
        });
        let elapsed = started.elapsed();

        let head = match &sent {
            Ok(answer) => Some(answer),
            Err(error) => error.head.as_deref(),
        };
        let call = Call {
            provider: inner.api.provider,
            operation: operation.id,
            status: head.map(|answer| answer.status.as_u16()),
            request_id: head
                .and_then(|answer| self.request_id(answer))
                .map(|id| needles.cut(id)),
            elapsed,
            bytes: head.map_or(0, |answer| answer.body.len()),
        };
        self.record(&call);

        let answer = match sent {
            Ok(answer) => answer,
            Err(error) => return Err(self.unanswered(operation, error, deadline, &call)),
        };
        match self.judge(operation, answer, &needles) {
            Ok(answer) => Ok((answer, call, needles)),
            Err(error) => Err(error.with_request_id(call.request_id)),
        }
    }

    /// Why no complete answer came.
    fn unanswered(
        &self,
        operation: &'static Operation,
        error: SendError,
        deadline: Duration,
        call: &Call,
    ) -> Error {
        let (kind, detail) = match (error.sent, error.timeout, error.too_large) {
            (Sent::No, _, _) => (
                ErrorKind::NotSent,
                format!(
                    "could not reach {}: {}. Nothing was sent",
                    self.0.base.origin(),
                    error.what
                ),
            ),
            (Sent::Maybe, _, true) => (
                ErrorKind::TooLarge,
                format!(
                    "the answer is longer than the limit of {} bytes",
                    self.0.limits.body
                ),
            ),
            (Sent::Maybe, true, _) => (
                ErrorKind::Deadline,
                format!(
                    "no complete answer within {} seconds",
                    deadline.as_secs_f32()
                ),
            ),
            (Sent::Maybe, false, _) => (
                ErrorKind::Interrupted,
                format!(
                    "the connection broke before the answer was complete: {}",
                    error.what
                ),
            ),
        };
        Error::of_call(
            kind,
            self.0.api.provider,
            operation,
            detail,
            error.head.map(|head| *head),
        )
        .with_request_id(call.request_id.clone())
    }

    /// Lets documented successes through; everything else is an error that keeps the answer.
    fn judge(
        &self,
        operation: &'static Operation,
        mut answer: Answer,
        needles: &Needles,
    ) -> Result<Answer, Error> {
        let status = answer.status.as_u16();
        let fail = |kind, detail: String, answer: Answer| {
            Error::of_call(kind, self.0.api.provider, operation, detail, Some(answer))
        };
        let documented = operation.success.contains(&status);
        if documented {
            if let Some(why) = encoding::refusal(operation, &answer) {
                // A page that is no JSON need not come from the vendor: nothing is known.
                let foreign = !answer.body.is_empty();
                answer.body = needles.cut_bytes(redact_failure(operation, &answer));
                let error = fail(
                    ErrorKind::Unreadable,
                    format!("answered {status}, but {why}"),
                    answer,
                );
                return Err(match (foreign, error.effect()) {
                    (true, Effect::Applied) => error.with_effect(Effect::Unknown),
                    _ => error,
                });
            }
            answer.body = redact::body(operation, answer.body);
            return Ok(answer);
        }
        answer.body = needles.cut_bytes(redact_failure(operation, &answer));
        if answer.status.is_redirection() {
            return Err(fail(
                ErrorKind::Redirect,
                format!("answered {status}, a redirect, which is not followed: check the base URL"),
                answer,
            ));
        }
        let vendor = json::vendor_error(&self.0.api.shapes, &answer.body);
        let reason = answer
            .status
            .canonical_reason()
            .unwrap_or("no known status");
        let mut detail = if answer.status.is_success() {
            format!("answered {status} ({reason}), which its description does not know")
        } else {
            format!("answered {status} ({reason})")
        };
        if vendor == VendorError::default() && !answer.body.is_empty() {
            detail.push_str(&format!(
                " with {} bytes of {}",
                answer.body.len(),
                media_type(&answer)
            ));
        }
        Err(fail(ErrorKind::Status, detail, answer).with_vendor(vendor))
    }

    fn request_id<'a>(&self, answer: &'a Answer) -> Option<&'a str> {
        self.0
            .api
            .request_id_headers
            .iter()
            .find_map(|name| answer.header(name))
    }

    fn record(&self, call: &Call) {
        tracing::debug!(
            provider = call.provider,
            operation = call.operation,
            status = call.status,
            request_id = call.request_id.as_deref(),
            elapsed_ms = u64::try_from(call.elapsed.as_millis()).unwrap_or(u64::MAX),
            bytes = call.bytes,
            "call ended"
        );
        if let Some(observer) = &self.0.observer {
            observer.ended(call);
        }
    }
}

/// A failure's body: JSON is searched for the operation's secret fields like any other; text stays,
/// because it is what explains the failure.
fn redact_failure(operation: &'static Operation, answer: &Answer) -> Bytes {
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).is_ok();
    if is_json {
        redact::body(operation, answer.body.clone())
    } else {
        answer.body.clone()
    }
}

fn media_type(answer: &Answer) -> String {
    answer
        .header("content-type")
        .and_then(|text| text.split(';').next())
        .map(|text| {
            text.chars()
                .filter(char::is_ascii_graphic)
                .take(60)
                .collect()
        })
        .unwrap_or_else(|| "no stated type".to_owned())
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("provider", &self.0.api.provider)
            .field("base_url", &self.0.base)
            .field("authorization", &self.0.authorization)
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}
