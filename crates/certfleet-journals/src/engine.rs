//! What a store that several machines share has to offer, below what is the same for all of them.

use certfleet::{Error, ErrorKind, Result};
use certfleet_changes::journal::{Entry, Holder, Lease, LockKey};
use chrono::{DateTime, Utc};
use std::fmt::Debug;

/// One entry, as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its number, from 1 and without gaps.
    pub(crate) number: u64,
    /// Its id, unlike any other's.
    pub(crate) id: String,
    /// The entry, as JSON.
    pub(crate) text: String,
}

/// The end of what was read before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// The last entry's number; 0 where nothing was read.
    pub(crate) number: u64,
    /// Its id.
    pub(crate) id: String,
}

/// A lease that was found, and what time it was then by the clock of the store.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) lease: Lease,
    pub(crate) now: DateTime<Utc>,
}

/// An entry that is to be appended. It has an id before it is sent, so that sending it again adds no second one.
#[derive(Clone, Debug)]
pub(crate) struct NewEntry {
    pub(crate) id: String,
    pub(crate) entry: Entry,
}

impl NewEntry {
    pub(crate) fn new(entry: Entry) -> Self {
        let id = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        Self { id, entry }
    }
}

/// Keeps entries and leases. Every call can be repeated after its answer was lost, and comes to the same then.
pub(crate) trait Engine: Debug + Send + Sync + 'static {
    /// Returns where it is, without a secret.
    fn place(&self) -> String;

    /// Reads entries after those that are known, in their order. Where there are many, not all of them: only no entry
    /// means that there are no further ones.
    ///
    /// Fails where the last known entry is not there any more: a server that lost what it had acknowledged.
    fn read_after(&self, known: &Known) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// Appends an entry, unless the lease of its account was taken over from the holder: `false`.
    fn append(&self, new: &NewEntry, holder: &Holder) -> impl Future<Output = Result<bool>> + Send;

    /// Takes a lease that is free: `false` where it is not.
    fn acquire(&self, key: &LockKey, holder: &Holder) -> impl Future<Output = Result<bool>> + Send;

    /// Takes over a lease that has ended, and appends the entry that says so before it returns: `false` where it is
    /// not as it was found any more.
    fn take_over(
        &self,
        ended: &Lease,
        holder: &Holder,
        entry: &NewEntry,
    ) -> impl Future<Output = Result<bool>> + Send;

    /// Puts off the end of a lease: `false` where it is another's.
    fn renew(&self, key: &LockKey, holder: &Holder) -> impl Future<Output = Result<bool>> + Send;

    /// Gives a lease back, unless it is another's.
    fn release(&self, key: &LockKey, holder: &Holder) -> impl Future<Output = Result<()>> + Send;

    /// Returns the leases of one account, or of all.
    fn leases(&self, key: Option<&LockKey>) -> impl Future<Output = Result<Vec<Found>>> + Send;
}

/// Returns the error of a store that lost entries which it had acknowledged.
pub(crate) fn forgotten(place: &str, number: u64) -> Error {
    Error::new(
        ErrorKind::Journal,
        format!(
            "the journal {place} had an entry {number}, and has another one there now or none: the server lost what it had acknowledged. Nothing was sent"
        ),
    )
    .with_advice("Restore it from its backup, or look at the providers' dashboards for what is lost")
}
