//! A change, carried out so that its outcome is known: its turn, a look, the journal, one send, and what
//! became of it.

use crate::{
    ConsequenceKind, Plan,
    evidence::Evidence,
    journal::{AccountLock, Contents, Ending, Event, Position},
    plan::Prepared,
    snapshot::{Snapshot, holds, state_in},
    writer::Writer,
};
use certfleet::{
    Applied, Certificate, CertificateId, Change, Effect, Error, ErrorKind, How, Result, Scope,
    Upload,
    change::{
        Delete, Generate, ItemOutcome, ItemResult, ReferencePolicy, Rename, Replace, SetActive,
    },
};
use std::num::NonZeroU32;

impl Writer {
    /// Carries out a change.
    ///
    /// It waits for its turn: changes of one account exclude each other. What is so already is not sent.
    /// What is sent is written to the journal before. A request whose response is lost is never simply
    /// repeated: what is there is read, and an upload is found by its fingerprint, a generated certificate
    /// by being new; only what is idempotent (rename, activate, deactivate, delete, replacement by import)
    /// is sent again, within the session's [`Retry`](certfleet::http::Retry).
    ///
    /// Consequences have to be acknowledged before ([`acknowledging`](Self::acknowledging)).
    ///
    /// Not safe to cancel: where the future is dropped, the change may take effect; its journal entry
    /// stays pending until [`resume`](Self::resume) finds out.
    ///
    /// # Errors
    /// As [`plan`](Self::plan); [`ErrorKind::NotAcknowledged`]; [`ErrorKind::Journal`];
    /// [`ErrorKind::Duplicate`]; everything that a call can meet. [`Error::effect`] says what is known:
    /// with [`Effect::Unknown`], `resume` later, and do not apply it again before.
    pub async fn apply(&self, change: Change) -> Result<Applied> {
        self.admit(&change)?;
        let since = self.journal().read().await?.position();
        let lock = self.turn(change.verb()).await?;
        self.apply_in_turn(change, since, None, &lock).await
    }

    /// Carries out a change that was planned. Where something else would follow from it now, it is not
    /// sent; where another client has made the same change since it was planned, neither.
    ///
    /// # Errors
    /// As [`apply`](Self::apply); [`ErrorKind::Precondition`]: other consequences would follow now.
    pub async fn apply_plan(&self, plan: Plan) -> Result<Applied> {
        self.admit(&plan.change)?;
        let since = match plan.journal_position {
            Some(position) => position,
            None => self.journal().read().await?.position(),
        };
        let lock = self.turn(plan.change.verb()).await?;
        let change = plan.change.clone();
        let writer = self.of_plan(plan.id.as_ref());
        writer
            .apply_in_turn(change, since, Some(&plan), &lock)
            .await
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
        let validity_days = validity_days.into();
        self.apply(Change::Generate(Generate { validity_days }))
            .await
    }

