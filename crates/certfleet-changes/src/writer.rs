//! A handle that changes one account.

use crate::{
    ConsequenceKind, checks,
    journal::{AccountLock, AskedBy, Entry, Event, Holder, Journal, OperationId},
    look::{LookStart, Memory},
};
use certfleet::{
    Account, Capability, Change, Error, ErrorKind, Inventory, Result, Scope,
    adapter::{Provider, provider_of},
    http::{Clock, Session},
};
use chrono::{DateTime, Utc};
use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

/// How long after it was sent a request whose response was lost may still take effect: longer than any
/// deadline, proxy or queue holds one. Until then, what is not there may still come.
pub const IN_FLIGHT_WINDOW: Duration = Duration::from_secs(5 * 60);

/// An account, and what changes of it need: a journal, the consequences that were acknowledged, one clock.
/// Cheap to clone.
///
/// Changes of one account exclude each other, over all clones and all processes that share the journal:
/// each waits for its turn, reads what is there then, and is not sent where another client has made the
/// same change meanwhile. It then ends as [`How::Unchanged`](certfleet::How::Unchanged), with a note that
/// says who made it and when.
///
/// ```no_run
/// # async fn example(account: certfleet::Account, change: certfleet::Change) -> certfleet::Result<()> {
/// use certfleet_changes::{Journal, Writer};
///
/// let writer = Writer::new(account, Journal::user()?);
/// let plan = writer.plan(change).await?;
/// // … show plan.consequences, and ask …
/// writer.acknowledging(plan.kinds()).apply_plan(plan).await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Writer {
    account: Account,
    journal: Journal,
    acknowledged: BTreeSet<ConsequenceKind>,
    clock: Arc<dyn Clock>,
    in_flight_window: Duration,
    asked_by: Arc<AskedBy>,
    rotation: Option<OperationId>,
    memory: Arc<Memory>,
    shares_looks: bool,
    plan: Option<OperationId>,
}

impl Writer {
    /// Returns a handle that changes an account and records it in a journal. It goes by the clock of the
    /// account's connection.
    pub fn new(account: Account, journal: Journal) -> Self {
        let clock = Arc::clone(provider_of(&account).session().clock());
        Self {
            account,
            journal,
            acknowledged: BTreeSet::new(),
            clock,
            in_flight_window: IN_FLIGHT_WINDOW,
            asked_by: Arc::new(AskedBy::this_process()),
            rotation: None,
            memory: Arc::default(),
            shares_looks: false,
            plan: None,
        }
    }

    /// Returns a handle that acknowledges these consequences of changes, and those that it acknowledged
    /// already. [`Plan::kinds`](crate::Plan::kinds) are those of a plan.
    #[must_use]
    pub fn acknowledging(&self, kinds: impl IntoIterator<Item = ConsequenceKind>) -> Self {
        let mut writer = self.clone();
        writer.acknowledged.extend(kinds);
        writer
    }

    /// Returns a handle that acknowledges these consequences and no others.
    #[must_use]
    pub fn acknowledging_only(&self, kinds: impl IntoIterator<Item = ConsequenceKind>) -> Self {
        let mut writer = self.clone();
        writer.acknowledged = kinds.into_iter().collect();
        writer
    }

    /// Sets another clock than the connection's: the time of journal entries, of soaks, and that
    /// certificates are checked against.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sets another time than [`IN_FLIGHT_WINDOW`]. Only [`resume`](Self::resume) uses it.
    #[must_use]
    pub fn with_in_flight_window(mut self, window: Duration) -> Self {
        self.in_flight_window = window;
        self
    }

    /// Sets who asks for the changes, as the journal records it; this process's user and machine
    /// otherwise.
    #[must_use]
    pub fn with_asked_by(mut self, asked_by: AskedBy) -> Self {
        self.asked_by = Arc::new(asked_by);
        self
    }

    /// Returns a handle that reads what is there once for what follows within seconds
    /// ([`LOOK_STANDS_FOR`](crate::LOOK_STANDS_FOR)): a plan, the check before it is sent, and the changes after it.
    /// It looks again at once where the journal has a change of the account that this handle, or a clone of it, did not
    /// make. For a program that asks no person between a plan and its application: whoever is shown a plan and agrees to
    /// it takes longer, and what they agree to is checked by a handle that has seen nothing yet.
    #[must_use]
    pub fn sharing_looks(&self) -> Self {
        self.sharing(Arc::default())
    }

    /// [`sharing_looks`](Self::sharing_looks), with what is remembered already.
    pub(crate) fn sharing(&self, memory: Arc<Memory>) -> Self {
        let mut writer = self.clone();
        writer.memory = memory;
        writer.shares_looks = true;
        writer
    }

    /// Gives a handle that [shares looks](Self::sharing_looks) a listing of the account with included contents that was
    /// just taken, so that it is not taken again. `start` was taken before it. A listing that is not complete is left.
    pub fn remember(&self, start: LookStart, inventory: &Inventory) {
        if self.shares_looks {
            self.memory.keep_listing(&self.account, start, inventory);
        }
    }

