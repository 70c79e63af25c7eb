//! A change, carried out so that its outcome is known: look, journal, send once, find out.

use crate::{
    Account, Applied, Change, ConsequenceKind, Error, ErrorKind, How, ItemOutcome, ItemResult,
    Plan, References, Result, Scope, SetActive,
    journal::{Ending, Entry, Event, Intent, OperationId, Saved},
    look::{Evidence, Look},
    settle::{self, Settled},
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
        if plan.already_so {
            return Ok(already_so(&plan.change, look));
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
            if matches!(evidence, Evidence::NotDone) && age >= self.may_still_land() {
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
            // Nothing is done: the error says more than a partial result would.
            Some(error) if all.certificates.is_empty() => Err(error),
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

    /// Sends, and finds out what became of it.
    async fn send(&self, change: &Change, seen: &[String]) -> Result<Applied> {
        let bound = self.in_one_deadline();
        let error = match bound.adapter().apply(change).await {
            Ok(applied) => return Ok(bound.read_back(change, applied).await),
            Err(error) if error.effect() == Effect::None => return Err(error),
            Err(error) => error,
        };
        let look = || bound.look(change);
        let evidence = |look: &Look| look.evidence(change, seen);
        let settled = if is_repeatable(change) {
            settle::look_and_repeat(look, evidence, || bound.adapter().apply(change)).await
        } else {
            settle::look_for(look, evidence).await
        };
        self.conclude(change, error, settled)
    }

    /// The result that a lost answer and what was found afterwards amount to.
    fn conclude(&self, change: &Change, error: Error, settled: Settled) -> Result<Applied> {
        match settled {
            Settled::Evidence(evidence) => self.judge(change, error, evidence),
            Settled::Answer(Ok(applied)) => Ok(applied),
            // Gone, and our own first attempt may be what removed it.
            Settled::Answer(Err(again))
                if again.kind() == ErrorKind::NotFound && matches!(change, Change::Delete(_)) =>
            {
                Ok(Applied::new(How::Recovered, Vec::new()))
            }
            // Refused or not sent now; the attempt before may still land.
            Settled::Answer(Err(again)) => Err(unknown(again).with_advice(RESUME)),
            Settled::Blind(blind) => {
                Err(unknown(error)
                    .with_advice(format!("Looking for it failed too: {blind}. {RESUME}")))
            }
        }
    }

    /// What evidence makes of an error.
    pub(crate) fn judge(
        &self,
        change: &Change,
        error: Error,
        evidence: Evidence,
    ) -> Result<Applied> {
        match evidence {
            Evidence::Done {
                certificates,
                inferred,
            } => {
                let mut applied = Applied::new(How::Recovered, certificates);
                applied.inferred = inferred;
                if inferred {
                    applied.notes.push("the answer was lost; that this is its result is concluded from its being the only new one: somebody else could have made it".to_owned());
                }
                if let Change::Upload(_) | Change::Replace(_) = change {
                    applied.items = unheard(change.scopes());
                }
                Ok(applied)
            }
            Evidence::NotDone => Err(unknown(error).with_advice(format!(
                "It is not there now, but a request on its way may still land. {RESUME}"
            ))),
            Evidence::Several(candidates) => {
                let names: Vec<_> = candidates.iter().map(ToString::to_string).collect();
                let (kind, effect) = match change {
                    Change::Generate(_) => (error.kind(), Effect::Unknown),
                    _ => (ErrorKind::Duplicate, Effect::Applied),
                };
                Err(error
                    .with_kind(kind)
                    .with_effect(effect)
                    .with_advice(format!(
                        "Several that are new could be its result: {}. Keep one and delete the others",
                        names.join(", ")
                    ))
                    .with_certificates(candidates))
            }
            Evidence::Unreadable => Err(unknown(error).with_advice(format!(
                "{} offers no way to read back what became of it: look at the vendor's own pages, then dismiss the journal's entry",
                self.provider()
            ))),
        }
    }

    /// A confirmed write, with what reading back adds. That reading fails does not undo the write.
    async fn read_back(&self, change: &Change, applied: Applied) -> Applied {
        match change {
            Change::Replace(_) => match self.look(change).await {
                Ok(look) => verified(change, applied, &look),
                Err(error) => applied.with_note(format!("it was not read back: {error}")),
            },
            Change::Upload(upload)
                if upload
                    .scopes
                    .iter()
                    .any(|scope| matches!(scope, Scope::Environment { .. })) =>
            {
                let mut applied = applied;
                for one in &mut applied.certificates {
                    if let Ok(whole) = self.get(&one.id).await {
                        *one = whole;
                    }
                }
                applied
            }
            _ => applied,
        }
    }
}

/// What to do about an unknown effect.
const RESUME: &str =
    "Do not apply it again: resume looks for it later, and says when it can no longer come";

/// An error after which the effect is not known, unless it is known to be there.
fn unknown(error: Error) -> Error {
    match error.effect() {
        Effect::None => error.with_effect(Effect::Unknown),
        Effect::Applied | Effect::Unknown => error,
    }
}

/// Whether sending a change a second time leaves what sending it once does.
fn is_repeatable(change: &Change) -> bool {
    match change {
        Change::Rename(_) | Change::Activate(_) | Change::Deactivate(_) | Change::Delete(_) => true,
        // An import replaces entries; an update adds them.
        Change::Replace(replace) => replace.references == References::Keep,
        Change::Upload(_) | Change::Generate(_) => false,
    }
}

/// A replacement, held against what is there now.
fn verified(change: &Change, mut applied: Applied, look: &Look) -> Applied {
    let Change::Replace(replace) = change else {
        return applied;
    };
    let Some(one) = look.find(&replace.id) else {
        return applied.with_note(format!(
            "{} was not there when it was read back",
            replace.id
        ));
    };
    for scope in &replace.scopes {
        let alone = crate::look::holds(one, Some(scope), change.sha256());
        if !applied.items.iter().any(|item| item.scope == *scope) {
            // An import does not say how it went in each environment.
            let outcome = match alone {
                Some(true) => ItemOutcome::Done,
                Some(false) => ItemOutcome::Failed,
                None => ItemOutcome::Unknown,
            };
            applied.items.push(
                ItemResult::new(scope.clone(), outcome).message(Some(
                    match outcome {
                        ItemOutcome::Done => "the new content was read back",
                        ItemOutcome::Failed => "another content was read back",
                        _ => "the content could not be read back",
                    }
                    .to_owned(),
                )),
            );
        } else if alone == Some(false) {
            applied.notes.push(format!(
                "{scope} has another content too, beside the new one or instead of it"
            ));
        }
    }
    applied.certificates = vec![one.clone()];
    applied
}

/// Places whose content was read back, but whose deployment nobody told about.
fn unheard(scopes: &[Scope]) -> Vec<ItemResult> {
    scopes
        .iter()
        .filter(|scope| matches!(scope, Scope::Environment { .. }))
        .map(|scope| {
            ItemResult::new(scope.clone(), ItemOutcome::Unknown).message(Some(
                "it is stored; the answer that tells whether it was deployed was lost".to_owned(),
            ))
        })
        .collect()
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
            let material = one.materials.get(placement.material?)?;
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
fn already_so(change: &Change, look: &Look) -> Applied {
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
    Applied::new(How::AlreadySo, certificates)
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
