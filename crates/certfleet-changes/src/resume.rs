//! Finding out what became of what a crash, or a lost response, left pending. Only reads.

use crate::{
    evidence::Evidence,
    journal::{AccountLock, Ending, Event, Intent, OperationId, PendingChange},
    snapshot::{Snapshot, holds},
    unnamed::{add_lost, lost, sentence},
    writer::Writer,
};
use certfleet::{
    Applied, Certificate, Change, Effect, Error, ErrorKind, How, ProviderId, Result,
    change::{ItemOutcome, ItemResult},
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// What became of a change that was pending.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Resumed {
    /// The write.
    pub operation: OperationId,
    /// The account's provider.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// What was to be done.
    pub change: Change,
    /// What is known now.
    pub ending: Ending,
    /// Whether it is known. If not, it stays pending.
    pub settled: bool,
    /// One sentence for people.
    pub message: String,
}

impl Writer {
    /// Finds out what became of every change of this account that the journal has pending. Nothing is
    /// sent that changes anything: what did not take effect is for the caller to apply again.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: it cannot be read or written, or a change of the account is being applied
    /// with it. What cannot be found out is not an error, but a result that is not settled.
    pub async fn resume(&self) -> Result<Vec<Resumed>> {
        let lock = self.turn_now("resume").await?;
        self.resolve_pending(&lock).await
    }

    /// [`resume`](Self::resume), in its turn.
    pub(crate) async fn resolve_pending(&self, turn: &AccountLock) -> Result<Vec<Resumed>> {
        let mut resumed = Vec::new();
        for pending in self.journal().pending().await? {
            let of_this = pending.begun.provider == self.account().provider()
                && pending.begun.account == self.account().name();
            if let (true, Some(intent)) = (of_this, pending.intent()) {
                resumed.push(self.resolve(&pending, intent, turn).await?);
            }
        }
        Ok(resumed)
    }

