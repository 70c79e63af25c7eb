//! A transport that is a tower service.

use super::{
    classify::failure,
    interface::{BoxFuture, Transport},
    receive::receive,
};
use crate::{
    request::Request,
    response::{RawResponse, Reason, SendError, Sent},
};
use bytes::Bytes;
use http_body::Body;
use std::{
    error::Error as StdError,
    fmt,
    future::poll_fn,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::timeout;
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

/// A [`Transport`] that is a `tower` service from `http::Request<Bytes>` to `http::Response`, so that
/// tower's layers (traces, metrics, limits) and other HTTP clients can carry the requests.
///
/// The service is cloned for every request. It has to send a request at most once: leave out layers
/// that retry or follow redirects: certfleet retries where that is safe. The session's time limits hold
/// around it.
///
/// How a failure is classified: a service that does not become ready was given
/// nothing, a [`SendError`] says it itself, and `reqwest` knows of its own errors. Anything else may have
/// arrived, and a write that ends with it is looked for before it is sent again.
///
/// ```
/// use certfleet_http::{Bytes, SendError, ServiceTransport};
/// use std::{convert::Infallible, future::{Ready, ready}, task::{Context, Poll}};
///
/// /// Answers everything with an empty page.
/// #[derive(Clone)]
/// struct Empty;
///
/// impl tower_service::Service<http::Request<Bytes>> for Empty {
///     type Response = http::Response<String>;
///     type Error = Infallible;
///     type Future = Ready<Result<Self::Response, Infallible>>;
///
///     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
///         Poll::Ready(Ok(()))
///     }
///
///     fn call(&mut self, _: http::Request<Bytes>) -> Self::Future {
///         ready(Ok(http::Response::new(r#"{"data":[]}"#.to_owned())))
///     }
/// }
///
/// let transport = ServiceTransport::new(Empty);
/// # let _: &dyn certfleet_http::Transport = &transport;
/// ```
pub struct ServiceTransport<S> {
    /// Cloned under the lock: a service need not be `Sync`.
    service: Mutex<S>,
}

impl<S> ServiceTransport<S> {
    /// Creates a transport over a service.
    pub fn new(service: S) -> Self {
        Self {
            service: Mutex::new(service),
        }
    }
}

impl<S, B> Transport for ServiceTransport<S>
where
    S: Service<http::Request<Bytes>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send,
    B::Data: Send,
    B::Error: Into<BoxError> + Send,
{
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        Box::pin(async move {
            let mut service = self
                .service
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            let ready = poll_fn(|context| service.poll_ready(context));
            timeout(deadline, ready)
                .await
                .map_err(|_| {
                    SendError::not_sent("the service was not ready in time")
                        .because(Reason::Timeout)
                })?
                .map_err(|error| unsent(error.into()))?;
            let response = service
                .call(request.to_http()?)
                .await
                .map_err(|error| ended(error.into()))?;
            request.head_arrived();
            receive(response, request.operation, body_limit, |error| {
                ended(error.into())
            })
            .await
        })
    }
}

/// What the failure of a service means that was given the request.
fn ended(error: BoxError) -> SendError {
    match error.downcast::<SendError>() {
        Ok(error) => *error,
        Err(error) => match error.downcast_ref::<reqwest::Error>() {
            Some(known) => failure(known, None),
            None => SendError::maybe_sent(error.to_string()),
        },
    }
}

/// What the failure of a service means that was not given the request.
fn unsent(error: BoxError) -> SendError {
    let mut error = ended(error);
    error.sent = Sent::No;
    error
}

impl<S> fmt::Debug for ServiceTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceTransport").finish_non_exhaustive()
    }
}
