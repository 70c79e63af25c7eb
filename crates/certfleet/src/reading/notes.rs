//! What there is to say of a listing besides its certificates.

use crate::{Error, ProviderId, Result, Scope, Warning, WarningKind};
use certfleet_http::{ResponseParts, Session};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most records without an address that are described one by one.
const MOST_DESCRIBED: usize = 10;

/// What an adapter notes while it lists: what the vendor's pages repeat, what could not be read, and how much
/// came. The clones share it. Without it a listing could end short in silence, or never.
#[derive(Clone, Debug)]
pub struct ListingNotes {
    noted: Arc<Mutex<Noted>>,
    sum: Arc<Mutex<Sum>>,
    most_bytes: usize,
    most_records: usize,
}

#[derive(Debug, Default)]
struct Noted {
    repeated: usize,
    unidentified: usize,
    described: Vec<Warning>,
    scopes: Vec<(Scope, Error)>,
}

/// How much came.
#[derive(Debug, Default)]
struct Sum {
    bytes: usize,
    records: usize,
}

impl ListingNotes {
    /// Returns the notes of a new listing whose answers come through a session.
    pub fn new(session: &Session) -> Self {
        let limits = session.limits();
        Self {
            noted: Arc::default(),
            sum: Arc::default(),
            most_bytes: limits.listing_bytes,
            most_records: limits.listing_records,
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the notes of a part of the listing that is read at the same time as others. What comes counts against
    /// the same sum; the rest is added by [`add_part`](Self::add_part), so that its order does not depend on which
    /// part was quicker.
    #[must_use]
    pub fn part(&self) -> Self {
        Self {
            noted: Arc::default(),
            ..self.clone()
        }
    }

    /// Adds the notes of a [`part`](Self::part) that was read.
    pub fn add_part(&self, part: &Self) {
        let of_part = std::mem::take(&mut *part.noted());
        let mut noted = self.noted();
        noted.repeated += of_part.repeated;
        noted.unidentified += of_part.unidentified;
        let left = MOST_DESCRIBED.saturating_sub(noted.described.len());
        noted
            .described
            .extend(of_part.described.into_iter().take(left));
        noted.scopes.extend(of_part.scopes);
    }

    /// Counts items that the vendor's pages repeat.
    pub fn add_repeated(&self, items: usize) {
        self.noted().repeated += items;
    }

    /// Counts a record that could not be read, not even its address. A record whose address is known is listed
    /// instead, with a warning.
    pub fn add_unidentified(&self, what: Warning) {
        let mut noted = self.noted();
        noted.unidentified += 1;
        if noted.described.len() < MOST_DESCRIBED {
            noted.described.push(what);
        }
    }

    /// Notes a scope whose states could not be read, while others could.
    pub fn add_failed_scope(&self, scope: Scope, error: Error) {
        self.noted().scopes.push((scope, error));
    }

    /// Counts an answer of the listing against the sum of all of them.
    ///
    /// # Errors
    /// The listing is longer than the account's limits allow.
    pub fn add_answer(
        &self,
        provider: ProviderId,
        received: &ResponseParts,
        records: usize,
    ) -> Result<()> {
        let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.bytes = sum.bytes.saturating_add(received.body().len());
        sum.records = sum.records.saturating_add(records);
        let over = if sum.bytes > self.most_bytes {
            Some((self.most_bytes, "bytes", "listing_bytes"))
        } else if sum.records > self.most_records {
            Some((self.most_records, "records", "listing_records"))
        } else {
            None
        };
        match over {
            None => Ok(()),
            Some((most, what, limit)) => Err(Error::invalid_response(
                provider,
                received,
                format_args!(
                    "the listing has more than {most} {what} in all and was cut off there"
                ),
            )
            .with_advice(format_args!(
                "Set {limit} higher if the account is that large"
            ))),
        }
    }

    /// Returns how many items the pages have repeated so far.
    pub fn repeated(&self) -> usize {
        self.noted().repeated
    }

    /// Returns how many records could not be read so far, not even their addresses.
    pub fn unidentified(&self) -> usize {
        self.noted().unidentified
    }

    /// Returns the scopes whose states could not be read.
    pub fn failed_scopes(&self) -> Vec<Scope> {
        let noted = self.noted();
        noted
            .scopes
            .iter()
            .map(|(scope, _)| scope.clone())
            .collect()
    }

    /// Takes out the first scope whose states could not be read, and why.
    pub fn take_failed_scope(&self) -> Option<(Scope, Error)> {
        let mut noted = self.noted();
        (!noted.scopes.is_empty()).then(|| noted.scopes.remove(0))
    }

    /// Returns everything that could not be read and is not listed, for people.
    pub fn warnings(&self) -> Vec<Warning> {
        let noted = self.noted();
        let mut warnings = noted.described.clone();
        let more = noted.unidentified - noted.described.len();
        if more > 0 {
            warnings.push(Warning::new(
                WarningKind::UnreadableRecord,
                format!("{more} more records could not be read"),
            ));
        }
        warnings.extend(noted.scopes.iter().map(|(scope, error)| {
            Warning::new(
                WarningKind::UnreadableScope,
                format!("the certificates of {scope} could not be read: {error}"),
            )
        }));
        warnings
    }
}
