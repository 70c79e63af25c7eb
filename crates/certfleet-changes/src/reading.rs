//! Reads what a change rests on, and no more: once for a plan and the check before it is sent, where both follow each
//! other.

use crate::{
    journal::Contents,
    look::LookStart,
    snapshot::{Snapshot, state_in},
    writer::Writer,
};
use certfleet::{
    Account, Certificate, CertificateContent, CertificateId, Change, ContentFetch, ErrorKind,
    ListOptions, Placement, Result, Scope, State, Verb,
};
use futures_util::TryStreamExt;

/// What has to be known.
pub(crate) struct Need<'a> {
    /// The change whose contents have to be known.
    change: Option<&'a Change>,
    /// The scopes whose states have to be known; `None` where all have to be.
    scopes: Option<Vec<Scope>>,
}

impl<'a> Need<'a> {
    /// What a change rests on, and what its result says: all states of the account.
    pub(crate) fn of(change: &'a Change) -> Self {
        Self {
            change: Some(change),
            scopes: None,
        }
    }

    /// The states of all records, in all scopes.
    pub(crate) fn states() -> Self {
        Self {
            change: None,
            scopes: None,
        }
    }

    /// The states of all records in some scopes.
    pub(crate) fn states_in(scopes: &[Scope], account: &Account) -> Self {
        Self {
            change: None,
            scopes: Some(with_above(scopes, account)),
        }
    }

    /// The scopes whose states have to be known; `None` where all have to be.
    pub(crate) fn scopes(&self) -> Option<&[Scope]> {
        self.scopes.as_deref()
    }

    /// Whether states that are known in these scopes are enough.
    fn is_met_by(&self, known: Option<&[Scope]>) -> bool {
        match (&self.scopes, known) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(needed), Some(known)) => needed.iter().all(|scope| known.contains(scope)),
        }
    }
}

/// Scopes, and those that they inherit from.
fn with_above(scopes: &[Scope], account: &Account) -> Vec<Scope> {
    let kinds = scopes.iter();
    let kinds: Vec<_> = kinds
        .filter_map(|scope| account.rules().inherits_from(scope.kind()))
        .collect();
    let above = account.scopes().unwrap_or_default().into_iter();
    let above = above.filter(|scope| kinds.contains(&scope.kind()) && !scopes.contains(scope));
    scopes.iter().cloned().chain(above).collect()
}

/// Adds to a record the scopes whose states were not read, as ones with an unknown state.
pub(crate) fn with_unread_scopes(mut one: Certificate, account: &Account) -> Certificate {
    for scope in account.scopes().unwrap_or_default() {
        if state_in(&one, &scope).is_none() {
            one.placements.push(Placement::new(scope, State::Unknown));
        }
    }
    one.state = State::from_placements(&one.placements);
    one
}

impl Writer {
    /// Returns what is there: what was read before, where that still stands for it, else what is read now. `journal` was
    /// read before.
    pub(crate) async fn snapshot(&self, need: &Need<'_>, journal: &Contents) -> Result<Snapshot> {
        let Some(mut known) = self.known(need, journal) else {
            return self.snapshot_now(need, journal).await;
        };
        self.add_contents_for(self.account(), need.change, &mut known)
            .await?;
        self.memory().complete(&known);
        Ok(known)
    }

    /// Returns what is there now.
    pub(crate) async fn snapshot_now(
        &self,
        need: &Need<'_>,
        journal: &Contents,
    ) -> Result<Snapshot> {
        let start = LookStart::behind(journal.position());
        let snapshot = self.look(self.account(), need).await?;
        if self.shares_looks() {
            self.memory()
                .keep(start, snapshot.clone(), need.scopes.clone());
        }
        Ok(snapshot)
    }

    /// Returns what was read before, where that still stands for what is there and is enough.
    pub(crate) fn known(&self, need: &Need<'_>, journal: &Contents) -> Option<Snapshot> {
        let (snapshot, scopes) = self.known_partly(journal)?;
        need.is_met_by(scopes.as_deref()).then_some(snapshot)
    }

    /// Returns what was read before, with the scopes whose states are known.
    pub(crate) fn known_partly(
        &self,
        journal: &Contents,
    ) -> Option<(Snapshot, Option<Vec<Scope>>)> {
        let is_shared = self.shares_looks();
        is_shared.then(|| self.memory().standing(self.account(), journal))?
    }

    /// Lists an account, and gets what is needed and the listing does not carry. A scope that cannot be read is an
    /// error: a change of an account rests on its states.
    pub(crate) async fn look(&self, account: &Account, need: &Need<'_>) -> Result<Snapshot> {
        let options = ListOptions::content(ContentFetch::Included);
        let mut snapshot = listed(account, options, need.scopes.as_deref()).await?;
        self.add_contents_for(account, need.change, &mut snapshot)
            .await?;
        Ok(snapshot)
    }

    /// Gets the contents that a change depends on.
    async fn add_contents_for(
        &self,
        account: &Account,
        change: Option<&Change>,
        snapshot: &mut Snapshot,
    ) -> Result<()> {
        let Some(change) = change else {
            return Ok(());
        };
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

/// Lists an account; of its states only those in some scopes, where `scopes` names them.
///
/// # Errors
/// That of the listing, or of a scope whose states could not be read.
pub(crate) async fn listed(
    account: &Account,
    options: ListOptions,
    scopes: Option<&[Scope]>,
) -> Result<Snapshot> {
    let mut listing = match scopes {
        Some(scopes) => account.list_in(options, scopes),
        None => account.list(options),
    };
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
