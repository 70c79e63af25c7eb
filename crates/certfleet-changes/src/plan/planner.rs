//! Plans every change. What is said of an upload, a switch, a replacement and a deletion is beside.

use super::Plan;
use crate::{
    ConsequenceKind, OperationId,
    journal::{Contents, Position},
    snapshot::Snapshot,
    writer::Writer,
};
use certfleet::{
    Account, Capability, Certificate, CertificateId, Change, Error, ErrorKind, Result, Scope,
    adapter::ScopeRules,
};

/// A plan, and what it rests on.
pub(crate) struct Prepared {
    pub(crate) plan: Plan,
    pub(crate) snapshot: Snapshot,
}

impl Writer {
    /// Plans a change: it is checked, what is there is read, and nothing is sent that changes anything.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], [`ErrorKind::InvalidInput`]: it could not be sent;
    /// [`ErrorKind::NotFound`], [`ErrorKind::AlreadyExists`], [`ErrorKind::Precondition`],
    /// [`ErrorKind::QuotaExceeded`]: the vendor would refuse it as things are;
    /// [`ErrorKind::Journal`]; everything that reading can meet.
    pub async fn plan(&self, change: Change) -> Result<Plan> {
        self.plan_since(change, None).await
    }

    /// Plans the change of a saved plan as things are now. Where it was made since the plan was saved, by this
    /// plan or by another client, the newer plan says that nothing is to be done.
    ///
    /// # Errors
    /// As [`plan`](Self::plan).
    pub async fn plan_again(&self, saved: &Plan) -> Result<Plan> {
        let writer = self.of_plan(saved.id.as_ref());
        let since = saved.journal_position;
        let mut now = writer.plan_since(saved.change.clone(), since).await?;
        now.journal_position = since;
        now.id.clone_from(&saved.id);
        Ok(now)
    }

    async fn plan_since(&self, change: Change, since: Option<Position>) -> Result<Plan> {
        // Before what is there is read: what another client journals after this may not be seen.
        let journal = self.journal().read().await?;
        let position = journal.position();
        match self.prepare(change.clone(), &journal).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Whoever removed it may not have written that down yet: their turn ends first.
                let _turn = self.turn("plan").await?;
                let contents = self.journal().read().await?;
                let removed = self.removed_before(&change, &contents).ok_or(error)?;
                let mut plan = empty(self, change, position);
                plan.nothing_to_do(removed.notes);
                Ok(plan)
            }
            prepared => {
                let mut prepared = prepared?;
                let since = since.unwrap_or(position);
                if let Some(done) = self.made_already(&prepared, &journal, since) {
                    prepared.plan.nothing_to_do(done.notes);
                }
                let Prepared { mut plan, snapshot } = prepared;
                self.add_contents(&mut plan, &snapshot).await;
                Ok(plan)
            }
        }
    }

    /// Plans a change, and keeps what the plan rests on. `journal` was read before.
    pub(crate) async fn prepare(&self, change: Change, journal: &Contents) -> Result<Prepared> {
        let account = self.account();
        let capability = self.admit(&change)?;
        let snapshot = self.snapshot(&change, journal).await?;
        let planner = Planner {
            writer: self,
            account,
            snapshot: &snapshot,
            capability,
        };
        let plan = planner.plan(change, journal.position())?;
        Ok(Prepared { plan, snapshot })
    }
}

pub(super) struct Planner<'a> {
    pub(super) writer: &'a Writer,
    pub(super) account: &'a Account,
    pub(super) snapshot: &'a Snapshot,
    pub(super) capability: &'a Capability,
}

