//! OpenAI: client CAs of an organization and its projects.

mod read;
mod write;

use crate::{
    Applied, Capabilities, Certificate, CertificateId, Change, Connection, Error, ListOptions,
    Listing, Provider, ProviderKind, Repeated, Result, Scope, Verb,
};
use certfleet_http::{Bytes, Session};
use certfleet_openai::API;
pub use certfleet_openai::{Client, Credentials};
use futures_util::{FutureExt, future::BoxFuture};
use std::sync::Arc;

/// One OpenAI organization, and the projects whose states are wanted.
#[derive(Clone, Debug)]
pub struct OpenAi {
    account: Arc<str>,
    client: Client,
    projects: Vec<String>,
    capabilities: Capabilities,
}

impl OpenAi {
    /// An organization. Its admin key says which; `projects` (`proj_…`) are asked for the state of
    /// every certificate there.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): an unusable address or credential.
    pub fn new(
        account: impl Into<Arc<str>>,
        credentials: Credentials,
        projects: Vec<String>,
        connection: Connection,
    ) -> Result<Self> {
        Ok(Self {
            account: account.into(),
            client: connection.session(Client::builder(&credentials))?.into(),
            projects,
            capabilities: Capabilities::of(&API),
        })
    }
}

fn error(error: certfleet_http::Error) -> Error {
    Error::of_call(ProviderKind::OpenAi, error, |_| None)
}

impl Provider for OpenAi {
    fn kind(&self) -> ProviderKind {
        ProviderKind::OpenAi
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

    fn get<'a>(&'a self, id: &'a CertificateId) -> BoxFuture<'a, Result<Certificate>> {
        self.one(id).boxed()
    }

    fn scopes(&self) -> Option<Vec<Scope>> {
        let projects = self
            .projects
            .iter()
            .map(|id| Scope::Project { id: id.clone() });
        Some(
            std::iter::once(Scope::Organization)
                .chain(projects)
                .collect(),
        )
    }

    fn apply<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied>> {
        self.send(change).boxed()
    }

    fn export<'a>(&'a self, _: &'a CertificateId) -> BoxFuture<'a, Result<Bytes>> {
        async move { Err(Error::cannot(self.kind(), Verb::Export)) }.boxed()
    }
}
