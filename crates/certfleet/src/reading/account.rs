//! A handle to one account.

use crate::{
    Applied, Capabilities, Capability, Certificate, CertificateId, Change, ConsequenceKind, Delete,
    Error, ErrorKind, Generate, Journal, ListOptions, Listing, Provider, ProviderKind, References,
    Rename, Replace, Result, Scope, SetActive, Upload, Verb, journal::OperationId, resume,
    rotation::Rotation,
};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use std::{collections::BTreeSet, fmt, num::NonZeroU32, sync::Arc};

/// One account at one vendor. Cheap to clone.
#[derive(Clone)]
pub struct Account {
    provider: Arc<dyn Provider>,
    journal: Journal,
    acknowledged: BTreeSet<ConsequenceKind>,
    clock: fn() -> DateTime<Utc>,
    may_still_land: TimeDelta,
    rotation: Option<OperationId>,
}

impl Account {
    /// A handle to an adapter's account, with a journal in memory.
    pub fn new(provider: impl Provider) -> Self {
        Self {
            provider: Arc::new(provider),
            journal: Journal::memory(),
            acknowledged: BTreeSet::new(),
            clock: Utc::now,
            may_still_land: resume::MAY_STILL_LAND,
            rotation: None,
        }
    }

    /// The same with another journal: one in a file outlasts a crash.
    #[must_use]
    pub fn with_journal(mut self, journal: Journal) -> Self {
        self.journal = journal;
        self
    }

    /// A handle that acknowledges these consequences of changes, and those that it acknowledged
    /// already. [`Plan::kinds`](crate::Plan::kinds) are those of a plan that somebody agreed to:
    ///
    /// ```no_run
    /// # async fn example(account: certfleet::Account, change: certfleet::Change) -> certfleet::Result<()> {
    /// let plan = account.plan(change).await?;
    /// // … show plan.consequences, and ask …
    /// account.acknowledging(plan.kinds()).apply(plan.change).await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn acknowledging(&self, kinds: impl IntoIterator<Item = ConsequenceKind>) -> Self {
        let mut account = self.clone();
        account.acknowledged.extend(kinds);
        account
    }

    /// A handle that acknowledges these consequences and no others.
    #[must_use]
    pub fn acknowledging_only(&self, kinds: impl IntoIterator<Item = ConsequenceKind>) -> Self {
        let mut account = self.clone();
        account.acknowledged = kinds.into_iter().collect();
        account
    }

    /// The same with another clock than the machine's: for tests.
    #[must_use]
    pub fn with_clock(mut self, clock: fn() -> DateTime<Utc>) -> Self {
        self.clock = clock;
        self
    }

    /// The same with another time for which a request whose answer was lost may still take effect;
    /// five minutes unless said otherwise. Only [`resume`](Self::resume) asks.
    #[must_use]
    pub fn with_may_still_land(mut self, may_still_land: TimeDelta) -> Self {
        self.may_still_land = may_still_land;
        self
    }

    /// The vendor.
    pub fn provider(&self) -> ProviderKind {
        self.provider.kind()
    }

    /// The account's name in this fleet.
    pub fn name(&self) -> &str {
        self.provider.account()
    }

    /// What it can do.
    pub fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    /// Where its writes are recorded.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The places where certificates can be brought into force and whose states can be read.
    /// `None` where they are not known beforehand.
    pub fn scopes(&self) -> Option<Vec<Scope>> {
        self.provider.scopes()
    }

    /// A handle whose writes the journal counts as a rotation's.
    pub(crate) fn part_of(&self, rotation: &Rotation) -> Self {
        let mut account = self.clone();
        account.rotation = Some(rotation.id.clone());
        account
    }

    pub(crate) fn rotation(&self) -> Option<&OperationId> {
        self.rotation.as_ref()
    }

    /// A handle whose calls have one deadline in common.
    pub(crate) fn in_one_deadline(&self) -> Self {
        let mut account = self.clone();
        account.provider = self.provider.in_one_deadline();
        account
    }

    pub(crate) fn adapter(&self) -> &dyn Provider {
        &*self.provider
    }

    pub(crate) fn acknowledges(&self, kind: ConsequenceKind) -> bool {
        self.acknowledged.contains(&kind)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    pub(crate) fn may_still_land(&self) -> TimeDelta {
        self.may_still_land
    }

    /// Every certificate the vendor can list. The stream ends after the first error: what came
    /// before it is then not the whole. [`Capabilities::coverage`] says what a whole covers.
    pub fn list(&self, options: ListOptions) -> Listing<'_> {
        self.provider.list(options)
    }

    /// One certificate, with its content where the vendor gives it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the vendor cannot get one (nothing is sent);
    /// [`ErrorKind::InvalidInput`] if the address is of another account, or its identifier cannot
    /// be one; [`ErrorKind::NotFound`]; everything a call can meet.
    pub async fn get(&self, id: &CertificateId) -> Result<Certificate> {
        self.own(id)?;
        self.capability(Verb::Get)?;
        self.provider.get(id).await
    }

    /// Puts a certificate in place. It is in force only where the vendor brings it into force by
    /// itself (Apinizer, a Patchworks connector).
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub async fn upload(&self, upload: Upload) -> Result<Applied> {
        self.apply(Change::Upload(upload)).await
    }

    /// Has the vendor make a certificate, whose key it keeps.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub async fn generate(&self, validity_days: impl Into<Option<NonZeroU32>>) -> Result<Applied> {
        self.apply(Change::Generate(Generate {
            validity_days: validity_days.into(),
        }))
        .await
    }

    /// Gives a record another name.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub async fn rename(&self, id: CertificateId, name: impl Into<String>) -> Result<Applied> {
        self.apply(Change::Rename(Rename {
            id,
            name: name.into(),
        }))
        .await
    }

    /// Brings certificates into force at one place: all of them, or none. Where a vendor does it in
    /// its own time, they are on their way when this returns; [`wait`](Self::wait) waits.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub async fn activate(
        &self,
        ids: impl IntoIterator<Item = CertificateId>,
        scope: Scope,
    ) -> Result<Applied> {
        self.apply(Change::Activate(SetActive::new(ids, scope)))
            .await
    }

    /// Takes certificates out of force at one place: all of them, or none. As with
    /// [`activate`](Self::activate), it may take its time.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub async fn deactivate(
        &self,
        ids: impl IntoIterator<Item = CertificateId>,
        scope: Scope,
    ) -> Result<Applied> {
        self.apply(Change::Deactivate(SetActive::new(ids, scope)))
            .await
    }

    /// Replaces the content of a record in some of its environments.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub async fn replace(&self, replace: Replace) -> Result<Applied> {
        self.apply(Change::Replace(replace)).await
    }

    /// Deletes a record.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub async fn delete(&self, id: CertificateId, references: References) -> Result<Applied> {
        self.apply(Change::Delete(Delete { id, references })).await
    }

    /// Everything of one record as the vendor's file: Apinizer's ZIP with one DER file for each
    /// environment, named `<certificate>-<environment>.cer`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn export(&self, id: &CertificateId) -> Result<Bytes> {
        self.own(id)?;
        self.capability(Verb::Export)?;
        self.provider.export(id).await
    }

    /// Refuses what is of another account.
    pub(crate) fn own(&self, id: &CertificateId) -> Result<()> {
        if id.provider == self.provider() && *id.account == *self.name() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::InvalidInput,
            format!(
                "{id} is not of the account {}/{}: ask the account it names",
                self.provider(),
                self.name()
            ),
        ))
    }

    /// How the provider does something.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`]: it cannot; the message says what it can do instead.
    pub fn capability(&self, verb: Verb) -> Result<&Capability> {
        self.capabilities().get(verb).ok_or_else(|| {
            let instead = instead(verb, self.capabilities())
                .map_or_else(String::new, |instead| format!(": {instead}"));
            let what = match verb {
                Verb::Get => "get one certificate".to_owned(),
                Verb::Upload | Verb::Generate => format!("{verb} certificates"),
                _ => format!("{verb} a certificate"),
            };
            Error::unsupported(
                self.provider(),
                format!(
                    "{} offers no way to {what}{instead}. Nothing was sent",
                    self.provider()
                ),
            )
        })
    }

    /// An error of certfleet itself about this account.
    pub(crate) fn refusal(&self, kind: ErrorKind, message: impl fmt::Display) -> Error {
        Error::new(
            kind,
            format!("{}/{}: {message}", self.provider(), self.name()),
        )
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({}/{})", self.provider(), self.name())
    }
}

