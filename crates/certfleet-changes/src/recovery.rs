//! What became of a change that was sent: what its response, or what is there afterwards, amounts to.

use crate::{
    evidence::Evidence,
    journal::{AccountLock, Intent},
    snapshot::{self, Snapshot},
    unnamed::add_lost,
    writer::Writer,
};
use certfleet::{
    Account, Applied, Certificate, Change, Effect, Error, ErrorKind, How, Result, Scope,
    adapter::Rules,
    change::{ItemOutcome, ItemResult, ReferencePolicy},
    http::{Look, Recovered},
};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The waits before the looks that follow the first: what a lost request may still bring shows within
/// seconds or not at all.
const LOOK_AGAIN_AFTER: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// What to do about an unknown effect.
const RESUME: &str =
    "Do not apply it again: resume looks for it later, and says when it can no longer come";

/// What the attempts at one change have brought besides their errors.
#[derive(Default)]
struct Found {
    /// What the last look said, if one could be taken.
    evidence: Option<Evidence>,
    /// What was accepted without a word on whether it was done.
    accepted: Option<Applied>,
}

impl Writer {
    /// Sends a change, and finds out what became of it, given what was there before.
    pub(crate) async fn send(
        &self,
        change: &Change,
        before: &Intent,
        turn: &AccountLock,
    ) -> Result<Applied> {
        let seen = &before.seen;
        let found = Mutex::new(Found::default());
        let provider = self.provider();
        let result = self
            .session()
            .recovery()
            .look_again_after(&LOOK_AGAIN_AFTER)
            .repeat(is_repeatable(change))
            .run(
                |session| {
                    let (provider, found) = (provider.with_session(session), &found);
                    async move {
                        // Whoever has taken the lock over acts on what is there now.
                        turn.confirm().await?;
                        let applied = provider.send(change).await?;
                        if applied.how != How::Accepted {
                            return Ok(applied);
                        }
                        set(found, |found| found.accepted = Some(applied));
                        Err(self.accepted(change))
                    }
                },
                |session| {
                    let (provider, found) = (provider.with_session(session), &found);
                    async move {
                        // What an earlier look said counts no longer.
                        set(found, |found| found.evidence = None);
                        let account = Account::from_shared(provider);
                        let snapshot = self.look(&account, Some(change)).await?;
                        let evidence = snapshot.evidence(change, seen);
                        let look = match &evidence {
                            // What it shows is read from the evidence.
                            Evidence::Done { .. } => {
                                Look::Done(Applied::new(How::Recovered, Vec::new()))
                            }
                            Evidence::NotDone => Look::NotDone,
                            Evidence::Several(_) | Evidence::Unreadable | Evidence::Hidden(_) => {
                                Look::Unreadable
                            }
                        };
                        set(found, |found| found.evidence = Some(evidence));
                        Ok(look)
                    }
                },
            )
            .await;
        let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        let applied = self.conclude(change, seen, result, found)?;
        Ok(self.read_back(change, before, applied).await)
    }

    /// The result that the attempts and the looks between them amount to.
    fn conclude(
        &self,
        change: &Change,
        seen: &[String],
        result: Result<Recovered<Applied>>,
        found: Found,
    ) -> Result<Applied> {
        let error = match result {
            Ok(Recovered {
                value,
                verified: false,
                ..
            }) => return Ok(value),
            Ok(_) => return self.shown(change, found),
            Err(error) if error.effect() == Effect::None => return Err(error),
            // Gone, and an attempt of this change may be what removed it.
            Err(error)
                if error.kind() == ErrorKind::NotFound && matches!(change, Change::Delete(_)) =>
            {
                return Ok(Applied::new(How::Recovered, Vec::new()));
            }
            Err(error) => error,
        };
        match (found.evidence, found.accepted) {
            // The last look failed.
            (None, _) => Err(unknown(error).with_advice(RESUME)),
            (Some(Evidence::NotDone), Some(mut accepted)) if accepted.has(ItemOutcome::Failed) => {
                accepted.how = How::Confirmed;
                Ok(accepted)
            }
            (Some(Evidence::NotDone), Some(_)) => Err(error.with_advice(format!(
                "Reading back shows that it is not done yet. {RESUME}"
            ))),
            (Some(Evidence::Unreadable), Some(accepted)) => {
                Ok(self.not_confirmable(change, seen, accepted))
            }
            (Some(evidence), _) => self.interpret(change, error, evidence),
        }
    }

    /// The result that the last look shows.
    fn shown(&self, change: &Change, found: Found) -> Result<Applied> {
        let Some(Evidence::Done {
            certificates,
            inferred,
        }) = found.evidence
        else {
            return Err(self.accepted(change).with_advice(RESUME));
        };
        let Some(mut accepted) = found.accepted else {
            return Ok(self.recovered(change, certificates, inferred));
        };
        accepted.how = How::Confirmed;
        if !certificates.is_empty() {
            accepted.certificates = certificates;
        }
        Ok(accepted)
    }

    /// What was accepted, and cannot be read back.
    fn not_confirmable(&self, change: &Change, seen: &[String], mut accepted: Applied) -> Applied {
        if let Change::Delete(delete) = change
            && seen.contains(&delete.id.native)
        {
            // It was listed before, and no longer is.
            accepted.how = How::Confirmed;
            return accepted;
        }
        accepted.with_note(format!(
            "{} accepted it, and offers no way to confirm it: look at the vendor's own pages",
            self.account().provider()
        ))
    }