    /// A handle that reads once what follows within one turn.
    pub(crate) fn within_turn(&self) -> Self {
        if self.shares_looks {
            self.clone()
        } else {
            self.sharing_looks()
        }
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    pub(crate) fn shares_looks(&self) -> bool {
        self.shares_looks
    }

    /// Returns the account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Returns the journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Returns a handle whose changes the journal counts as a rotation's.
    pub(crate) fn part_of(&self, rotation: &OperationId) -> Self {
        let mut writer = self.clone();
        writer.rotation = Some(rotation.clone());
        writer
    }

    pub(crate) fn rotation(&self) -> Option<&OperationId> {
        self.rotation.as_ref()
    }

    /// Returns a handle whose change the journal counts as the one that was planned.
    pub(crate) fn of_plan(&self, plan: Option<&OperationId>) -> Self {
        let mut writer = self.clone();
        writer.plan = plan.cloned();
        writer
    }

    pub(crate) fn plan_id(&self) -> Option<&OperationId> {
        self.plan.as_ref()
    }

    pub(crate) fn asked_by(&self) -> &AskedBy {
        &self.asked_by
    }

    pub(crate) fn in_flight_window(&self) -> Duration {
        self.in_flight_window
    }

    pub(crate) fn provider(&self) -> &Arc<dyn Provider> {
        provider_of(&self.account)
    }

    pub(crate) fn session(&self) -> &Session {
        self.provider().session()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Returns the consequences, of some, that were not acknowledged.
    pub(crate) fn not_acknowledged(
        &self,
        kinds: impl IntoIterator<Item = ConsequenceKind>,
    ) -> Vec<&'static str> {
        kinds
            .into_iter()
            .filter(|kind| !self.acknowledged.contains(kind))
            .map(ConsequenceKind::as_str)
            .collect()
    }

    /// Waits for the turn of this account. `purpose` is what the others are told that it is for.
    pub(crate) async fn turn(&self, purpose: impl fmt::Display) -> Result<AccountLock> {
        let holder = Holder::new(&self.asked_by, purpose);
        self.journal.lock(&self.account, holder).await
    }

    /// Takes the turn of this account, if no change of it is being made.
    pub(crate) async fn turn_now(&self, purpose: impl fmt::Display) -> Result<AccountLock> {
        let holder = Holder::new(&self.asked_by, purpose);
        self.journal.try_lock(&self.account, holder).await
    }

    /// Writes what happened to a change into the journal, in its turn.
    pub(crate) async fn record(
        &self,
        operation: &OperationId,
        event: Event,
        turn: &AccountLock,
    ) -> Result<()> {
        let entry = Entry {
            at: self.now(),
            operation: operation.clone(),
            provider: self.account.provider(),
            account: self.account.name().to_owned(),
            event,
        };
        self.journal.append(entry, turn).await
    }

    /// Returns an error of certfleet itself about the account.
    pub(crate) fn refusal(&self, kind: ErrorKind, message: impl fmt::Display) -> Error {
        Error::new(kind, message.to_string()).with_context(self.account.full_name())
    }

    /// Checks whether a change can be sent at all, as far as that is known without asking the vendor.
    pub(crate) fn admit(&self, change: &Change) -> Result<&Capability> {
        let account = &self.account;
        let capability = account.capability(change.verb())?;
        for id in change.ids() {
            account.own(id)?;
        }
        let findings = checks::check(account.provider(), account.rules(), change, self.now());
        if !findings.is_empty() {
            let messages: Vec<_> = findings.iter().map(ToString::to_string).collect();
            return Err(self.refusal(
                ErrorKind::InvalidInput,
                format!("{}. Nothing was sent", messages.join("; ")),
            ));
        }
        if let Change::Activate(set) | Change::Deactivate(set) = change {
            self.knows(&set.scope)?;
            let most = capability.max_batch.map_or(1, |most| most as usize);
            if set.ids.len() > most && !set.allow_partial {
                return Err(self.refusal(
                    ErrorKind::InvalidInput,
                    format!(
                        "{} are more certificates than the {most} of one request: name fewer, or allow several requests, of which some may fail after others are done. Nothing was sent",
                        set.ids.len()
                    ),
                ));
            }
        }
        Ok(capability)
    }

    /// Checks that a scope's states can be read.
    fn knows(&self, scope: &Scope) -> Result<()> {
        let Some(scopes) = self.account.scopes() else {
            return Ok(());
        };
        if scopes.contains(scope) {
            return Ok(());
        }
        let scopes: Vec<_> = scopes.iter().map(ToString::to_string).collect();
        Err(self.refusal(
            ErrorKind::InvalidInput,
            format!(
                "the account does not know the scope {scope}, so its state could not be read: it knows {}; add a project to the account's projects. Nothing was sent",
                scopes.join(", ")
            ),
        ))
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({})", self.account.full_name())
    }
}
