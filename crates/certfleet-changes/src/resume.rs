//! Settling what a crash, or a lost answer, left open. Only reads.

use crate::{
    Account, Applied, Change, Error, ErrorKind, Fleet, ProviderId, Result,
    apply::ending,
    journal::{Ending, Event, Open, OperationId},
    look::Evidence,
};
use certfleet_http::Effect;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How long after it was sent a request may still take effect: longer than any deadline, proxy or
/// queue holds one. Until then, what is not there may still come.
pub const IN_FLIGHT_WINDOW: TimeDelta = TimeDelta::minutes(5);

/// What became of a write that was open.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Resumed {
    /// The write.
    pub operation: OperationId,
    /// The account's vendor.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// What was to be done.
    pub change: Change,
    /// What is known now.
    pub ending: Ending,
    /// Whether it is settled. If not, it stays open.
    pub settled: bool,
    /// One sentence for people.
    pub message: String,
}

impl Account {
    /// Finds out what became of every write of this account that the journal has open. Nothing is
    /// sent that changes anything: what did not take effect is for the caller to apply again.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: it cannot be read or written, or a change is being applied with it.
    /// What cannot be found out is no error, but a result that is not settled.
    pub async fn resume(&self) -> Result<Vec<Resumed>> {
        let _settling = self.journal().settling().await?;
        let mut resumed = Vec::new();
        for open in self.journal().open()? {
            if open.begun.provider == self.provider() && open.begun.account == self.name() {
                resumed.extend(self.settle(&open).await?);
            }
        }
        Ok(resumed)
    }

    /// Closes a write that reading cannot settle, after somebody looked at the vendor's own pages.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]: the journal has no such write open; [`ErrorKind::Journal`].
    pub async fn dismiss(&self, operation: &OperationId, note: impl Into<String>) -> Result<()> {
        let is_open = self
            .journal()
            .open()?
            .iter()
            .any(|open| open.begun.operation == *operation);
        if !is_open {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("the journal has no write {operation} that is open"),
            ));
        }
        let ending = Ending::Dismissed { note: note.into() };
        self.write(operation, Event::Ended(Box::new(ending))).await
    }

    async fn settle(&self, open: &Open) -> Result<Option<Resumed>> {
        let Event::Begun(intent) = &open.begun.event else {
            return Ok(None);
        };
        let change = &intent.change;
        let (ending, message) = self.found_out(open, change, &intent.seen).await;
        let settled = ending.is_final();
        self.write(
            &open.begun.operation,
            Event::Ended(Box::new(ending.clone())),
        )
        .await?;
        Ok(Some(Resumed {
            operation: open.begun.operation.clone(),
            provider: self.provider(),
            account: self.name().to_owned(),
            change: change.clone(),
            ending,
            settled,
            message,
        }))
    }

    async fn found_out(&self, open: &Open, change: &Change, seen: &[String]) -> (Ending, String) {
        let lost = || {
            Error::new(
                ErrorKind::Unexpected,
                "the write was cut off before its end was known",
            )
            .with_effect(Effect::Unknown)
        };
        let failed = |error: Error| {
            let message = error.to_string();
            (
                Ending::Failed {
                    error: error.report(),
                },
                message,
            )
        };
        let look = match self.look(change).await {
            Ok(look) => look,
            Err(error) => {
                return failed(lost().with_advice(format!("Looking for it failed: {error}")));
            }
        };
        let evidence = look.evidence(change, seen);
        let age = self.now().signed_duration_since(open.begun.at);
        if matches!(evidence, Evidence::NotDone) && age >= self.in_flight_window() {
            return (
                Ending::NotApplied,
                "it did not take effect, and no longer can: apply it again".to_owned(),
            );
        }
        match self.judge(change, lost(), evidence) {
            Ok(applied) => (ending(&applied), done(&applied)),
            Err(error) => failed(error),
        }
    }
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

impl Fleet {
    /// [`Account::resume`] for every account, one after another.
    ///
    /// # Errors
    /// As there.
    pub async fn resume(&self) -> Result<Vec<Resumed>> {
        let mut resumed = Vec::new();
        for account in self.accounts() {
            resumed.extend(account.resume().await?);
        }
        Ok(resumed)
    }
}
