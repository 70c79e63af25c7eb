//! Guards of paged listings: a list is complete or an error, never short, never endless.

use super::Unreadable;
use crate::{Certificate, Error, ErrorKind, ProviderId, Result, Warning, reading::ListingNotes};
use certfleet_http::ResponseParts;
use futures_util::{Stream, stream};
use std::{
    collections::HashSet,
    future::Future,
    hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState},
};

/// The most pages of one listing. Beyond it something is wrong, or the account is larger than this
/// version was made for.
const MOST_PAGES: usize = 1_000;

/// One page of a listing.
#[derive(Debug)]
pub struct PageOf<T> {
    /// The items.
    pub items: Vec<T>,
    /// The items that cannot be read, not even which they are.
    pub unidentified: Vec<Unreadable>,
    /// Where the next page begins, if the vendor says that there is more: `Some(None)` is an error.
    pub next: Option<Option<String>>,
    /// How many items there are in all, if the vendor says so.
    pub total: Option<u64>,
    /// The answer it is from.
    pub received: ResponseParts,
}

/// An item that the vendor identifies.
pub trait Identified {
    /// Feeds the vendor's id.
    fn identify(&self, state: &mut impl Hasher);
}

/// For vendors whose items become certificates one by one.
impl Identified for Certificate {
    fn identify(&self, state: &mut impl Hasher) {
        self.id.native.hash(state);
    }
}

/// Reads the pages of a listing, each item once. `notes` counts what came more often, what cannot be read, and how
/// much came: beyond the account's limits, the listing is an error. `fetch` gets the
/// cursor that the page before named. Where the vendor no longer knows it, because what it named was
/// deleted meanwhile, the listing begins again, once. The stream ends after the first error.
pub fn pages<'a, T, F, R>(
    provider: ProviderId,
    notes: ListingNotes,
    fetch: F,
) -> impl Stream<Item = Result<Vec<T>>> + Send + 'a
where
    T: Identified + Send + 'a,
    F: Fn(Option<String>) -> R + Send + 'a,
    R: Future<Output = Result<PageOf<T>>> + Send + 'a,
{
    stream::try_unfold(
        (Some(None), Pages::default(), notes, fetch),
        move |(cursor, mut pages, notes, fetch)| async move {
            let Some(cursor) = cursor else {
                return Ok(None);
            };
            let is_later = cursor.is_some();
            let page = match fetch(cursor).await {
                Err(error)
                    if is_later && error.kind() == ErrorKind::NotFound && pages.restart() =>
                {
                    fetch(None).await?
                }
                page => page?,
            };
            let came = page.items.len() + page.unidentified.len();
            notes.add_answer(provider, &page.received, came)?;
            let mut items = page.items;
            let listed = items.len();
            items.retain(|item| pages.is_new(item));
            // What came before a new beginning comes again: that is not a repetition.
            if !pages.restarted {
                notes.add_repeated(listed - items.len());
            }
            for unread in &page.unidentified {
                if pages.is_first(unread) {
                    notes.add_unidentified(pages.place(unread));
                }
            }
            let checked = match (&page.next, page.total) {
                (Some(next), _) => {
                    let new = items.len() + page.unidentified.len();
                    let new = if pages.restarted { came } else { new };
                    pages.advance(new, next.as_deref())
                }
                (None, Some(total)) => pages.expect_total(total),
                (None, None) => Ok(()),
            };
            checked.map_err(|what| Error::invalid_response(provider, &page.received, what))?;
            let cursor = page.next;
            Ok::<_, Error>(Some((items, (cursor, pages, notes, fetch))))
        },
    )
}

/// Follows the pages of one listing. Remembers cursors, and of each item 128 bits of keyed hash
/// instead of its id: no allocation for each, and two of them do not collide in practice.
#[derive(Debug, Default)]
struct Pages {
    pages: usize,
    restarted: bool,
    cursors: HashSet<String>,
    ids: HashSet<(u64, u64), BuildHasherDefault<First>>,
    /// The records without an address: by their text, and how many.
    texts: HashSet<u64>,
    unidentified: u64,
    keyed: RandomState,
}