    /// Closes a change that reading cannot resolve, after an operator looked at the vendor's own pages.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]: the journal has no such change pending; [`ErrorKind::Journal`], also where a change of
    /// the account is being applied.
    pub async fn dismiss(&self, operation: &OperationId, note: impl Into<String>) -> Result<()> {
        let turn = self.turn_now("dismiss").await?;
        let pending = self.journal().pending().await?;
        if !pending.iter().any(|one| one.begun.operation == *operation) {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("the journal has no pending change {operation}"),
            ));
        }
        let ending = Ending::Dismissed { note: note.into() };
        self.record(operation, Event::Ended(Box::new(ending)), &turn)
            .await
    }

    async fn resolve(
        &self,
        pending: &PendingChange,
        intent: &Intent,
        turn: &AccountLock,
    ) -> Result<Resumed> {
        let change = &intent.change;
        let (ending, message) = self.find_out(pending, intent).await;
        let operation = &pending.begun.operation;
        self.record(operation, Event::Ended(Box::new(ending.clone())), turn)
            .await?;
        Ok(Resumed {
            operation: operation.clone(),
            provider: self.account().provider(),
            account: self.account().name().to_owned(),
            change: change.clone(),
            settled: ending.is_final(),
            ending,
            message,
        })
    }

    async fn find_out(&self, pending: &PendingChange, intent: &Intent) -> (Ending, String) {
        let change = &intent.change;
        let lost = || {
            Error::new(
                ErrorKind::Unexpected,
                "the write was cut off before its end was known",
            )
            .with_effect(Effect::Unknown)
        };
        let snapshot = match self.look(self.account(), Some(change)).await {
            Ok(snapshot) => snapshot,
            Err(error) => {
                let error = lost().with_advice(format!("Looking for it failed: {error}"));
                return (self.failed(&error), error.to_string());
            }
        };
        let can_no_longer_land = self.can_no_longer_land(pending);
        if let Some(ended @ Ending::Applied { .. }) = &pending.last {
            return self.items_of(intent, ended, &snapshot, can_no_longer_land);
        }
        let evidence = snapshot.evidence(change, &intent.seen);
        if matches!(evidence, Evidence::NotDone) && can_no_longer_land {
            return (
                Ending::NotApplied,
                "it did not take effect, and no longer can: apply it again".to_owned(),
            );
        }
        match self.interpret(change, lost(), evidence) {
            Ok(mut applied) => {
                for item in &mut applied.items {
                    read_back(item, ItemOutcome::Done);
                }
                let rules = self.account().rules();
                add_lost(change, &intent.held_in, &mut applied, rules);
                let message = with_lost(done(&applied), intent, applied.certificates.first());
                (crate::journalled::ending(&applied), message)
            }
            Err(error) => (self.failed(&error), error.to_string()),
        }
    }

    /// What became of the scopes of a change that took effect in part, by what stands in them now.
    fn items_of(
        &self,
        intent: &Intent,
        ended: &Ending,
        snapshot: &Snapshot,
        can_no_longer_land: bool,
    ) -> (Ending, String) {
        let Ending::Applied {
            certificates,
            items,
            inferred,
            ..
        } = ended
        else {
            return (ended.clone(), String::new());
        };
        let change = &intent.change;
        let record = certificates.first().and_then(|id| snapshot.find(id));
        let mut items = items.clone();
        for item in &mut items {
            if item.outcome != ItemOutcome::Unknown {
                continue;
            }
            let holds = record.and_then(|one| holds(one, Some(&item.scope), change.sha256()));
            match holds {
                Some(true) => read_back(item, ItemOutcome::Done),
                Some(false) if can_no_longer_land => read_back(item, ItemOutcome::Failed),
                _ => {}
            }
        }
        let ending = Ending::Applied {
            how: How::Recovered,
            inferred: *inferred,
            certificates: certificates.clone(),
            items: items.clone(),
        };
        let scopes = |outcome| -> Vec<String> {
            let of = items.iter().filter(|item| item.outcome == outcome);
            of.map(|item| item.scope.to_string()).collect()
        };
        let (unknown, failed) = (scopes(ItemOutcome::Unknown), scopes(ItemOutcome::Failed));
        let message = match (unknown.is_empty(), failed.is_empty()) {
            (false, _) => format!("still unknown: {}", unknown.join(", ")),
            (true, false) => format!("it took effect, but not in {}", failed.join(", ")),
            (true, true) => "it took effect everywhere".to_owned(),
        };
        (ending, with_lost(message, intent, record))
    }

    /// Whether the request of a pending change can no longer take effect: by the monotonic clock where
    /// this process sent it, otherwise by the vendor's clock. Two wall clocks are never compared.
    pub(crate) fn can_no_longer_land(&self, pending: &PendingChange) -> bool {
        let window = self.in_flight_window();
        if window.is_zero() {
            return true;
        }
        if let Some(begun) = self.journal().begun_here(&pending.begun.operation) {
            return begun.elapsed() >= window;
        }
        let (Some(begun), Some(now)) = (pending.vendor_time, self.session().vendor_time()) else {
            return false;
        };
        let window = TimeDelta::from_std(window).unwrap_or(TimeDelta::MAX);
        now.signed_duration_since(begun) >= window
    }
}

fn read_back(item: &mut ItemResult, outcome: ItemOutcome) {
    item.outcome = outcome;
    item.message = Some(
        match outcome {
            ItemOutcome::Done => "the new content was read back",
            _ => "another content was read back",
        }
        .to_owned(),
    );
}

fn done(applied: &Applied) -> String {
    let names: Vec<_> = applied
        .certificates
        .iter()
        .map(|one| one.id.to_string())
        .collect();
    match (names.is_empty(), applied.inferred) {
        (true, _) => "it took effect".to_owned(),
        (false, false) => format!("it took effect: {}", names.join(", ")),
        (false, true) => format!(
            "it took effect, as far as can be concluded: {} is the only new one",
            names.join(", ")
        ),
    }
}

/// Adds to a message the scopes that lost a record.
fn with_lost(message: String, intent: &Intent, now: Option<&Certificate>) -> String {
    let scopes = now.map_or_else(Vec::new, |now| lost(&intent.change, &intent.held_in, now));
    let sentences = scopes.iter().map(sentence);
    std::iter::once(message)
        .chain(sentences)
        .collect::<Vec<_>>()
        .join("; ")
}