impl Planner<'_> {
    fn plan(&self, mut change: Change, position: Position) -> Result<Plan> {
        if let Change::Replace(_) = change {
            change = self.filled(change)?;
        }
        let mut plan = empty(self.writer, change.clone(), position);
        match &change {
            Change::Upload(upload) => self.upload(upload, change.sha256(), &mut plan)?,
            Change::Generate(_) => self.generate(&mut plan),
            Change::Rename(rename) => {
                let one = self.find(&rename.id)?;
                plan.unchanged = one.name.as_deref() == Some(rename.name.as_str());
                plan.step(
                    self.operation(None),
                    format!("rename {} to {:?}", rename.id, rename.name),
                );
            }
            Change::Activate(set) => self.switch(set, true, &mut plan)?,
            Change::Deactivate(set) => self.switch(set, false, &mut plan)?,
            Change::Replace(_) => self.replace(&change, &mut plan)?,
            Change::Delete(delete) => self.delete(delete.references, &delete.id, &mut plan)?,
            other => {
                return Err(self.refuse(
                    ErrorKind::Unsupported,
                    format!("this version cannot plan to {}", other.verb()),
                ));
            }
        }
        if plan.unchanged {
            plan.nothing_to_do(Vec::new());
        }
        Ok(plan)
    }

    /// Returns the client's operation: of those that the capability names, the one for a kind of scope.
    pub(super) fn operation(&self, scope: Option<&Scope>) -> &'static str {
        let Capability {
            operations, scopes, ..
        } = self.capability;
        let kind = |scope: &Scope| scopes.iter().position(|kind| *kind == scope.kind());
        let index = scope
            .filter(|_| operations.len() == scopes.len())
            .and_then(kind)
            .unwrap_or(0);
        self.nth_operation(index)
    }

    /// Returns one of the client's operations that the capability names.
    pub(super) fn nth_operation(&self, index: usize) -> &'static str {
        let operations = &self.capability.operations;
        let operation = operations.get(index).or(operations.first());
        operation.copied().unwrap_or_default()
    }

    /// Returns what a scope means; where nothing is stated about it, the plan says so.
    pub(super) fn scope_rules(&self, scope: &Scope, plan: &mut Plan) -> ScopeRules {
        if let Some(rules) = self.account.rules().scope(scope.kind()) {
            return *rules;
        }
        let provider = self.account.provider();
        plan.consequence(
            ConsequenceKind::NotStated,
            Some(scope),
            format!(
                "certfleet does not know what this does in a scope of the kind {:?} at {provider}: look at the vendor's documentation first",
                scope.kind()
            ),
        );
        ScopeRules::new("")
    }

    pub(super) fn refuse(&self, kind: ErrorKind, message: String) -> Error {
        Error::new(kind, format!("{message}. Nothing was sent"))
            .with_context(self.account.full_name())
    }

    pub(super) fn find(&self, id: &CertificateId) -> Result<&Certificate> {
        self.snapshot
            .find(id)
            .ok_or_else(|| self.snapshot.missing(id))
    }

    /// Says in the plan that a record cannot be read, where that is so: what follows from a change of it is not
    /// all known.
    pub(super) fn warn_of_unreadable(&self, id: &CertificateId, plan: &mut Plan) {
        if self
            .snapshot
            .find(id)
            .is_some_and(Certificate::is_unreadable)
        {
            plan.consequence(
                ConsequenceKind::RecordsUnreadable,
                None,
                format!("the vendor's record of {id} cannot be read: where it is in force, and what follows from this there, is not known"),
            );
        }
    }

    fn generate(&self, plan: &mut Plan) {
        if let Some(most) = self.capability.max_per_day {
            plan.consequence(
                ConsequenceKind::ConsumesDailyQuota,
                None,
                format!("it uses up one of the {most} certificates that may be made in 24 hours; deleting it gives none back"),
            );
        }
        plan.step(self.operation(None), "have the vendor make a certificate");
    }
}

/// A plan in which nothing stands yet.
fn empty(writer: &Writer, change: Change, position: Position) -> Plan {
    let account = writer.account();
    Plan {
        id: Some(OperationId::new(writer.now())),
        provider: account.provider(),
        account: account.name().to_owned(),
        unchanged: false,
        contents: Vec::new(),
        warnings: Vec::new(),
        steps: Vec::new(),
        consequences: Vec::new(),
        notes: Vec::new(),
        change,
        journal_position: Some(position),
    }
}

/// Returns the names of scopes, as a sentence lists them.
pub(super) fn names(scopes: &[Scope]) -> String {
    let names: Vec<_> = scopes.iter().map(ToString::to_string).collect();
    names.join(", ")
}