    /// What evidence makes of an error.
    pub(crate) fn interpret(
        &self,
        change: &Change,
        error: Error,
        evidence: Evidence,
    ) -> Result<Applied> {
        match evidence {
            Evidence::Done {
                certificates,
                inferred,
            } => Ok(self.recovered(change, certificates, inferred)),
            Evidence::NotDone => Err(unknown(error).with_advice(format!(
                "It has not taken effect now, but a request on its way may still do so. {RESUME}"
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
            Evidence::Hidden(unread) => Err(unknown(error).with_advice(format!(
                "Reading back cannot tell what became of it, because this could not be read: {unread}. {RESUME}"
            ))),
            Evidence::Unreadable => Err(unknown(error).with_advice(format!(
                "{} offers no way to read back what became of it: look at the vendor's own pages, then dismiss the journal's entry",
                self.account().provider()
            ))),
        }
    }

    /// A change whose response was lost, and which reading back shows.
    fn recovered(
        &self,
        change: &Change,
        certificates: Vec<Certificate>,
        inferred: bool,
    ) -> Applied {
        let mut applied = Applied::new(How::Recovered, certificates);
        applied.inferred = inferred;
        if inferred {
            applied.notes.push("the answer was lost; that this is its result is concluded from its being the only new one: another client could have made it".to_owned());
        }
        if let Change::Upload(_) | Change::Replace(_) = change {
            applied.items = unheard(change.scopes(), self.account().rules());
        }
        applied
    }

    /// The error of a change whose response does not say that it was done.
    fn accepted(&self, change: &Change) -> Error {
        self.refusal(
            ErrorKind::InvalidResponse,
            format!(
                "the vendor accepted to {} it, and its response does not say that it was done",
                change.verb()
            ),
        )
        .with_effect(Effect::Unknown)
    }

    /// A change that took effect, with what reading back adds. That reading fails does not undo it.
    async fn read_back(&self, change: &Change, before: &Intent, mut applied: Applied) -> Applied {
        let rules = self.account().rules();
        let reports_each = |scope: &Scope| {
            let rules = rules.scope(scope.kind());
            rules.is_some_and(|rules| rules.deploys)
        };
        match change {
            Change::Replace(_) if applied.how != How::Recovered => {
                match self.look(self.account(), Some(change)).await {
                    Ok(snapshot) => verified(change, before, applied, &snapshot, rules),
                    Err(error) => applied.with_note(format!("it was not read back: {error}")),
                }
            }
            Change::Replace(_) => {
                // The record was read to find out that it took effect.
                add_lost(change, &before.held_in, &mut applied, rules);
                applied
            }
            Change::Upload(upload)
                if applied.how == How::Confirmed && upload.scopes.iter().any(reports_each) =>
            {
                for one in &mut applied.certificates {
                    if let Ok(whole) = self.account().get(&one.id).await {
                        *one = whole;
                    }
                }
                applied
            }
            _ => applied,
        }
    }
}

fn set(found: &Mutex<Found>, change: impl FnOnce(&mut Found)) {
    change(&mut found.lock().unwrap_or_else(PoisonError::into_inner));
}

/// An error after which the effect is not known, unless it is known to be there.
fn unknown(error: Error) -> Error {
    match error.effect() {
        Effect::None => error.with_effect(Effect::Unknown),
        Effect::Applied | Effect::Unknown => error,
    }
}

/// Whether sending a change a second time leaves what sending it once does.
pub(crate) fn is_repeatable(change: &Change) -> bool {
    match change {
        Change::Rename(_) | Change::Activate(_) | Change::Deactivate(_) | Change::Delete(_) => true,
        // An import replaces entries; an update adds them.
        Change::Replace(replace) => replace.references == ReferencePolicy::Keep,
        _ => false,
    }
}

/// A replacement, held against what is there now.
fn verified(
    change: &Change,
    before: &Intent,
    mut applied: Applied,
    snapshot: &Snapshot,
    rules: &Rules,
) -> Applied {
    let Change::Replace(replace) = change else {
        return applied;
    };
    let Some(one) = snapshot.find(&replace.id) else {
        return applied.with_note(format!(
            "{} was not there when it was read back",
            replace.id
        ));
    };
    for scope in &replace.scopes {
        let alone = snapshot::holds(one, Some(scope), change.sha256());
        if !applied.items.iter().any(|item| item.scope == *scope) {
            // An import does not say how it went in each environment.
            let (outcome, message) = match alone {
                Some(true) => (ItemOutcome::Done, "the new content was read back"),
                Some(false) => (ItemOutcome::Failed, "another content was read back"),
                None => (ItemOutcome::Unknown, "the content could not be read back"),
            };
            let item = ItemResult::new(scope.clone(), outcome);
            applied.items.push(item.message(Some(message.to_owned())));
        } else if alone == Some(false) {
            applied.notes.push(format!(
                "{scope} has another content too, beside the new one or instead of it"
            ));
        }
    }
    applied.certificates = vec![one.clone()];
    add_lost(change, &before.held_in, &mut applied, rules);
    applied
}

/// Scopes whose content was read back, but whose deployment was not reported.
fn unheard(scopes: &[Scope], rules: &Rules) -> Vec<ItemResult> {
    let deploys = |scope: &&Scope| {
        let rules = rules.scope(scope.kind());
        rules.is_some_and(|rules| rules.deploys)
    };
    scopes
        .iter()
        .filter(deploys)
        .map(|scope| {
            ItemResult::new(scope.clone(), ItemOutcome::Unknown).message(Some(
                "it is stored; the answer that tells whether it was deployed was lost".to_owned(),
            ))
        })
        .collect()
}
