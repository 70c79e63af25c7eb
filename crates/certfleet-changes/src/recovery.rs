//! What became of a write: what its answer, or what is there afterwards, amounts to.

use crate::{
    Account, Applied, Change, Error, ErrorKind, How, ItemOutcome, ItemResult, ReferencePolicy, Result,
    Scope,
    look::{self, Evidence, Look},
    settle::{self, Patience, Settled},
};
use certfleet_http::Effect;

impl Account {
    /// Sends, and finds out what became of it.
    pub(crate) async fn send(&self, change: &Change, seen: &[String]) -> Result<Applied> {
        let bound = self.in_one_deadline();
        let error = match bound.adapter().apply(change).await {
            Ok(applied) => return Ok(bound.read_back(change, applied).await),
            Err(error) if error.effect() == Effect::None => return Err(error),
            Err(error) => error,
        };
        let look = || bound.look(change);
        let evidence = |look: &Look| look.evidence(change, seen);
        let (error, settled) = if is_repeatable(change) {
            let patience = Patience::of(bound.adapter().session());
            let send = || bound.adapter().apply(change);
            settle::look_and_repeat(patience, error, look, evidence, send).await
        } else {
            (error, settle::look_for(look, evidence).await)
        };
        match settled {
            Settled::Answer(Ok(applied)) => Ok(bound.read_back(change, applied).await),
            settled => self.conclude(change, error, settled),
        }
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
        Change::Replace(replace) => replace.references == ReferencePolicy::Keep,
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
        let alone = look::holds(one, Some(scope), change.sha256());
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
