//! Cloudflare Zero Trust: gateway CAs of an account.

mod configuration;
mod read;
mod rules;
mod write;

use crate::{
    Applied, Capabilities, Certificate, CertificateId, Change, Connection, Effect, Error,
    ErrorKind, ListOptions, Listing, ProviderId, Result, Scope,
    adapter::{ListingNotes, Profile, Provider},
};
use certfleet_cloudflare::API;
pub use certfleet_cloudflare::{Client, Credentials};
use certfleet_http::Session;
use futures_util::{FutureExt, future::BoxFuture};
pub(super) use rules::RULES;
use std::sync::Arc;

/// One Cloudflare account.
#[derive(Clone, Debug)]
pub struct Cloudflare {
    profile: Profile,
    client: Client,
    account_id: String,
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
            profile: Profile {
                provider: ProviderId::CLOUDFLARE,
                account: account.into(),
                capabilities: Capabilities::from_api(&API),
                rules: &RULES,
            },
            client: connection.session(Client::builder(&credentials))?.into(),
            account_id: account_id.into(),
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
    Error::from_call(ProviderId::CLOUDFLARE, error, |error| {
        let vendor = error.vendor();
        match vendor.code.as_deref() {
            Some("9106" | "6003") => Some(ErrorKind::Unauthenticated),
            Some("10000") => Some(ErrorKind::PermissionDenied),
            Some("2027") => Some(ErrorKind::NotFound),
            // In use, or active; TLS decryption would be left without a certificate.
            Some("2118" | "2211") => Some(ErrorKind::Precondition),
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

    fn scopes(&self) -> Option<Vec<Scope>> {
        Some(vec![Scope::Edge, Scope::Gateway])
    }

    fn send<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied>> {
        self.change(change).boxed()
    }
}
