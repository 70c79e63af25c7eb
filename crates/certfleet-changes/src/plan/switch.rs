//! What bringing into force, or out of it, would do.

use super::{Plan, planner::Planner};
use crate::{ConsequenceKind, snapshot::state_in};
use certfleet::{CertificateId, ErrorKind, Result, Scope, State, change::SetActive};

impl Planner<'_> {
    pub(super) fn switch(&self, set: &SetActive, wanted: bool, plan: &mut Plan) -> Result<()> {
        for id in &set.ids {
            self.find(id)?;
            self.warn_of_unreadable(id, plan);
        }
        let scope = &set.scope;
        let states: Vec<_> = set
            .ids
            .iter()
            .map(|id| self.snapshot.in_force(id, scope))
            .collect();
        plan.unchanged = states.iter().all(|state| *state == Some(wanted));
        let is_so = |(id, _): (&CertificateId, _)| format!("{id} is so already at {scope}");
        let so_already = set.ids.iter().zip(&states);
        let so_already = so_already.filter(|(_, state)| **state == Some(wanted));
        if !plan.unchanged {
            plan.notes.extend(so_already.map(is_so));
        }
        if let Some(above) = self.account.rules().inherits_from(scope.kind())
            && states.contains(&None)
        {
            plan.notes.push(format!(
                "what is active for the whole {above} is in force in {scope} by inheritance, whatever its own switch says"
            ));
        }
        let rules = self.scope_rules(scope, plan);
        if wanted {
            plan.notes.extend(rules.note.map(str::to_owned));
        } else {
            self.not_in_use(set)?;
        }
        if rules.enforces {
            self.enforcement(set, wanted, plan);
        }
        let most = self.capability.max_batch.map_or(1, |most| most as usize);
        let batches = set.ids.len().div_ceil(most.max(1));
        if batches > 1 {
            plan.consequence(
                ConsequenceKind::MayBePartial,
                Some(scope),
                format!("it takes {batches} requests: some may fail after others are done"),
            );
        }
        let operation = self.operation(Some(scope));
        let verb = if wanted { "activate" } else { "deactivate" };
        for batch in set.ids.chunks(most.max(1)) {
            let ids: Vec<_> = batch.iter().map(ToString::to_string).collect();
            plan.step(operation, format!("{verb} {} at {scope}", ids.join(", ")));
        }
        Ok(())
    }

    /// What is in use cannot be taken out of force.
    fn not_in_use(&self, set: &SetActive) -> Result<()> {
        let Some(place) = self.account.rules().in_use_is_set_in else {
            return Ok(());
        };
        for id in &set.ids {
            if self.find(id)?.in_use == Some(true) {
                return Err(self
                    .refuse(
                        ErrorKind::Precondition,
                        format!("{id} is in use: set another certificate in use first, in {place}"),
                    )
                    .with_certificates([id.clone()]));
            }
        }
        Ok(())
    }

    fn enforcement(&self, set: &SetActive, wanted: bool, plan: &mut Plan) {
        let scope = &set.scope;
        let others = self
            .snapshot
            .active_in(scope)
            .filter(|one| !set.ids.contains(&one.id))
            .count();
        // What the change itself switches; a project may have more by inheritance.
        let own = self
            .snapshot
            .active_in(scope)
            .filter(|one| set.ids.contains(&one.id))
            .count();
        if wanted && others + own == 0 {
            plan.consequence(
                ConsequenceKind::EnforcementStarts,
                Some(scope),
                format!("nothing is active at {scope} yet: from then on it refuses every caller without a client certificate{}", self.inherited(scope)),
            );
        }
        if wanted {
            return;
        }
        let leaving: Vec<_> = set
            .ids
            .iter()
            .filter(|id| self.may_be_in_force(id, scope))
            .collect();
        if others == 0 && !leaving.is_empty() {
            plan.consequence(
                ConsequenceKind::EnforcementStops,
                Some(scope),
                format!("nothing else is active at {scope}: from then on it asks no caller for a client certificate{}", self.inherited(scope)),
            );
        }
        for id in leaving {
            plan.consequence(
                ConsequenceKind::TrustEnds,
                Some(scope),
                format!(
                    "client certificates that {id} issued are no longer accepted at {scope}{}",
                    self.inherited(scope)
                ),
            );
        }
    }

    /// Whether a certificate is in force in a scope, or may be, because its state there cannot be read.
    fn may_be_in_force(&self, id: &CertificateId, scope: &Scope) -> bool {
        let one = self.snapshot.find(id);
        let is_unknown = one.is_some_and(|one| match state_in(one, scope) {
            None => one.is_unreadable(),
            Some(state) => state == State::Unknown,
        });
        is_unknown || self.snapshot.in_force(id, scope) == Some(true)
    }

    fn inherited(&self, scope: &Scope) -> String {
        let heir = self.account.rules().inherited_by(scope.kind());
        heir.map_or_else(String::new, |kind| format!("; {kind}s inherit it"))
    }
}
