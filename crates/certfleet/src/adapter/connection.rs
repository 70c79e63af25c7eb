//! How an account is reached.

use crate::{Error, ErrorKind, Result};
use certfleet_http::{
    Clock, CredentialsSource, Limits, Observer, Proxy, Retry, Session, SessionBuilder, Transport,
};
use std::{sync::Arc, time::Duration};

/// How an account is reached, where it differs from the vendor's own address, the real network and the
/// default bounds.
///
/// ```
/// use certfleet::{Connection, cloudflare};
/// use std::time::Duration;
///
/// let connection = Connection::default()
///     .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
///     .deadline(Duration::from_secs(30));
/// let token = cloudflare::Credentials::ApiToken("made-up".into());
/// let account = cloudflare::Cloudflare::new("main", token, "0123456789abcdef", connection)?;
/// # Ok::<(), certfleet::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Connection {
    base_url: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    proxy: Option<Proxy>,
    limits: Limits,
    retry: Retry,
    credentials: Option<Arc<dyn CredentialsSource>>,
    user_agent: Option<String>,
    headers: Vec<(String, String)>,
    observer: Option<Arc<dyn Observer>>,
    clock: Option<Arc<dyn Clock>>,
    seed: Option<u64>,
}

impl Connection {
    /// Sets another address: `https`, or `http` to the loopback interface. Apinizer has no default.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Sets another transport: the sandbox, a test double, a [`Network`](crate::http::Network) shared by
    /// several accounts or with further roots.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Sets the proxy that the vendor is reached through, where no [`transport`](Self::transport) is set: a
    /// [`Network`](crate::http::Network) has its own. Without it no proxy is used, also where the environment
    /// names one ([`Proxy::from_environment`] reads it).
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Sets the longest an operation may take in all, every page, attempt and wait of it; 120 seconds unless
    /// said otherwise. Of a listing it also counts the time that its reader takes.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.limits.operation = deadline;
        self
    }

    /// Sets other bounds: of connecting, of one attempt, of bodies, of how many are on their way at a time.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the most bytes and the most records of one listing in all; `None` leaves what is set. Unless said
    /// otherwise 256 MiB and 1,000,000 records: a listing that is longer is an error.
    #[must_use]
    pub fn listing_limits(mut self, bytes: Option<usize>, records: Option<usize>) -> Self {
        let limits = &mut self.limits;
        limits.listing_bytes = bytes.unwrap_or(limits.listing_bytes);
        limits.listing_records = records.unwrap_or(limits.listing_records);
        self
    }

    /// Sets when a call is sent again; [`Retry::off`] for never.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets credentials that change while the account is in use, instead of the fixed ones: asked for before
    /// the first call, and again when the vendor refuses them.
    #[must_use]
    pub fn credentials(mut self, source: Arc<dyn CredentialsSource>) -> Self {
        self.credentials = Some(source);
        self
    }

    /// Sets another User-Agent than `certfleet/<version>`.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Adds a header to every request: an organisation's id, a correlation id. It is not for secrets
    /// ([`Session::with_header`] says what is refused).
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets an observer, which sees every call, and every attempt, when it has ended.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Sets another clock than the operating system's, for dates in answers.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets what the random parts of waits come from: the same seed gives the same waits.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Builds the session of a client. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: an unusable address, credential, User-Agent or header, or both a transport and a proxy.
    pub fn session(&self, builder: SessionBuilder) -> Result<Session> {
        let mut builder = builder.limits(self.limits).retry(self.retry);
        if let Some(base_url) = &self.base_url {
            builder = builder.base_url(base_url);
        }
        if let Some(transport) = &self.transport {
            builder = builder.transport(Arc::clone(transport));
        }
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.clone());
        }
        if let Some(source) = &self.credentials {
            builder = builder.credentials(Arc::clone(source));
        }
        if let Some(user_agent) = &self.user_agent {
            builder = builder.user_agent(user_agent);
        }
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        if let Some(observer) = &self.observer {
            builder = builder.observer(Arc::clone(observer));
        }
        if let Some(clock) = &self.clock {
            builder = builder.clock(Arc::clone(clock));
        }
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        builder
            .build()
            .map_err(|error| Error::new(ErrorKind::Config, error.to_string()))
    }
}
