//! Reads what a change rests on: once for a plan and the check before it is sent, where both follow each
//! other.

use crate::{journal::Contents, look::LookStart, snapshot::Snapshot, writer::Writer};
use certfleet::{
    Account, CertificateContent, CertificateId, Change, ContentFetch, ErrorKind, ListOptions,
    Result, Verb,
};
use futures_util::TryStreamExt;

impl Writer {
    /// Returns what is there, with the contents that a change depends on: what was read before, where that still
    /// stands for it, else what is read now. `journal` was read before.
    pub(crate) async fn snapshot(&self, change: &Change, journal: &Contents) -> Result<Snapshot> {
        let Some(mut known) = self.known(journal) else {
            return self.snapshot_now(Some(change), journal).await;
        };
        self.add_contents_for(self.account(), change, &mut known)
            .await?;
        self.memory().complete(&known);
        Ok(known)
    }

    /// Returns what is there now.
    pub(crate) async fn snapshot_now(
        &self,
        change: Option<&Change>,
        journal: &Contents,
    ) -> Result<Snapshot> {
        let start = LookStart::behind(journal.position());
        let snapshot = self.look(self.account(), change).await?;
        if self.shares_looks() {
            self.memory().keep(start, snapshot.clone());
        }
        Ok(snapshot)
    }

    /// Returns what was read before, where that still stands for what is there.
    pub(crate) fn known(&self, journal: &Contents) -> Option<Snapshot> {
        let is_shared = self.shares_looks();
        is_shared.then(|| self.memory().standing(self.account(), journal))?
    }

    /// Lists an account, and gets what a change depends on and the listing does not carry. A scope that cannot be read
    /// is an error: a change of an account rests on its states.
    pub(crate) async fn look(
        &self,
        account: &Account,
        change: Option<&Change>,
    ) -> Result<Snapshot> {
        let options = ListOptions::content(ContentFetch::Included);
        let mut snapshot = listed(account, options).await?;
        if let Some(change) = change {
            self.add_contents_for(account, change, &mut snapshot)
                .await?;
        }
        Ok(snapshot)
    }

    /// Gets the contents that a change depends on.
    async fn add_contents_for(
        &self,
        account: &Account,
        change: &Change,
        snapshot: &mut Snapshot,
    ) -> Result<()> {
        let wanted = change.certificates()?;
        for one in &mut snapshot.certificates {
            let needed = match (change, wanted.first()) {
                (Change::Replace(replace), Some(_)) => one.id == replace.id,
                // The journal keeps what a deletion removes.
                (Change::Delete(delete), _) => one.id == delete.id,
                (_, Some(first)) => one.may_hold(first.not_after),
                (_, None) => false,
            };
            if needed
                && account.capabilities().get(Verb::Get).is_some()
                && one.contents.iter().any(|held| held.x509.is_none())
            {
                match self.contents(account, &one.id).await {
                    Ok(contents) => one.contents = contents,
                    // It went between the two, its content is only wanted for the journal, or it cannot be
                    // read there either.
                    Err(error)
                        if error.kind() == ErrorKind::NotFound
                            || matches!(change, Change::Delete(_))
                            || one.is_unreadable()
                                && error.kind() == ErrorKind::InvalidResponse => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Gets the contents of one record; those that never change, once.
    pub(crate) async fn contents(
        &self,
        account: &Account,
        id: &CertificateId,
    ) -> Result<Vec<CertificateContent>> {
        let stay = account.rules().contents_never_change;
        if let Some(known) = self.memory().contents(id).filter(|_| stay) {
            return Ok(known);
        }
        let contents = account.contents(id).await?;
        if stay {
            self.memory().keep_contents(id, &contents);
        }
        Ok(contents)
    }
}

/// Lists an account.
///
/// # Errors
/// That of the listing, or of a scope whose states could not be read.
pub(crate) async fn listed(account: &Account, options: ListOptions) -> Result<Snapshot> {
    let mut listing = account.list(options);
    let notes = listing.notes();
    let mut certificates = Vec::new();
    while let Some(certificate) = listing.try_next().await? {
        certificates.push(certificate);
    }
    match notes.take_failed_scope() {
        Some((scope, error)) => {
            Err(error.with_context(format_args!("{}: {scope}", account.full_name())))
        }
        None => Ok(Snapshot::from_listing(
            account,
            certificates,
            notes.unidentified(),
        )),
    }
}
