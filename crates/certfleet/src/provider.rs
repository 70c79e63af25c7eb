//! What a vendor's adapter implements.

use crate::{
    Applied, Capabilities, Certificate, CertificateId, Change, Listing, ProviderKind, Result, Scope,
};
use bytes::Bytes;
use certfleet_http::Session;
use futures_util::future::BoxFuture;
use std::{fmt::Debug, sync::Arc};

/// One account at one vendor. Small and object-safe: what is common to all vendors is written once,
/// above it, in [`Account`](crate::Account) and [`Fleet`](crate::Fleet).
pub trait Provider: Debug + Send + Sync + 'static {
    /// The vendor.
    fn kind(&self) -> ProviderKind;

    /// The account's name in this fleet.
    fn account(&self) -> &str;

    /// What it can do.
    fn capabilities(&self) -> &Capabilities;

    /// What its calls go through: bounds, and what the vendor's answers say of the time.
    fn session(&self) -> &Session;

    /// A clone whose calls, from now on, are one operation to the caller: all of them have to be over
    /// by one deadline.
    fn in_one_deadline(&self) -> Arc<dyn Provider>;

    /// Every certificate the vendor can list. The stream ends after the first error: what came
    /// before it is then not the whole.
    fn list(&self, options: ListOptions) -> Listing<'_>;

    /// One certificate, with its content where the vendor gives it. `id` is of this account.
    fn get<'a>(&'a self, id: &'a CertificateId) -> BoxFuture<'a, Result<Certificate>>;

    /// The places where certificates can be brought into force and whose states
    /// [`list`](Self::list) shows. `None` where they are not known beforehand.
    fn scopes(&self) -> Option<Vec<Scope>>;

    /// Sends a change, once: one request, except that several certificates at a vendor that takes
    /// one at a time are never handed over together. Whoever calls it has checked the change,
    /// knows what was there before, and finds out afterwards what became of a request whose answer
    /// was lost: [`Account::apply`](crate::Account::apply).
    fn apply<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied>>;

    /// Everything of one record as the vendor's file.
    fn export<'a>(&'a self, id: &'a CertificateId) -> BoxFuture<'a, Result<Bytes>>;
}

/// How to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOptions {
    /// What to do about contents.
    pub content: Content,
}

impl ListOptions {
    /// Options with another way to treat contents.
    pub fn content(content: Content) -> Self {
        Self { content }
    }
}

/// What a listing does about the certificates themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// Leave them unread: names, states and what the vendor states.
    Skip,
    /// Read those that the listing carries anyway.
    #[default]
    Included,
    /// Read all, at the price of one request for each that the listing does not carry.
    Fetch,
}