/// What to do instead of something that a provider cannot do.
fn instead(verb: Verb, capabilities: &Capabilities) -> Option<&'static str> {
    let can = |verb| capabilities.get(verb).is_some();
    match verb {
        Verb::Get if can(Verb::List) => {
            Some("list the account instead, which shows what is attached")
        }
        Verb::Upload if can(Verb::Generate) => {
            Some("it makes its certificates itself, and keeps their keys; generate one instead")
        }
        Verb::Generate if can(Verb::Upload) => Some("upload one that was made elsewhere instead"),
        Verb::Rename if can(Verb::Replace) => {
            Some("a name never changes; replace can give another description or alias")
        }
        Verb::Rename if can(Verb::Upload) => {
            Some("upload it again and delete the old record instead")
        }
        Verb::Activate | Verb::Deactivate if can(Verb::Replace) => {
            Some("it is in force where it is deployed; upload, replace and delete change that")
        }
        Verb::Activate | Verb::Deactivate if can(Verb::Upload) => {
            Some("it is in force where it is attached; upload it to a connector, or delete it")
        }
        Verb::Replace if can(Verb::Upload) => {
            Some("contents never change; upload the new one, then delete the old record instead")
        }
        Verb::Replace if can(Verb::Generate) => {
            Some("contents never change; generate a new one, then delete the old record instead")
        }
        Verb::Export if can(Verb::Content) => {
            Some("read the certificate itself, with get or list, instead")
        }
        _ => None,
    }
}
