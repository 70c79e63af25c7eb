//! Cloudflare Zero Trust: gateway CAs of an account.

mod read;
mod write;

use crate::{
    Applied, Capabilities, Certificate, CertificateId, Change, Connection, Effect, Error,
    ErrorKind, ListOptions, Listing, Provider, ProviderKind, Repeated, Result, Scope, Verb,
};
use certfleet_cloudflare::API;
pub use certfleet_cloudflare::{Client, Credentials};
use certfleet_http::{Bytes, Session};
use futures_util::{FutureExt, future::BoxFuture};
use std::sync::Arc;

/// One Cloudflare account.
#[derive(Clone, Debug)]
pub struct Cloudflare {
    account: Arc<str>,
    client: Client,
    account_id: String,
    capabilities: Capabilities,
}

impl Cloudflare {
    /// An account. `account_id` is Cloudflare's id of it.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: an unusable address or credential.
    pub fn new(
        account: impl Into<Arc<str>>,
        credentials: Credentials,
        account_id: impl Into<String>,
        connection: Connection,
    ) -> Result<Self> {
        Ok(Self {
            account: account.into(),
            client: connection.session(Client::builder(&credentials))?.into(),
            account_id: account_id.into(),
            capabilities: Capabilities::of(&API),
        })
    }
}

/// What the vendor's codes say better than the status does.
fn error(error: certfleet_http::Error) -> Error {
    let error = classified(error);
    // It says so with a 500 at times, after which nothing would be known otherwise.
    if error.kind() == ErrorKind::Precondition {
        return error.with_effect(Effect::None);
    }
    error
}

fn classified(error: certfleet_http::Error) -> Error {
    Error::of_call(ProviderKind::Cloudflare, error, |error| {
        let vendor = error.vendor();
        match vendor.code.as_deref() {
            Some("9106" | "6003") => Some(ErrorKind::Unauthenticated),
            Some("10000") => Some(ErrorKind::PermissionDenied),
            Some("2027") => Some(ErrorKind::NotFound),
            Some("2118") => Some(ErrorKind::Precondition),
            Some("971") => Some(ErrorKind::RateLimited),
            _ => vendor
                .message
                .as_deref()
                .is_some_and(|text| text.contains("in a 24 hour period"))
                .then_some(ErrorKind::QuotaExceeded),
        }
    })
}

impl Provider for Cloudflare {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Cloudflare
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn session(&self) -> &Session {
        self.client.session()
    }

    fn in_one_deadline(&self) -> Arc<dyn Provider> {
        let mut clone = self.clone();
        clone.client = self.client.until(self.client.session().deadline());
        Arc::new(clone)
    }

    fn list(&self, options: ListOptions) -> Listing<'_> {
        // Everything comes in one answer: there are no pages to repeat anything.
        Listing::new(self.listing(options), Repeated::default())
    }

    fn get<'a>(&'a self, id: &'a CertificateId) -> BoxFuture<'a, Result<Certificate>> {
        self.one(id).boxed()
    }

    fn scopes(&self) -> Option<Vec<Scope>> {
        Some(vec![Scope::Edge])
    }

    fn apply<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied>> {
        self.send(change).boxed()
    }

    fn export<'a>(&'a self, _: &'a CertificateId) -> BoxFuture<'a, Result<Bytes>> {
        async move { Err(Error::cannot(self.kind(), Verb::Export)) }.boxed()
    }
}
