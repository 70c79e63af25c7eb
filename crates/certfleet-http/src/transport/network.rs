//! The real network, through `reqwest`. The only place that builds HTTP clients.

use super::{
    causes::innermost,
    classify::failure,
    interface::{BoxFuture, Transport},
    proxy::Proxy,
    receive::receive,
    tls,
};
use crate::{
    api::Class,
    request::Request,
    response::{RawResponse, Reason, SendError},
    secrets::Secret,
    time::Deadline,
};
use bytes::Bytes;
use http::{HeaderValue, header};
use std::{fmt, sync::OnceLock, time::Duration};

/// The time limit for connecting, TLS included. It is shorter than any deadline, so that a request
/// that was never sent is known to be one.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a server may pause within a response.
const IDLE: Duration = Duration::from_secs(15);

/// Changes how a client is built.
type Configure = Box<dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>;

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
    configure: Option<Configure>,
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
            configure: None,
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

    /// Sets what the builder of each HTTP client goes through before certfleet's own settings: a DNS
    /// resolver, a local address, socket options. What the rules of this transport need (TLS and roots,
    /// redirects, retries, `Referer`, proxies, codings, HTTP/1.1, time limits, pooling) is set afterwards
    /// and wins. Two clients are built, one for reads and one for writes.
    ///
    /// ```
    /// use certfleet_http::Network;
    ///
    /// let network = Network::new()
    ///     .configure(|client| client.local_address(std::net::IpAddr::from([127, 0, 0, 1])));
    /// # let _ = network;
    /// ```
    #[must_use]
    pub fn configure(
        mut self,
        configure: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.configure = Some(Box::new(configure));
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
        let builder = reqwest::Client::builder();
        let builder = match &self.configure {
            Some(configure) => configure(builder),
            None => builder,
        };
        let builder = builder
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
            receive(response.into(), request.operation, body_limit, |error| {
                failure(&error, None)
            })
            .await
        })
    }

    fn secrets(&self) -> &[Secret] {
        self.proxy.as_ref().map_or(&[], Proxy::secrets)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("extra_roots", &self.extra_roots.len())
            .field("proxy", &self.proxy)
            .field("configured", &self.configure.is_some())
            .finish_non_exhaustive()
    }
}
