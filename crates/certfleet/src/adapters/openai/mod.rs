//! OpenAI: client CAs of an organization and its projects.

mod read;
mod record;
mod rules;
mod write;

use crate::{
    Applied, Capabilities, Certificate, CertificateContent, CertificateId, Change, Connection,
    Error, ListOptions, Listing, ProviderId, Result, Scope,
    adapter::{ListingNotes, Profile, Provider},
};
use certfleet_http::Session;
use certfleet_openai::API;
pub use certfleet_openai::{Client, Credentials};
use futures_util::{FutureExt, future::BoxFuture};
pub(super) use rules::RULES;
use std::sync::Arc;

/// One OpenAI organization, and the projects whose states are wanted.
#[derive(Clone, Debug)]
pub struct OpenAi {
    profile: Profile,
    client: Client,
    projects: Vec<String>,
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
            profile: Profile {
                provider: ProviderId::OPENAI,
                account: account.into(),
                capabilities: Capabilities::from_api(&API),
                rules: &RULES,
            },
            client: connection.session(Client::builder(&credentials))?.into(),
            projects,
        })
    }
}

fn error(error: certfleet_http::Error) -> Error {
    Error::from_call(ProviderId::OPENAI, error, |_| None)
}

impl Provider for OpenAi {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn session(&self) -> &Session {
        self.client.session()
    }

    fn with_session(&self, session: Session) -> Arc<dyn Provider> {
        Arc::new(Self {
            client: session.into(),
            ..self.clone()
        })
    }

    fn list(&self, options: ListOptions) -> Listing<'_> {
        let notes = ListingNotes::new(self.client.session());
        Listing::new(self.listing(options, notes.clone()), notes)
    }

    fn get<'a>(&'a self, id: &'a CertificateId) -> BoxFuture<'a, Result<Certificate>> {
        self.one(id).boxed()
    }

    fn contents<'a>(
        &'a self,
        id: &'a CertificateId,
    ) -> BoxFuture<'a, Result<Vec<CertificateContent>>> {
        self.contents_of(id).boxed()
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

    fn send<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied>> {
        self.change(change).boxed()
    }
}
