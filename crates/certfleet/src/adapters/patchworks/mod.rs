//! Patchworks: certificates of connectors. There is no list of certificates; those attached to a
//! connector are seen through the connectors.

mod read;
mod rules;
mod write;

use crate::{
    Applied, Capabilities, Change, Connection, Error, ListOptions, Listing, ProviderId, Result,
    Scope,
    adapter::{ListingNotes, Profile, Provider},
};
use certfleet_http::Session;
use certfleet_patchworks::API;
pub use certfleet_patchworks::{Client, Credentials};
use futures_util::{FutureExt, future::BoxFuture};
pub(super) use rules::RULES;
use std::sync::Arc;

/// One Patchworks company.
#[derive(Clone, Debug)]
pub struct Patchworks {
    profile: Profile,
    client: Client,
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
            profile: Profile {
                provider: ProviderId::PATCHWORKS,
                account: account.into(),
                capabilities: Capabilities::from_api(&API),
                rules: &RULES,
            },
            client: connection.session(Client::builder(&credentials))?.into(),
        })
    }
}

fn error(error: certfleet_http::Error) -> Error {
    Error::from_call(ProviderId::PATCHWORKS, error, |_| None)
}

impl Provider for Patchworks {
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

    fn scopes(&self) -> Option<Vec<Scope>> {
        // Which connectors there are, a listing says.
        None
    }

    fn send<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied>> {
        self.change(change).boxed()
    }
}
