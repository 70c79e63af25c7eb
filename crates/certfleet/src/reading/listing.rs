//! A listing under way.

use crate::{Certificate, Result};
use futures_util::{Stream, stream::BoxStream};
use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

/// How to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOptions {
    /// What to do about contents.
    pub content: ContentFetch,
}

impl ListOptions {
    /// Returns options with another way to treat contents.
    pub fn content(content: ContentFetch) -> Self {
        Self { content }
    }
}

/// What a listing does about the certificates themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentFetch {
    /// Leave them unread: names, states and what the vendor reports.
    Skip,
    /// Read those that the listing carries anyway.
    #[default]
    Included,
    /// Read all, at the price of one request for each that the listing does not carry.
    Fetch,
}

/// Certificates as they come, and what there is to say of how they came. The stream ends after the
/// first error: what came before it is then not the whole.
pub struct Listing<'a> {
    certificates: BoxStream<'a, Result<Certificate>>,
    repeated: Repeated,
}

/// Counts what a vendor's pages repeat.
#[derive(Clone, Debug, Default)]
pub struct Repeated(Arc<AtomicUsize>);

impl Repeated {
    /// Counts so many more.
    pub fn add(&self, items: usize) {
        self.0.fetch_add(items, Ordering::Relaxed);
    }

    /// Returns how many there are so far.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl<'a> Listing<'a> {
    /// Returns a listing of these certificates; `repeated` counts while they come.
    pub fn new(
        certificates: impl Stream<Item = Result<Certificate>> + Send + 'a,
        repeated: Repeated,
    ) -> Self {
        Self {
            certificates: Box::pin(certificates),
            repeated,
        }
    }

    /// Returns how many items the vendor's pages have repeated so far, where the listing did not have to
    /// begin again. Vendors do that when something is inserted between two pages. Each comes once.
    pub fn repeated(&self) -> usize {
        self.repeated.count()
    }
}

impl Stream for Listing<'_> {
    type Item = Result<Certificate>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.certificates.as_mut().poll_next(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.certificates.size_hint()
    }
}

impl fmt::Debug for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("repeated", &self.repeated())
            .finish_non_exhaustive()
    }
}
