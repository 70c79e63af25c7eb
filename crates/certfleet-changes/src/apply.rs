//! A change, carried out so that its outcome is known: look, journal, send once, find out.

use crate::{
    Account, Applied, Change, ConsequenceKind, Error, ErrorKind, How, ItemOutcome, ItemResult,
    Plan, Result, Scope, SetActive,
    journal::{Ending, Entry, Event, Intent, OperationId, Saved},
    look::{Evidence, Look},
};
use certfleet_http::Effect;
use certfleet_x509::X509;

impl Account {
    /// Carries a change out.
    ///
    /// What is so already is not sent. What is sent is written to the journal before. A request
    /// whose answer is lost is never simply repeated: what is there is read, and an upload is found
    /// by its fingerprint, a generated certificate by being new; only what is idempotent (rename,
    /// activate, deactivate, delete, replacement by import) is sent again, at most four times in
    /// all.
    ///
    /// Consequences have to be acknowledged before ([`acknowledging`](Self::acknowledging)).
    ///
    /// Not safe to cancel: where the future is dropped, the change may take effect; its journal entry
    /// stays open until [`resume`](Self::resume) settles it.
    ///
    /// # Errors
    /// As [`plan`](Self::plan); [`ErrorKind::NotAcknowledged`]; [`ErrorKind::Journal`];
    /// [`ErrorKind::Duplicate`]; everything that a call can meet. [`Error::effect`] says what is known:
    /// with [`Effect::Unknown`], `resume` later, and do not apply again before.
    pub async fn apply(&self, change: Change) -> Result<Applied> {
        let (plan, look) = self.prepare(change).await?;
        self.carry_out(plan, &look).await
    }

    /// Carries out what was just planned.
    pub(crate) async fn carry_out(&self, plan: Plan, look: &Look) -> Result<Applied> {
        if plan.unchanged {
            return Ok(unchanged(&plan.change, look));
        }
        self.acknowledged(&plan)?;
        let _applying = self.journal().applying().await?;
        self.nothing_under_way(&plan.change, look).await?;
        match &plan.change {
            Change::Activate(set) => self.batches(set, Change::Activate, look).await,
            Change::Deactivate(set) => self.batches(set, Change::Deactivate, look).await,
            change => self.one(change, look).await,
        }
    }

