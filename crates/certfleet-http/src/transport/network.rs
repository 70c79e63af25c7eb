//! The real network, through `reqwest`. The only place that builds HTTP clients.

use super::{
    causes::innermost,
    classify::failure,
    interface::{BoxFuture, Transport},
    proxy::Proxy,
    tls,
};
use crate::{
    api::{Class, Operation},
    request::Request,
    response::{RawResponse, Reason, SendError, Sent, cut::KEPT},
    secrets::Secret,
    time::Deadline,
};
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, header};
use std::{fmt, sync::OnceLock, time::Duration};

/// The time limit for connecting, TLS included. It is shorter than any deadline, so that a request
/// that was never sent is known to be one.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a server may pause within a response.
const IDLE: Duration = Duration::from_secs(15);

/// The most memory that is allocated on the word of a `Content-Length`.
const MOST_AT_ONCE: usize = 32 * 1024 * 1024;

/// HTTP/1.1 over rustls with the operating system's roots.
///
/// Reads share pooled connections. A write gets its own connection: the peer may have closed a
/// pooled one, and the failure of such a write looks like one that arrived. There are no redirects,
/// retries, decompression or `Referer`. No proxy of the environment or the system is used;
/// [`proxy`](Self::proxy) sets one.
pub struct Network {
    reads: OnceLock<Result<reqwest::Client, String>>,
    writes: OnceLock<Result<reqwest::Client, String>>,
    extra_roots: Vec<Bytes>,
    proxy: Option<Proxy>,
    connect: Duration,
    idle: Duration,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            reads: OnceLock::new(),
            writes: OnceLock::new(),
            extra_roots: Vec::new(),
            proxy: None,
            connect: CONNECT,
            idle: IDLE,
        }
    }
}

impl Network {
    /// Creates a network with the operating system's roots.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a trusted issuer, as DER, or the very certificate that a server presents: for a gateway
    /// whose certificate its owner issued.
    #[must_use]
    pub fn trust(mut self, der: impl Into<Bytes>) -> Self {
        self.extra_roots.push(der.into());
        self
    }

    /// Sets the time limit for connecting, TLS included; 10 seconds by default. Keep it well below
    /// the time of an attempt: a connection that hangs is otherwise taken for a request that may
    /// have arrived.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect = limit;
        self
    }

    /// Sets how long a server may pause within a response; 15 seconds by default.
    #[must_use]
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle = limit;
        self
    }

    /// Sets the proxy that `https` addresses are reached through.
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Returns the client for a kind of request, built at its first use.
    fn client(&self, is_read: bool) -> Result<&reqwest::Client, SendError> {
        let (cell, idle) = if is_read {
            (&self.reads, usize::MAX)
        } else {
            (&self.writes, 0)
        };
        cell.get_or_init(|| self.build(idle))
            .as_ref()
            .map_err(|why| {
                SendError::not_sent(format!("TLS could not be set up: {why}"))
                    .because(Reason::Setup)
            })
    }

    fn build(&self, idle_connections: usize) -> Result<reqwest::Client, String> {
        let tls = tls::config(&self.extra_roots).map_err(|error| error.to_string())?;
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .http1_only()
            // Whatever features another crate of the same binary turns on.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(self.connect)
            .read_timeout(self.idle)
            .pool_max_idle_per_host(idle_connections);
        let proxy = self.proxy.as_ref().map(Proxy::for_client).transpose();
        proxy
            .and_then(|proxy| match proxy {
                Some(proxy) => builder.proxy(proxy).build(),
                None => builder.build(),
            })
            .map_err(|error| innermost(&error))
    }
}

impl Transport for Network {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        Box::pin(async move {
            // Building a client, the first time, takes its part of the time.
            let deadline = Deadline::after(deadline);
            let is_read = request.operation.class == Class::Read;
            let client = self.client(is_read)?;
            let mut sent =
                reqwest::Request::new(request.operation.method.clone(), request.url.clone());
            *sent.headers_mut() = request.headers.clone();
            // Without it a server may choose any coding (RFC 9110, 12.5.3), and none is decoded.
            sent.headers_mut().insert(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static("identity"),
            );
            if !request.body.is_empty() {
                *sent.body_mut() = Some(request.body.clone().into());
            }
            *sent.timeout_mut() = Some(deadline.remaining());
            let response = client.execute(sent).await.map_err(|error| {
                let proxy = self.proxy.as_ref();
                failure(&error, proxy.filter(|proxy| proxy.carries(&request.url)))
            })?;
            request.head_arrived();
            read(response, request.operation, body_limit).await
        })
    }

    fn secrets(&self) -> &[Secret] {
        self.proxy.as_ref().map_or(&[], Proxy::secrets)
    }
}

/// Reads the body up to the limit.
async fn read(
    mut response: reqwest::Response,
    operation: &Operation,
    limit: usize,
) -> Result<RawResponse, SendError> {
    let declared = response.content_length();
    let mut raw = RawResponse {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: Bytes::new(),
    };
    // Of a failure no more is kept, so no more is waited for: a longer one ends here, and looks it.
    let is_failure = !operation.succeeds_with(raw.status);
    if is_failure && limit > KEPT {
        return start(response, raw).await;
    }
    let too_large = |head: RawResponse| {
        SendError::maybe_sent("body over the limit")
            .because(Reason::TooLarge)
            .after(head)
    };
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(too_large(raw));
    }
    // The length is the peer's word: it saves copies, and takes no memory before something came.
    let mut body = BytesMut::new();
    let expected = declared.map_or(0, |length| usize::try_from(length).unwrap_or(limit));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => return Err(too_large(raw)),
            // One chunk is the common case of a short response, and needs no copy.
            Ok(Some(chunk)) if body.is_empty() && declared == Some(chunk.len() as u64) => {
                raw.body = chunk;
                return Ok(raw);
            }
            Ok(Some(chunk)) => {
                if body.is_empty() {
                    body.reserve(expected.min(MOST_AT_ONCE));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(None) => {
                raw.body = body.freeze();
                return Ok(raw);
            }
            Err(error) => {
                let mut error = failure(&error, None);
                error.sent = Sent::Maybe;
                return Err(error.after(raw));
            }
        }
    }
}

/// Reads a failure's body until there is more than is kept of one.
async fn start(
    mut response: reqwest::Response,
    mut raw: RawResponse,
) -> Result<RawResponse, SendError> {
    let mut body = BytesMut::new();
    while body.len() <= KEPT {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => {
                let mut error = failure(&error, None);
                error.sent = Sent::Maybe;
                return Err(error.after(raw));
            }
        }
    }
    raw.body = body.freeze();
    Ok(raw)
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("extra_roots", &self.extra_roots.len())
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}
