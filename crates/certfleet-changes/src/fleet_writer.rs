//! A handle that changes all accounts of a fleet.

use crate::{
    ConsequenceKind, Journal,
    journal::AskedBy,
    look::{LookStart, Memory},
    resume::Resumed,
    rotation::{
        FleetRotationPlan, GroupPart, NotRotated, Replacement, Rotation, RotationGroup,
        RotationPlan, ensure_alike,
    },
    snapshot::holds,
    writer::Writer,
};
use certfleet::{
    Account, CertificateId, ContentFetch, Error, ErrorKind, Fleet, Inventory, ListOptions,
    ProviderId, Result, Upload, http::Clock, x509::Sha256,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

/// What is remembered of each account, by its provider and name.
type Memories = BTreeMap<(ProviderId, String), Arc<Memory>>;

/// A fleet, and one journal for all of its accounts. Cheap to clone.
///
/// ```no_run
/// # async fn example(fleet: certfleet::Fleet, old: certfleet::x509::Sha256, new: &[u8]) -> certfleet::Result<()> {
/// use certfleet_changes::{FleetWriter, Journal, rotation::{ProbeResult, Replacement, RotationOptions}};
///
/// let writer = FleetWriter::new(fleet, Journal::user()?);
/// let plan = writer.plan_rotation(old, &Replacement::new(new)).await?;
/// // … show the plan, and ask …
/// let writer = writer.acknowledging(plan.kinds());
/// let mut group = writer.begin_rotations(plan.parts).await?;
/// let probe = |_| async { ProbeResult::Passed };
/// let report = group.run(&probe, RotationOptions::default(), |_| ()).await?;
/// assert!(report.is_over());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct FleetWriter {
    fleet: Fleet,
    journal: Journal,
    acknowledged: BTreeSet<ConsequenceKind>,
    clock: Option<Arc<dyn Clock>>,
    in_flight_window: Option<Duration>,
    asked_by: Option<AskedBy>,
    /// Where looks are shared.
    memories: Option<Memories>,
}

impl FleetWriter {
    /// Returns a handle that changes the accounts of a fleet and records it in a journal.
    pub fn new(fleet: Fleet, journal: Journal) -> Self {
        Self {
            fleet,
            journal,
            acknowledged: BTreeSet::new(),
            clock: None,
            in_flight_window: None,
            asked_by: None,
            memories: None,
        }
    }

    /// Returns a handle that acknowledges these consequences of changes, and those that it acknowledged
    /// already.
    #[must_use]
    pub fn acknowledging(&self, kinds: impl IntoIterator<Item = ConsequenceKind>) -> Self {
        let mut writer = self.clone();
        writer.acknowledged.extend(kinds);
        writer
    }

    /// Sets another clock than those of the accounts' connections.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets another time than [`IN_FLIGHT_WINDOW`](crate::IN_FLIGHT_WINDOW).
    #[must_use]
    pub fn with_in_flight_window(mut self, window: Duration) -> Self {
        self.in_flight_window = Some(window);
        self
    }

    /// Sets who asks for the changes, as the journal records it; this process's user and machine
    /// otherwise.
    #[must_use]
    pub fn with_asked_by(mut self, asked_by: AskedBy) -> Self {
        self.asked_by = Some(asked_by);
        self
    }

    /// Returns a handle whose writers read what is there once for what follows within seconds, each account for
    /// itself: see [`Writer::sharing_looks`].
    #[must_use]
    pub fn sharing_looks(mut self) -> Self {
        let key = |account: &Account| (account.provider(), account.name().to_owned());
        let accounts = self.fleet.accounts().iter();
        let memories = accounts.map(|account| (key(account), Arc::default()));
        self.memories = Some(memories.collect());
        self
    }

    /// Gives a handle that [shares looks](Self::sharing_looks) a listing of its accounts: see [`Writer::remember`].
    pub fn remember(&self, start: LookStart, inventory: &Inventory) {
        for account in self.fleet.accounts() {
            self.of(account.clone()).remember(start, inventory);
        }
    }

    /// Returns the fleet.
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// Returns the journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Returns the writer of the account that an address names.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if the fleet has no such account.
    pub fn writer(&self, id: &CertificateId) -> Result<Writer> {
        Ok(self.of(self.fleet.account(id)?.clone()))
    }

    fn of(&self, account: Account) -> Writer {
        let mut writer = Writer::new(account, self.journal.clone())
            .acknowledging(self.acknowledged.iter().copied());
        if let Some(clock) = &self.clock {
            writer = writer.with_clock(Arc::clone(clock));
        }
        if let Some(asked_by) = &self.asked_by {
            writer = writer.with_asked_by(asked_by.clone());
        }
        if let Some(window) = self.in_flight_window {
            writer = writer.with_in_flight_window(window);
        }
        let account = writer.account();
        let key = (account.provider(), account.name().to_owned());
        match self.memories.as_ref().and_then(|all| all.get(&key)) {
            Some(memory) => writer.sharing(Arc::clone(memory)),
            None => writer,
        }
    }

    /// [`Writer::resume`] for every account, one after another.
    ///
    /// # Errors
    /// As there.
    pub async fn resume(&self) -> Result<Vec<Resumed>> {
        let mut resumed = Vec::new();
        for account in self.fleet.accounts() {
            resumed.extend(self.of(account.clone()).resume().await?);
        }
        Ok(resumed)
    }

