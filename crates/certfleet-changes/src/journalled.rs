//! One request that changes something, from its journal entry to its end.

use crate::{
    journal::{About, AccountLock, Ending, Event, Intent, OperationId, Saved, pem},
    snapshot::{Snapshot, scopes_of, state_in},
    writer::Writer,
};
use certfleet::{Applied, Certificate, CertificateId, Change, Error, Result, Scope, State};

impl Writer {
    /// One change that is one request, from its journal entry to its end.
    pub(crate) async fn send_journalled(
        &self,
        change: &Change,
        snapshot: &Snapshot,
        turn: &AccountLock,
    ) -> Result<Applied> {
        let operation = OperationId::new(self.now());
        let intent = self.intent(change, snapshot);
        self.record(&operation, Event::Begun(Box::new(intent.clone())), turn)
            .await?;
        // The change of the caller has the secrets.
        let result = self.send(change, &intent, turn).await;
        let result = result.map(|applied| with_known_states(applied, change, snapshot));
        self.memory()
            .take_in(self.account(), &operation, change, &result);
        let ending = match &result {
            Ok(applied) => ending(applied),
            Err(error) => self.failed(error),
        };
        let written = self
            .record(&operation, Event::Ended(Box::new(ending)), turn)
            .await;
        match (result, written) {
            (Ok(applied), Ok(())) => Ok(applied),
            (Ok(applied), Err(error)) => Ok(applied.with_note(format!(
                "it was done, but its end is not in the journal: {error}"
            ))),
            (Err(error), Ok(())) => Err(error),
            (Err(error), Err(journal)) => Err(error.with_advice(journal)),
        }
    }

    /// What the journal keeps of a change before it is sent.
    fn intent(&self, change: &Change, snapshot: &Snapshot) -> Intent {
        let deleted = match change {
            Change::Delete(delete) => snapshot.find(&delete.id),
            _ => None,
        };
        Intent {
            change: change.clone(),
            seen: snapshot.ids(),
            replaced: replaced(change, snapshot),
            held_in: held_in(change, snapshot),
            deleted: deleted
                .into_iter()
                .flat_map(|one| &one.contents)
                .filter_map(pem)
                .collect(),
            displaced: self.displaced(change, snapshot),
            about: about(change, snapshot),
            rotation: self.rotation().cloned(),
            plan: self.plan_id().cloned(),
            asked_by: Some(self.asked_by().clone()),
            vendor_time: self.session().vendor_time(),
        }
    }

    /// The records whose place an activated certificate takes.
    fn displaced(&self, change: &Change, snapshot: &Snapshot) -> Vec<CertificateId> {
        let Change::Activate(set) = change else {
            return Vec::new();
        };
        if !self.account().rules().hands_over(set.scope.kind()) {
            return Vec::new();
        }
        let there = snapshot.active_in(&set.scope);
        let others = there.filter(|one| !set.ids.contains(&one.id));
        others.map(|one| one.id.clone()).collect()
    }

    /// How a change that failed ended.
    pub(crate) fn failed(&self, error: &Error) -> Ending {
        Ending::Failed {
            error: error.report(),
            vendor_time: self.session().vendor_time(),
        }
    }
}

/// The records that a change is about, as they are before it.
fn about(change: &Change, snapshot: &Snapshot) -> Vec<About> {
    let made = match change {
        Change::Upload(upload) => Some(About {
            name: upload.name.clone(),
            sha256: change.sha256().into_iter().collect(),
            ..About::default()
        }),
        _ => None,
    };
    let existing = change.ids().iter().map(|id| {
        let found = snapshot.find(id);
        let contents = found.into_iter().flat_map(|one| &one.contents);
        let mut sha256: Vec<_> = contents.filter_map(|content| content.sha256).collect();
        if let Change::Replace(_) = change {
            sha256 = change.sha256().into_iter().collect();
        }
        About {
            id: Some(id.clone()),
            name: found.and_then(|one| Some(one.display_name()?.into_owned())),
            description: found
                .filter(|_| matches!(change, Change::Delete(_)))
                .and_then(|one| one.description.clone()),
            sha256,
        }
    });
    made.into_iter().chain(existing).collect()
}

/// What a replacement or a deletion takes away, so that it can be put back.
pub(crate) fn replaced(change: &Change, snapshot: &Snapshot) -> Vec<Saved> {
    match change {
        Change::Replace(replace) => {
            let record = snapshot.find(&replace.id);
            record.map_or_else(Vec::new, |one| Saved::from_record(one, &replace.scopes))
        }
        Change::Delete(delete) => {
            let record = snapshot.find(&delete.id);
            record.map_or_else(Vec::new, |one| Saved::from_record(one, &scopes_of(one)))
        }
        _ => Vec::new(),
    }
}

/// Adds to the vendor's answer the states that were read before, of the scopes that the change leaves as they are.
fn with_known_states(mut applied: Applied, change: &Change, snapshot: &Snapshot) -> Applied {
    let switched = match change {
        Change::Rename(_) => None,
        Change::Activate(set) | Change::Deactivate(set) => Some(&set.scope),
        _ => return applied,
    };
    for one in &mut applied.certificates {
        let Some(before) = snapshot.find(&one.id) else {
            continue;
        };
        let states = |one: &Certificate, scope: &Scope| {
            state_in(one, scope).is_some_and(|state| state != State::Unknown)
        };
        let known: Vec<_> = before
            .placements
            .iter()
            .filter(|placement| {
                let scope = &placement.scope;
                states(before, scope)
                    && !states(one, scope)
                    && switched.is_none_or(|switched| !snapshot.inherits(scope, switched))
            })
            .cloned()
            .collect();
        let is_known = |scope: &Scope| known.iter().any(|placement| placement.scope == *scope);
        one.placements
            .retain(|placement| !is_known(&placement.scope));
        one.placements.extend(known);
        one.state = State::from_placements(&one.placements);
    }
    applied
}

/// The scopes where a record is that is replaced or deleted.
fn held_in(change: &Change, snapshot: &Snapshot) -> Vec<Scope> {
    let id = match change {
        Change::Replace(replace) => &replace.id,
        Change::Delete(delete) => &delete.id,
        _ => return Vec::new(),
    };
    snapshot.find(id).map_or_else(Vec::new, scopes_of)
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
