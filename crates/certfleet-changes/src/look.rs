//! What was read a short time ago, and is not read again while it still stands: one look for a plan, for the check
//! before it is sent, and for what follows.

use crate::{
    journal::{Contents, Event, Journal, OperationId, Position},
    snapshot::{Snapshot, state_in},
};
use certfleet::{
    Account, Applied, CertificateContent, CertificateId, Change, How, Inventory, Placement, Result,
    Scope, State, adapter::Switching, change::SetActive,
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

/// For how long what was read stands for what is there. Changes through the same journal end it at once: this is how
/// long a change by another client of the vendor may go unseen before a send.
pub const LOOK_STANDS_FOR: Duration = Duration::from_secs(10);

/// The most records whose contents are remembered.
const MOST_CONTENTS: usize = 1_000;

/// The moment before a listing that is to stand for what is there.
#[derive(Clone, Copy, Debug)]
pub struct LookStart {
    position: Position,
    at: Instant,
    /// The monotonic clock stands still while a machine sleeps; this one does not.
    wall: SystemTime,
}

/// What is remembered of one account.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    look: Option<Look>,
    contents: HashMap<CertificateId, Vec<CertificateContent>>,
}

/// A look, with what own changes have made of it since.
#[derive(Clone, Debug)]
struct Look {
    start: LookStart,
    snapshot: Snapshot,
    /// The changes that have been taken in.
    own: Vec<OperationId>,
}

impl LookStart {
    /// Returns the moment before a listing.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`](certfleet::ErrorKind::Journal): the journal cannot be read.
    pub async fn now(journal: &Journal) -> Result<Self> {
        let position = journal.read().await?.position();
        Ok(Self::behind(position))
    }

    /// The moment now, where the journal was read to a position.
    pub(crate) fn behind(position: Position) -> Self {
        Self {
            position,
            at: Instant::now(),
            wall: SystemTime::now(),
        }
    }
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what is remembered, where it still stands for what is there.
    pub(crate) fn standing(&self, account: &Account, journal: &Contents) -> Option<Snapshot> {
        let mut memory = self.lock();
        let look = memory.look.as_ref()?;
        if !look.stands(account, journal) {
            memory.look = None;
            return None;
        }
        Some(look.snapshot.clone())
    }

    /// Remembers a look that was just taken.
    pub(crate) fn keep(&self, start: LookStart, snapshot: Snapshot) {
        self.lock().look = Some(Look {
            start,
            snapshot,
            own: Vec::new(),
        });
    }

    /// Remembers a listing of a whole account, if all of it could be read.
    pub(crate) fn keep_listing(&self, account: &Account, start: LookStart, inventory: &Inventory) {
        let is_own = |report: &&certfleet::AccountReport| {
            (report.provider, &*report.account) == (account.provider(), account.name())
        };
        let report = inventory.accounts.iter().find(is_own);
        if !report.is_some_and(|report| report.complete) || inventory.is_filtered() {
            return;
        }
        let own = inventory.certificates.iter();
        let own: Vec<_> = own
            .filter(|one| account.own(&one.id).is_ok())
            .cloned()
            .collect();
        if account.rules().contents_never_change {
            for one in &own {
                self.keep_contents(&one.id, &one.contents);
            }
        }
        self.keep(start, Snapshot::from_listing(account, own, 0));
    }

    /// Adds the contents that were read since to what is remembered.
    pub(crate) fn complete(&self, read: &Snapshot) {
        let mut memory = self.lock();
        let Some(look) = &mut memory.look else {
            return;
        };
        for one in &mut look.snapshot.certificates {
            if one.contents.iter().all(|held| held.x509.is_none())
                && let Some(read) = read.find(&one.id)
            {
                one.contents.clone_from(&read.contents);
            }
        }
    }

    /// Takes an own change into what is remembered; where what it leaves is not wholly known, the next one looks again.
    pub(crate) fn take_in(
        &self,
        account: &Account,
        operation: &OperationId,
        change: &Change,
        result: &Result<Applied>,
    ) {
        let mut memory = self.lock();
        let Some(mut look) = memory.look.take() else {
            return;
        };
        if let Ok(applied) = result
            && look.take_in(account, change, applied)
        {
            look.own.push(operation.clone());
            memory.look = Some(look);
        }
    }

