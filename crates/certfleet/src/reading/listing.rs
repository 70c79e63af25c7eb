//! A listing under way.

use super::ListingNotes;
use crate::{Certificate, Result};
use futures_util::{Stream, stream::BoxStream};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

/// How to list.
///
/// ```
/// use certfleet::{ContentFetch, ListOptions};
///
/// assert_eq!(ListOptions::default(), ListOptions::content(ContentFetch::Included));
/// ```
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
///
/// ```
/// use certfleet::{ContentFetch, ListOptions};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fleet = certfleet_sandbox::Sandbox::new().fleet()?;
/// let inventory = fleet.inventory(ListOptions::content(ContentFetch::Fetch)).await;
/// let known = inventory.certificates.iter().flat_map(|one| &one.contents).filter(|one| one.x509.is_some());
/// assert!(known.count() > 30);
/// # Ok(())
/// # }
/// ```
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
/// first error: what came before it is then not the whole. Nor is it where [`notes`](Self::notes) names what
/// could not be read.
///
/// ```
/// use certfleet::ListOptions;
/// use futures_util::StreamExt as _;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fleet = certfleet_sandbox::Sandbox::new().fleet()?;
/// let mut listing = fleet.accounts()[0].list(ListOptions::default());
/// while let Some(certificate) = listing.next().await {
///     println!("{}", certificate?.id);
/// }
/// assert_eq!(listing.notes().unidentified(), 0, "every record had an address");
/// # Ok(())
/// # }
/// ```
pub struct Listing<'a> {
    certificates: BoxStream<'a, Result<Certificate>>,
    notes: ListingNotes,
}

impl<'a> Listing<'a> {
    /// Returns a listing of these certificates; `notes` fills while they come.
    pub fn new(
        certificates: impl Stream<Item = Result<Certificate>> + Send + 'a,
        notes: ListingNotes,
    ) -> Self {
        Self {
            certificates: Box::pin(certificates),
            notes,
        }
    }

    /// Returns how many items the vendor's pages have repeated so far, where the listing did not have to
    /// begin again. Vendors do that when something is inserted between two pages. Each comes once.
    pub fn repeated(&self) -> usize {
        self.notes.repeated()
    }

    /// Returns what there is to say of the listing so far, besides its certificates: above all what could not
    /// be read. It shares what is noted, and is whole when the listing has ended.
    pub fn notes(&self) -> ListingNotes {
        self.notes.clone()
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
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}