    fn acknowledged(&self, plan: &Plan) -> Result<()> {
        let missing: Vec<&str> = plan
            .kinds()
            .into_iter()
            .filter(|kind| !self.acknowledges(*kind))
            .map(ConsequenceKind::as_str)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let messages: Vec<_> = plan
            .consequences
            .iter()
            .filter(|one| !self.acknowledges(one.kind))
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
    async fn nothing_under_way(&self, change: &Change, look: &Look) -> Result<()> {
        if !matches!(change, Change::Upload(_) | Change::Generate(_)) {
            return Ok(());
        }
        for open in self.journal().open()? {
            let Event::Begun(intent) = &open.begun.event else {
                continue;
            };
            let same = open.begun.provider == self.provider()
                && open.begun.account == self.name()
                && intent.change.verb() == change.verb()
                && intent.change.sha256() == change.sha256();
            if !same {
                continue;
            }
            let age = self.now().signed_duration_since(open.begun.at);
            let evidence = look.evidence(&intent.change, &intent.seen);
            if matches!(evidence, Evidence::NotDone) && age >= self.in_flight_window() {
                let ending = Event::Ended(Box::new(Ending::NotApplied));
                self.write(&open.begun.operation, ending).await?;
                continue;
            }
            return Err(self.refusal(
                ErrorKind::Precondition,
                format!(
                    "the same was begun at {} (journal entry {}), and what became of it is not settled: resume first. Nothing was sent",
                    open.begun.at.format("%Y-%m-%d %H:%M:%S UTC"),
                    open.begun.operation
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
        look: &Look,
    ) -> Result<Applied> {
        let verb = change(set.clone()).verb();
        let most = self
            .capability(verb)?
            .max_batch
            .map_or(1, |most| most as usize);
        if set.ids.len() <= most {
            return self.one(&change(set.clone()), look).await;
        }
        let mut all = Applied::new(How::Confirmed, Vec::new());
        let mut failed: Option<Error> = None;
        for ids in set.ids.chunks(most.max(1)) {
            let items = |outcome, message: Option<String>| {
                let scope = set.scope.clone();
                ids.iter().map(move |id| {
                    ItemResult::new(scope.clone(), outcome)
                        .of(id.clone())
                        .message(message.clone())
                })
            };
            if failed.is_some() {
                all.items.extend(items(ItemOutcome::NotTried, None));
                continue;
            }
            let batch = change(SetActive::new(ids.iter().cloned(), set.scope.clone()));
            match self.one(&batch, look).await {
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

    /// One change that is one request, from its journal entry to its end.
    async fn one(&self, change: &Change, look: &Look) -> Result<Applied> {
        let seen = look.seen();
        let operation = OperationId::new(self.now());
        let intent = Intent {
            change: change.clone(),
            seen: seen.clone(),
            replaced: replaced(change, look),
            rotation: self.rotation().cloned(),
        };
        self.write(&operation, Event::Begun(Box::new(intent)))
            .await?;
        let result = self.send(change, &seen).await;
        let ending = match &result {
            Ok(applied) => ending(applied),
            Err(error) => Ending::Failed {
                error: error.report(),
            },
        };
        let written = self.write(&operation, Event::Ended(Box::new(ending))).await;
        match (result, written) {
            (Ok(applied), Ok(())) => Ok(applied),
            (Ok(applied), Err(error)) => Ok(applied.with_note(format!(
                "it was done, but its end is not in the journal: {error}"
            ))),
            (Err(error), Ok(())) => Err(error),
            (Err(error), Err(journal)) => Err(error.with_advice(journal)),
        }
    }

    pub(crate) async fn write(&self, operation: &OperationId, event: Event) -> Result<()> {
        let entry = Entry {
            at: self.now(),
            operation: operation.clone(),
            provider: self.provider(),
            account: self.name().to_owned(),
            event,
        };
        self.journal().append(entry).await
    }
}

/// What a replacement takes away, so that it can be put back.
pub(crate) fn replaced(change: &Change, look: &Look) -> Vec<Saved> {
    let Change::Replace(replace) = change else {
        return Vec::new();
    };
    let Some(one) = look.find(&replace.id) else {
        return Vec::new();
    };
    one.placements
        .iter()
        .filter(|placement| replace.scopes.contains(&placement.scope))
        .filter_map(|placement| {
            let material = one.contents.get(placement.content?)?;
            let first = material.x509.as_deref()?;
            Some(Saved {
                scope: placement.scope.clone(),
                alias: placement.alias.clone(),
                certificate: std::iter::once(first)
                    .chain(&material.chain)
                    .map(X509::to_pem)
                    .collect(),
            })
        })
        .collect()
}

/// The records that make a change unnecessary.
fn unchanged(change: &Change, look: &Look) -> Applied {
    let certificates = match change {
        Change::Upload(upload) => look
            .certificates
            .iter()
            .filter(|one| {
                // Where the name is the address, another name is another record.
                let named = !matches!(upload.scopes.first(), Some(Scope::Environment { .. }))
                    || upload.name.as_deref() == Some(one.id.native.as_str());
                named
                    && crate::look::holds(one, None, change.sha256()) == Some(true)
                    && upload
                        .scopes
                        .iter()
                        .all(|scope| crate::look::place(one, scope).is_some())
            })
            .cloned()
            .collect(),
        _ => change
            .ids()
            .iter()
            .filter_map(|id| look.find(id))
            .cloned()
            .collect(),
    };
    Applied::new(How::Unchanged, certificates)
}

/// A result as the journal keeps it.
pub(crate) fn ending(applied: &Applied) -> Ending {
    Ending::Applied {
        how: applied.how,
        inferred: applied.inferred,
        certificates: applied
            .certificates
            .iter()
            .map(|one| one.id.clone())
            .collect(),
        items: applied.items.clone(),
    }
}