    pub(crate) fn contents(&self, id: &CertificateId) -> Option<Vec<CertificateContent>> {
        self.lock().contents.get(id).cloned()
    }

    /// Remembers contents that never change.
    pub(crate) fn keep_contents(&self, id: &CertificateId, contents: &[CertificateContent]) {
        let is_read = |held: &CertificateContent| held.x509.is_some();
        if contents.is_empty() || !contents.iter().all(is_read) {
            return;
        }
        let all = &mut self.lock().contents;
        if all.len() >= MOST_CONTENTS {
            all.clear();
        }
        all.insert(id.clone(), contents.to_vec());
    }
}

impl Look {
    /// Whether nothing can have changed what was read but other clients of the vendor within [`LOOK_STANDS_FOR`]: no
    /// change of the account was begun or ended with the journal since, and none may still take effect.
    fn stands(&self, account: &Account, journal: &Contents) -> bool {
        let is_of_account =
            |provider, name: &str| (provider, name) == (account.provider(), account.name());
        let since = journal.entries.get(self.start.position.0..);
        let changes_nothing = |entry: &crate::journal::Entry| {
            matches!(entry.event, Event::Rotation(_))
                || self.own.contains(&entry.operation)
                || !is_of_account(entry.provider, &entry.account)
        };
        let is_recent = |age: Duration| age <= LOOK_STANDS_FOR;
        is_recent(self.start.at.elapsed())
            && self.start.wall.elapsed().is_ok_and(is_recent)
            && since.is_some_and(|since| since.iter().all(changes_nothing))
            && !journal
                .pending()
                .iter()
                .any(|one| is_of_account(one.begun.provider, &one.begun.account))
    }

    /// Whether what a change leaves is wholly known from its answer, which is taken in then.
    fn take_in(&mut self, account: &Account, change: &Change, applied: &Applied) -> bool {
        if applied.how != How::Confirmed || applied.inferred || !applied.is_complete() {
            return false;
        }
        match change {
            Change::Upload(_) => self.add(account, applied),
            Change::Activate(set) => self.switch(account, set, State::Active, applied),
            Change::Deactivate(set) => self.switch(account, set, State::Inactive, applied),
            Change::Delete(delete) => {
                self.snapshot.certificates.retain(|one| one.id != delete.id);
                true
            }
            _ => false,
        }
    }

    /// Adds a new record whose states are all known.
    fn add(&mut self, account: &Account, applied: &Applied) -> bool {
        let (Some(scopes), [new]) = (account.scopes(), applied.certificates.as_slice()) else {
            return false;
        };
        let is_known = |scope| {
            let state = state_in(new, scope);
            matches!(state, Some(State::Active | State::Inactive))
        };
        let is_new = self.snapshot.find(&new.id).is_none();
        if !is_new || !scopes.iter().all(is_known) {
            return false;
        }
        self.snapshot.certificates.push(new.clone());
        true
    }

    /// Switches records where the vendor does that with its answer, and nothing inherits from the scope: what does is
    /// not known then.
    fn switch(
        &mut self,
        account: &Account,
        set: &SetActive,
        wanted: State,
        applied: &Applied,
    ) -> bool {
        let rules = account.rules();
        let kind = set.scope.kind();
        let is_at_once = rules
            .scope(kind)
            .is_some_and(|rules| rules.switching == Switching::AtOnce);
        let inherits = |scope: &Scope| rules.inherits_from(scope.kind()) == Some(kind);
        let is_alone = account
            .scopes()
            .is_some_and(|scopes| !scopes.iter().any(inherits));
        let is_shown = |id: &CertificateId| {
            let shown = applied.certificates.iter().find(|one| one.id == *id);
            shown.is_some_and(|one| state_in(one, &set.scope) == Some(wanted))
        };
        let is_there = |id: &CertificateId| self.snapshot.find(id).is_some();
        let is_known = set.ids.iter().all(|id| is_shown(id) && is_there(id));
        if !is_at_once || !is_alone || !is_known {
            return false;
        }
        for one in &mut self.snapshot.certificates {
            if set.ids.contains(&one.id) {
                one.placements.retain(|at| at.scope != set.scope);
                let now = Placement::new(set.scope.clone(), wanted);
                one.placements.push(now);
                one.state = State::from_placements(&one.placements);
            }
        }
        true
    }
}