    /// Gives a record another name.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub async fn rename(&self, id: CertificateId, name: impl Into<String>) -> Result<Applied> {
        let name = name.into();
        self.apply(Change::Rename(Rename { id, name })).await
    }

    /// Brings certificates into force in one scope: all of them, or none. Where a vendor does it in
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

    /// Takes certificates out of force in one scope: all of them, or none. As with
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
    pub async fn delete(&self, id: CertificateId, references: ReferencePolicy) -> Result<Applied> {
        self.apply(Change::Delete(Delete { id, references })).await
    }

    /// Carries out a change whose turn it is. `planned` is the plan that was agreed to, if one was.
    pub(crate) async fn apply_in_turn(
        &self,
        change: Change,
        since: Position,
        planned: Option<&Plan>,
        lock: &AccountLock,
    ) -> Result<Applied> {
        let contents = self.journal().read().await?;
        let prepared = match self.prepare(change.clone(), &contents).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return self.removed_before(&change, &contents).ok_or(error);
            }
            prepared => prepared?,
        };
        if let Some(done) = self.made_already(&prepared, &contents, since) {
            return Ok(done);
        }
        if let Some(planned) = planned
            && !prepared.plan.unchanged
            && let Some(difference) = planned.difference(&prepared.plan)
        {
            return Err(self.refusal(
                ErrorKind::Precondition,
                format!("something else would follow now than was planned: {difference}. Nothing was sent"),
            )
            .with_advice("Plan again"));
        }
        self.carry_out(prepared, &contents, lock).await
    }

    /// Carries out what was just planned, in its turn.
    pub(crate) async fn carry_out(
        &self,
        prepared: Prepared,
        contents: &Contents,
        turn: &AccountLock,
    ) -> Result<Applied> {
        let Prepared { plan, snapshot } = &prepared;
        if plan.unchanged {
            let applied = unchanged(&plan.change, snapshot, self);
            return Ok(match self.made_by(&plan.change, contents, Position(0)) {
                // What a rotation has done itself is not news.
                Some(made)
                    if made.rotation.is_none() || made.rotation.as_ref() != self.rotation() =>
                {
                    applied.with_note(made.note)
                }
                _ => applied,
            });
        }
        self.require_acknowledged(plan)?;
        self.nothing_pending(&plan.change, snapshot, contents, turn)
            .await?;
        match &plan.change {
            Change::Activate(set) => self.batches(set, Change::Activate, snapshot, turn).await,
            Change::Deactivate(set) => self.batches(set, Change::Deactivate, snapshot, turn).await,
            change => self.send_journalled(change, snapshot, turn).await,
        }
    }

    fn require_acknowledged(&self, plan: &Plan) -> Result<()> {
        let missing = self.not_acknowledged(plan.kinds());
        if missing.is_empty() {
            return Ok(());
        }
        let is_missing = |kind: ConsequenceKind| missing.contains(&kind.as_str());
        let consequences = plan.consequences.iter();
        let messages: Vec<_> = consequences
            .filter(|one| is_missing(one.kind))
            .map(|one| one.message.as_str())
            .collect();
        Err(self.refusal(
            ErrorKind::NotAcknowledged,
            format!(
                "{}. Acknowledge {} to go on. Nothing was sent",
                messages.join("; "),
                missing.join(", ")
            ),
        ))
    }

    /// Refuses to make a certificate while one that an earlier write was to make may still come: they
    /// would be two.
    async fn nothing_pending(
        &self,
        change: &Change,
        snapshot: &Snapshot,
        contents: &Contents,
        turn: &AccountLock,
    ) -> Result<()> {
        if !matches!(change, Change::Upload(_) | Change::Generate(_)) {
            return Ok(());
        }
        for pending in contents.pending() {
            let Some(intent) = pending.intent() else {
                continue;
            };
            let is_same = pending.begun.provider == self.account().provider()
                && pending.begun.account == self.account().name()
                && intent.change.verb() == change.verb()
                && intent.change.sha256() == change.sha256();
            if !is_same {
                continue;
            }
            let evidence = snapshot.evidence(&intent.change, &intent.seen);
            if matches!(evidence, Evidence::NotDone) && self.can_no_longer_land(&pending) {
                let ending = Event::Ended(Box::new(Ending::NotApplied));
                self.record(&pending.begun.operation, ending, turn).await?;
                continue;
            }
            return Err(self.refusal(
                ErrorKind::Precondition,
                format!(
                    "the same was begun at {} (journal entry {}), and what became of it is not known: resume first. Nothing was sent",
                    pending.begun.at.format("%Y-%m-%d %H:%M:%S UTC"),
                    pending.begun.operation
                ),
            ));
        }
        Ok(())
    }

    /// As many requests as the vendor needs for all certificates of a switch.
    async fn batches(
        &self,
        set: &SetActive,
        change: fn(SetActive) -> Change,
        snapshot: &Snapshot,
        turn: &AccountLock,
    ) -> Result<Applied> {
        let verb = change(set.clone()).verb();
        let capability = self.account().capability(verb)?;
        let most = capability.max_batch.map_or(1, |most| most as usize);
        if set.ids.len() <= most {
            let change = change(set.clone());
            return self.send_journalled(&change, snapshot, turn).await;
        }
        let mut all = Applied::new(How::Confirmed, Vec::new());
        let mut failed: Option<Error> = None;
        for ids in set.ids.chunks(most.max(1)) {
            let items = |outcome, message: Option<String>| {
                let scope = set.scope.clone();
                ids.iter().map(move |id| {
                    ItemResult::new(scope.clone(), outcome)
                        .certificate(id.clone())
                        .message(message.clone())
                })
            };
            if failed.is_some() {
                all.items.extend(items(ItemOutcome::NotTried, None));
                continue;
            }
            let batch = change(SetActive::new(ids.iter().cloned(), set.scope.clone()));
            match self.send_journalled(&batch, snapshot, turn).await {
                Ok(applied) => {
                    all.items.extend(items(ItemOutcome::Done, None));
                    all.certificates.extend(applied.certificates);
                    all.notes.extend(applied.notes);
                    if applied.how == How::Recovered {
                        all.how = How::Recovered;
                    }
                }
                Err(error) => {
                    let outcome = match error.effect() {
                        Effect::None => ItemOutcome::Failed,
                        Effect::Applied | Effect::Unknown => ItemOutcome::Unknown,
                    };
                    all.items.extend(items(outcome, Some(error.to_string())));
                    failed = Some(error);
                }
            }
        }
        match failed {
            // The first one failed: the error says more than a partial result would.
            Some(error) if all.items.iter().all(|one| one.outcome != ItemOutcome::Done) => {
                Err(error)
            }
            _ => Ok(all),
        }
    }
}

/// The records that make a change unnecessary.
fn unchanged(change: &Change, snapshot: &Snapshot, writer: &Writer) -> Applied {
    let certificates = match change {
        Change::Upload(upload) => {
            let by_name = writer.account().rules().name_is_address;
            let is_it = |one: &&Certificate| {
                // Where the name is the address, another name is another record.
                let named = !by_name || upload.name.as_deref() == Some(one.id.native.as_str());
                named
                    && holds(one, None, change.sha256()) == Some(true)
                    && upload
                        .scopes
                        .iter()
                        .all(|scope| state_in(one, scope).is_some())
            };
            snapshot
                .certificates
                .iter()
                .filter(is_it)
                .cloned()
                .collect()
        }
        _ => change
            .ids()
            .iter()
            .filter_map(|id| snapshot.find(id))
            .cloned()
            .collect(),
    };
    Applied::new(How::Unchanged, certificates)
}
