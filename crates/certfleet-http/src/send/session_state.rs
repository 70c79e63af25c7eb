//! What the clones of a session share.

use super::{
    backoff::Backoff,
    budget::Budget,
    credentials::Credentials,
    policy::{Limits, Retry},
    throttle::Throttle,
};
use crate::{
    api::{Api, Server},
    request::{BaseUrl, Request},
    response::{Error, Observer},
    time::{Clock, Skew},
    transport::Transport,
};
use http::HeaderValue;
use std::sync::Arc;

/// The settings of a session, and what its calls learn for each other.
pub(crate) struct SessionState {
    pub(crate) api: &'static Api,
    pub(crate) base: BaseUrl,
    /// The addresses that were set for servers of some operations.
    pub(crate) servers: Vec<(&'static Server, BaseUrl)>,
    pub(crate) credentials: Credentials,
    pub(crate) user_agent: HeaderValue,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) limits: Limits,
    pub(crate) retry: Retry,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) backoff: Backoff,
    pub(crate) budget: Budget,
    pub(crate) throttle: Throttle,
    pub(crate) skew: Skew,
}

impl SessionState {
    /// Returns whether a request leads to the host that this session is configured for.
    pub(crate) fn goes_to_its_host(&self, request: &Request) -> bool {
        match request.server {
            Some(server) => self
                .base_of(server)
                .is_ok_and(|base| base.same_origin(&request.url)),
            None => self.base.same_origin(&request.url),
        }
    }

    /// Returns whether a failure is the vendor's word that it does not accept the credentials.
    pub(crate) fn refuses_credentials(&self, error: &Error) -> bool {
        error.status().is_some_and(|status| {
            let code = error.vendor().code.as_deref();
            self.api.refuses_credentials(status.as_u16(), code)
        })
    }

    /// Returns the address of a server: the one that was set, or else the vendor's.
    pub(crate) fn base_of(&self, server: &Server) -> Result<BaseUrl, Error> {
        let set = self
            .servers
            .iter()
            .rev()
            .find(|(known, _)| known.name == server.name);
        match set {
            Some((_, base)) => Ok(base.clone()),
            None if server.url.starts_with('/') => {
                BaseUrl::parse(&format!("{}{}", self.base.origin(), server.url))
            }
            None => BaseUrl::parse(server.url),
        }
    }
}
