//! Setting up a session.

use super::{
    backoff::Backoff,
    budget::Budget,
    credentials::{Credentials, CredentialsSource},
    policy::{Limits, Retry},
    session::{CallGroup, Session},
    session_state::SessionState,
    throttle::Throttle,
};
use crate::{
    api::{Api, Server},
    request::{Authorization, BaseUrl},
    response::{Error, Observer},
    time::{Clock, Skew, SystemClock},
    transport::{Network, Proxy, Transport},
};
use http::HeaderValue;
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// A builder of a [`Session`]. Made by a generated client's `builder`.
#[derive(Debug)]
#[must_use]
pub struct SessionBuilder {
    api: &'static Api,
    authorization: Result<Authorization, Error>,
    source: Option<Arc<dyn CredentialsSource>>,
    base_url: Option<String>,
    servers: Vec<(&'static Server, String)>,
    user_agent: Option<String>,
    headers: Vec<(String, String)>,
    transport: Option<Arc<dyn Transport>>,
    proxy: Option<Proxy>,
    limits: Limits,
    retry: Retry,
    observer: Option<Arc<dyn Observer>>,
    clock: Arc<dyn Clock>,
    seed: Option<u64>,
}

impl SessionBuilder {
    /// Creates a builder for an API. Called by generated code.
    pub fn new(api: &'static Api, authorization: Result<Authorization, Error>) -> Self {
        Self {
            api,
            authorization,
            source: None,
            base_url: None,
            servers: Vec::new(),
            user_agent: None,
            headers: Vec::new(),
            transport: None,
            proxy: None,
            limits: Limits::default(),
            retry: Retry::default(),
            observer: None,
            clock: Arc::new(SystemClock),
            seed: None,
        }
    }

    /// Sets an address other than the vendor's: `https`, or `http` to the loopback interface.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Sets the address of a server that some operations have of their own: `https`, or `http` to the
    /// loopback interface.
    pub fn server_url(mut self, server: &'static Server, url: impl Into<String>) -> Self {
        self.servers.push((server, url.into()));
        self
    }

    /// Sets a source of credentials that change while the session lives, in place of the fixed
    /// ones.
    pub fn credentials(mut self, source: Arc<dyn CredentialsSource>) -> Self {
        self.source = Some(source);
        self
    }

    /// Sets the User-Agent, in place of `certfleet/<version>`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Adds a header to every request ([`Session::with_header`], which says what is refused).
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the transport, in place of a [`Network`] of the session's own: the sandbox, a shared
    /// network, a test double.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Sets the proxy of the session's own network. A [`transport`](Self::transport) brings its own
    /// ([`Network::proxy`]).
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the time limit of a whole call ([`Limits::operation`]).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.limits.operation = deadline;
        self
    }

    /// Sets the longest body that is read, in bytes ([`Limits::body`], and [`Limits::write_body`]
    /// if that is longer).
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self.limits.write_body = self.limits.write_body.min(bytes);
        self
    }

    /// Sets when calls are retried; [`Retry::off`] turns retries off.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets an observer that is told of every call and every attempt.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Sets the clock, in place of the operating system's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the seed of the random part of waits: the same seed gives the same waits.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Builds the session. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): the base URL is missing or cannot be used,
    /// the credentials, the User-Agent or a header cannot be used, or there are both a transport and a
    /// proxy.
    pub fn build(self) -> Result<Session, Error> {
        let credentials = match self.source {
            Some(source) => Credentials::From {
                source,
                current: Mutex::new(None),
            },
            None => Credentials::Fixed(self.authorization?),
        };
        let base = match self.base_url.as_deref().or(self.api.default_base_url) {
            Some(text) => BaseUrl::parse(text)?,
            None => {
                return Err(Error::config(format!(
                    "{} runs at its owner's address and has no default: give a base URL",
                    self.api.title
                )));
            }
        };
        let servers = self
            .servers
            .into_iter()
            .map(|(server, url)| Ok((server, BaseUrl::parse(&url)?)))
            .collect::<Result<_, Error>>()?;
        let agent = self
            .user_agent
            .unwrap_or_else(|| concat!("certfleet/", env!("CARGO_PKG_VERSION")).to_owned());
        let user_agent = HeaderValue::from_str(&agent).map_err(|_| {
            Error::config("the User-Agent holds a character that no header can carry")
        })?;
        let mut group = CallGroup::default();
        for (name, value) in &self.headers {
            group.headers.set(self.api, name, value)?;
        }
        let transport = match (self.transport, self.proxy) {
            (Some(_), Some(_)) => {
                return Err(Error::config(
                    "a transport and a proxy are set: give the proxy to the transport (Network::proxy)",
                ));
            }
            (Some(transport), None) => transport,
            (None, proxy) => {
                let network = Network::new().connect_timeout(self.limits.connecting());
                Arc::new(match proxy {
                    Some(proxy) => network.proxy(proxy),
                    None => network,
                })
            }
        };
        Ok(Session {
            state: Arc::new(SessionState {
                api: self.api,
                base,
                servers,
                credentials,
                user_agent,
                transport,
                backoff: Backoff::new(&self.retry, self.seed),
                budget: Budget::new(self.retry.budget),
                throttle: Throttle::new(self.limits.concurrency, self.retry.longest_wait),
                limits: self.limits,
                retry: self.retry,
                observer: self.observer,
                clock: self.clock,
                skew: Skew::default(),
            }),
            group,
        })
    }
}
