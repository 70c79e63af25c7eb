//! What an adapter implements.

use super::Rules;
use crate::{
    Applied, Capabilities, Certificate, CertificateContent, CertificateId, Change, Error,
    ListOptions, Listing, ProviderId, Result, Scope, Verb,
};
use bytes::Bytes;
use certfleet_http::Session;
use futures_util::{FutureExt, TryFutureExt as _, future::BoxFuture};
use std::{fmt::Debug, sync::Arc};

/// One account at one provider. It is object-safe and small: what all providers have in common is
/// written once, above it. Everything it returns is of its own account.
pub trait Provider: Debug + Send + Sync + 'static {
    /// Returns what is fixed about the account.
    fn profile(&self) -> &Profile;

    /// Returns what its calls go through: bounds, and what the vendor's responses say of the time.
    fn session(&self) -> &Session;

    /// Returns a clone whose calls go through another session of the same API: one whose calls are
    /// counted together, or have one deadline in common.
    fn with_session(&self, session: Session) -> Arc<dyn Provider>;

    /// Returns the scopes where certificates can be brought into force and whose states
    /// [`list`](Self::list) shows. `None` where they are not known beforehand.
    fn scopes(&self) -> Option<Vec<Scope>> {
        None
    }

    /// Lists every certificate that the vendor can list. The stream ends after the first error: what
    /// came before it is then not the whole. What cannot be read and has no address goes into the listing's
    /// notes.
    fn list(&self, options: ListOptions) -> Listing<'_>;

    /// Gets one certificate as [`list`](Self::list) shows it, with its content where the vendor gives it. `id` is of
    /// this account.
    fn get<'a>(&'a self, id: &'a CertificateId) -> BoxFuture<'a, Result<Certificate>> {
        let _ = id;
        cannot(self.profile(), Verb::Get)
    }

    /// Gets the contents of one certificate alone, for a caller that knows the rest from a listing. An adapter whose
    /// [`get`](Self::get) takes more than one request implements it. `id` is of this account.
    fn contents<'a>(
        &'a self,
        id: &'a CertificateId,
    ) -> BoxFuture<'a, Result<Vec<CertificateContent>>> {
        self.get(id).map_ok(|one| one.contents).boxed()
    }

    /// Sends a change, once: one request that changes something, except that several certificates at a vendor
    /// that takes one at a time are never handed over together. What the vendor's answer rests on or leaves out may
    /// be read before and after. The caller has checked the change, knows what was there before, and finds out
    /// afterwards what became of a request whose response was lost.
    fn send<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied>> {
        cannot(self.profile(), change.verb())
    }

    /// Exports everything of one record as the vendor's file.
    fn export<'a>(&'a self, id: &'a CertificateId) -> BoxFuture<'a, Result<Bytes>> {
        let _ = id;
        cannot(self.profile(), Verb::Export)
    }
}

/// What is fixed about one account.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The provider.
    pub provider: ProviderId,
    /// The account's name in this fleet. It is not empty and contains no slash.
    pub account: Arc<str>,
    /// What the provider can do.
    pub capabilities: Capabilities,
    /// What it demands, and what follows from changes there.
    pub rules: &'static Rules,
}

impl Profile {
    /// Returns the address of a record.
    pub fn certificate_id(&self, native: impl Into<String>) -> CertificateId {
        CertificateId::new(self.provider, Arc::clone(&self.account), native)
    }
}

/// Returns the failure of a verb that an adapter does not have. An account asks the capabilities first.
fn cannot<T: Send + 'static>(profile: &Profile, verb: Verb) -> BoxFuture<'static, Result<T>> {
    let error = Error::cannot(profile.provider, verb);
    async move { Err(error) }.boxed()
}
