//! Patchworks: certificates of connectors. There is no list of certificates; those attached to a
//! connector are seen through the connectors.

mod read;
mod write;

use crate::{
    Applied, Capabilities, Certificate, CertificateId, Change, Connection, Error, ListOptions,
    Listing, Provider, ProviderKind, Repeated, Result, Scope, Verb,
};
use certfleet_http::{Bytes, Session};
use certfleet_patchworks::API;
pub use certfleet_patchworks::{Client, Credentials};
use futures_util::{FutureExt, future::BoxFuture};
use std::sync::Arc;

/// One Patchworks company.
#[derive(Clone, Debug)]
pub struct Patchworks {
    account: Arc<str>,
    client: Client,
    capabilities: Capabilities,
}

impl Patchworks {
    /// A company. Its credentials say which.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): an unusable address or credential.
    pub fn new(
        account: impl Into<Arc<str>>,
        credentials: Credentials,
        connection: Connection,
    ) -> Result<Self> {
        Ok(Self {
            account: account.into(),
            client: connection.session(Client::builder(&credentials))?.into(),
            capabilities: Capabilities::of(&API),
        })
    }
}

fn error(error: certfleet_http::Error) -> Error {
    Error::of_call(ProviderKind::Patchworks, error, |_| None)
}

impl Provider for Patchworks {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Patchworks
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
        let repeated = Repeated::default();
        Listing::new(self.listing(options, repeated.clone()), repeated)
    }

    fn get<'a>(&'a self, _: &'a CertificateId) -> BoxFuture<'a, Result<Certificate>> {
        async move {
            Err(Error::unsupported(
                self.kind(),
                "patchworks offers no way to get one certificate: list the account instead, which shows what is attached",
            ))
        }
        .boxed()
    }

    fn scopes(&self) -> Option<Vec<Scope>> {
        // Which connectors there are, a listing says.
        None
    }

    fn apply<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied>> {
        self.send(change).boxed()
    }

    fn export<'a>(&'a self, _: &'a CertificateId) -> BoxFuture<'a, Result<Bytes>> {
        async move { Err(Error::cannot(self.kind(), Verb::Export)) }.boxed()
    }
}
