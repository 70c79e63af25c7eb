//! Apinizer: certificates of an API gateway's project, with a content of their own in every
//! environment.

mod read;
mod rules;
mod write;

use crate::{
    Applied, Capabilities, Certificate, CertificateId, Change, Connection, Error, ErrorKind,
    ListOptions, Listing, ProviderId, Result, Scope,
    adapter::{ListingNotes, Profile, Provider},
};
use certfleet_apinizer::API;
pub use certfleet_apinizer::{Client, Credentials};
use certfleet_http::{Bytes, Session};
use futures_util::{FutureExt, future::BoxFuture};
pub(super) use rules::RULES;
use std::sync::Arc;

/// How every ZIP archive begins.
const ZIP: &[u8] = b"PK";

/// One project of an Apinizer gateway.
#[derive(Clone, Debug)]
pub struct Apinizer {
    profile: Profile,
    client: Client,
    project: String,
}

impl Apinizer {
    /// A project. `connection` has to name the gateway's base URL: there is no default.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: no or an unusable address, an unusable credential.
    pub fn new(
        account: impl Into<Arc<str>>,
        credentials: Credentials,
        project: impl Into<String>,
        connection: Connection,
    ) -> Result<Self> {
        Ok(Self {
            profile: Profile {
                provider: ProviderId::APINIZER,
                account: account.into(),
                capabilities: Capabilities::from_api(&API),
                rules: &RULES,
            },
            client: connection.session(Client::builder(&credentials))?.into(),
            project: project.into(),
        })
    }
}

/// The vendor says in words what others say in a status.
fn error(error: certfleet_http::Error) -> Error {
    Error::from_call(ProviderId::APINIZER, error, |error| {
        let message = error.vendor().message.as_deref()?;
        [
            ("is not found", ErrorKind::NotFound),
            ("already exist", ErrorKind::AlreadyExists),
            ("is already used for another", ErrorKind::AlreadyExists),
            (
                "does not have required permission",
                ErrorKind::PermissionDenied,
            ),
            ("Token is not valid", ErrorKind::Unauthenticated),
        ]
        .into_iter()
        .find(|(words, _)| message.contains(words))
        .map(|(_, kind)| kind)
    })
}

impl Provider for Apinizer {
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
        self.one(&self.client, id).boxed()
    }

    fn scopes(&self) -> Option<Vec<Scope>> {
        // Which environments there are, nothing says.
        None
    }

    fn send<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied>> {
        self.change(change).boxed()
    }

    fn export<'a>(&'a self, id: &'a CertificateId) -> BoxFuture<'a, Result<Bytes>> {
        async move {
            let answer = self
                .client
                .export_certificate()
                .project_name(&self.project)
                .certificate_name(&id.native)
                .send()
                .await
                .map_err(error)?;
            let (bytes, received) = answer.into_parts();
            if bytes.starts_with(ZIP) {
                return Ok(bytes);
            }
            // It would be written to a file, whatever it is.
            let what = "the export is not a ZIP archive";
            let provider = self.profile.provider;
            Err(Error::invalid_response(provider, &received, what))
        }
        .boxed()
    }
}