/// Takes the first half of what is a keyed hash already: hashing it again would make it no better.
#[derive(Debug, Default)]
struct First(Option<u64>);

impl Hasher for First {
    fn write(&mut self, bytes: &[u8]) {
        // Only pairs of numbers are hashed, which come below.
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, half: u64) {
        self.0.get_or_insert(half);
    }

    fn finish(&self) -> u64 {
        self.0.unwrap_or_default()
    }
}

impl Pages {
    /// Whether the listing may begin again: it may once. What has come stays known, so that nothing comes
    /// twice.
    fn restart(&mut self) -> bool {
        self.cursors.clear();
        !std::mem::replace(&mut self.restarted, true)
    }

    /// Whether an item is new. Vendors repeat items when something is inserted between two pages.
    fn is_new(&mut self, item: &impl Identified) -> bool {
        let mut hasher = self.keyed.build_hasher();
        item.identify(&mut hasher);
        let first = hasher.finish();
        // The id with one more byte is another text, whose hash is independent of the id's own.
        hasher.write_u8(1);
        self.ids.insert((first, hasher.finish()))
    }

    /// Whether a record without an address has not been counted. After a new beginning the same text is the same
    /// record; before it, several records may have it.
    fn is_first(&mut self, unread: &Unreadable) -> bool {
        let is_new = self
            .texts
            .insert(self.keyed.hash_one(unread.native().as_str()));
        let is_first = is_new || !self.restarted;
        self.unidentified += u64::from(is_first);
        is_first
    }

    /// Says which record of which page could not be read.
    fn place(&self, unread: &Unreadable) -> Warning {
        let Warning { kind, message } = unread.warning();
        Warning::new(kind, format!("page {}: {message}", self.pages + 1))
    }

    /// Checks that the listing can go on after a page with so many new items that says there is
    /// more.
    ///
    /// # Errors
    /// No new item, no cursor, a cursor that came before, too many pages.
    fn advance(&mut self, new: usize, cursor: Option<&str>) -> std::result::Result<(), String> {
        self.pages += 1;
        let wrong = |what: &str| {
            Err(format!(
                "the listing cannot be completed: page {} {what}",
                self.pages
            ))
        };
        match cursor {
            None | Some("") => wrong("says that more follow but not where"),
            Some(_) if self.pages >= MOST_PAGES => {
                wrong("is the last that is read, and there are more")
            }
            Some(cursor) if self.cursors.contains(cursor) => {
                wrong("leads back to a page that came before")
            }
            Some(_) if new == 0 => wrong("has nothing new but says that more follow"),
            Some(cursor) => {
                self.cursors.insert(cursor.to_owned());
                Ok(())
            }
        }
    }

    /// Checks a vendor's own count against what came.
    ///
    /// # Errors
    /// Fewer items came than the vendor counts.
    fn expect_total(&self, total: u64) -> std::result::Result<(), String> {
        let came = self.ids.len() as u64 + self.unidentified;
        if came < total {
            return Err(format!(
                "the list is short: {total} were announced and {came} came"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn guards() {
        let mut pages = Pages::default();
        assert!(pages.advance(2, Some("a")).is_ok());
        assert!(pages.advance(2, Some("b")).is_ok());
        for (new, cursor, word) in [
            (2, Some("a"), "leads back"),
            (0, Some("c"), "nothing new"),
            (2, None, "not where"),
            (2, Some(""), "not where"),
        ] {
            let message = pages.advance(new, cursor).unwrap_err();
            assert!(message.contains(word), "{message}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn every_page_graph_ends(next in proptest::collection::vec(0_usize..50, 50)) {
            let mut pages = Pages::default();
            let mut at = 0;
            let mut steps = 0;
            while pages.advance(1, Some(&at.to_string())).is_ok() {
                at = next[at];
                steps += 1;
                prop_assert!(steps <= 50);
            }
        }
    }

    #[test]
    fn distinct_pages_without_end_are_an_error() {
        let mut pages = Pages::default();
        let steps = (0..).take_while(|n: &usize| pages.advance(1, Some(&n.to_string())).is_ok());
        assert_eq!(steps.count(), MOST_PAGES - 1);
    }
}