    /// Plans to replace a certificate wherever it is found by its fingerprint. Only reads.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: the new certificate cannot be read.
    /// [`ErrorKind::NotFound`]: no account that could be read has the old one.
    /// What cannot be rotated is in the plan, with the reason.
    pub async fn plan_rotation(
        &self,
        old: Sha256,
        replacement: &Replacement,
    ) -> Result<FleetRotationPlan> {
        Upload::new(&replacement.certificate)?;
        let options = ListOptions::content(ContentFetch::Fetch);
        let inventory = self.fleet.inventory(options).await;
        self.plan_rotation_in(inventory, old, replacement).await
    }

    /// Plans to replace a certificate wherever an inventory of the fleet, which was taken with all contents, has it.
    /// Only reads.
    ///
    /// # Errors
    /// As [`plan_rotation`](Self::plan_rotation).
    pub async fn plan_rotation_in(
        &self,
        inventory: Inventory,
        old: Sha256,
        replacement: &Replacement,
    ) -> Result<FleetRotationPlan> {
        Upload::new(&replacement.certificate)?;
        let mut plan = FleetRotationPlan {
            old,
            parts: Vec::new(),
            not_rotated: Vec::new(),
            accounts: inventory.accounts,
        };
        for one in inventory.certificates {
            if holds(&one, None, Some(old)) != Some(true) {
                continue;
            }
            let writer = self.writer(&one.id)?;
            match writer.plan_replacement(&one, old, replacement).await {
                Ok(part) => plan.parts.push(part),
                Err(error) => plan.not_rotated.push(NotRotated {
                    id: one.id,
                    error: error.report(),
                }),
            }
        }
        if plan.parts.is_empty() && plan.not_rotated.is_empty() {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("no account that could be read has the certificate SHA-256 {old}"),
            ));
        }
        Ok(plan)
    }

    /// Begins rotations that belong together: all of them are in the journal before anything is sent.
    ///
    /// # Errors
    /// As [`Writer::begin_rotation`]. Those that were begun before the one that failed are in the journal,
    /// and none of them retires anything before the others are begun and verified too.
    pub async fn begin_rotations(&self, plans: Vec<RotationPlan>) -> Result<RotationGroup> {
        self.join_rotations(plans, Vec::new()).await
    }

    /// Returns the rotations under way that planned ones belong to: those of the same records, and those
    /// that were begun together with one of them. Plans for records whose rotation is under way are taken
    /// out of `plans`.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`]: a record is being rotated to another certificate than was planned, or
    /// with another end of the old one. [`ErrorKind::Journal`]: the journal cannot be read.
    pub async fn take_under_way(&self, plans: &mut Vec<RotationPlan>) -> Result<Vec<Rotation>> {
        let is_planned = |id: &CertificateId| plans.iter().any(|plan| plan.spec.old == *id);
        let mut under_way = self.journal.rotations().await?;
        under_way
            .retain(|one| is_planned(&one.spec.old) || one.spec.together.iter().any(is_planned));
        for one in &under_way {
            if let Some(plan) = plans.iter().find(|plan| plan.spec.old == one.spec.old) {
                ensure_alike(one, plan)?;
            }
        }
        plans.retain(|plan| under_way.iter().all(|one| one.spec.old != plan.spec.old));
        Ok(under_way)
    }

    /// Begins rotations that belong to others which are under way
    /// ([`take_under_way`](Self::take_under_way)). From then on none of them all retires anything before
    /// every one is verified.
    ///
    /// # Errors
    /// As [`begin_rotations`](Self::begin_rotations).
    pub async fn join_rotations(
        &self,
        plans: Vec<RotationPlan>,
        under_way: Vec<Rotation>,
    ) -> Result<RotationGroup> {
        let olds: BTreeSet<CertificateId> = under_way
            .iter()
            .flat_map(|rotation| rotation.spec.together.iter().chain([&rotation.spec.old]))
            .chain(plans.iter().map(|plan| &plan.spec.old))
            .cloned()
            .collect();
        let together: Vec<_> = if olds.len() > 1 {
            olds.into_iter().collect()
        } else {
            Vec::new()
        };
        let mut parts = self.parts(under_way)?;
        for part in &mut parts {
            part.join(&together).await?;
        }
        for mut plan in plans {
            plan.spec.together.clone_from(&together);
            let writer = self.writer(&plan.spec.old)?;
            let rotation = writer.begin_rotation(plan).await?;
            parts.push(GroupPart::new(writer, rotation));
        }
        Ok(RotationGroup::new(self.journal.clone(), parts))
    }

    /// Returns rotations that are under way, those together that were begun together.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: one is of an account that the fleet does not have.
    pub fn resume_rotations(&self, rotations: Vec<Rotation>) -> Result<Vec<RotationGroup>> {
        let mut groups: Vec<Vec<GroupPart>> = Vec::new();
        for part in self.parts(rotations)? {
            let is_same = |group: &&mut Vec<GroupPart>| {
                !part.together().is_empty()
                    && group
                        .first()
                        .is_some_and(|first| first.together() == part.together())
            };
            match groups.iter_mut().find(is_same) {
                Some(group) => group.push(part),
                None => groups.push(vec![part]),
            }
        }
        let group = |parts| RotationGroup::new(self.journal.clone(), parts);
        Ok(groups.into_iter().map(group).collect())
    }

    fn parts(&self, rotations: Vec<Rotation>) -> Result<Vec<GroupPart>> {
        rotations
            .into_iter()
            .map(|rotation| {
                let writer = self.writer(&rotation.spec.old).map_err(|_| {
                    Error::new(
                        ErrorKind::InvalidInput,
                        format!(
                            "there is no account {}/{}, which the rotation {} is of",
                            rotation.provider, rotation.account, rotation.id
                        ),
                    )
                })?;
                Ok(GroupPart::new(writer, rotation))
            })
            .collect()
    }
}
