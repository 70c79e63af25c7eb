//! What bringing into force, or out of it, would do.

use super::{Plan, planner::Planner};
use crate::{ConsequenceKind, snapshot::state_in};
use certfleet::{
    CertificateId, ErrorKind, Placement, Result, Scope, State, adapter::ScopeRules,
    change::SetActive,
};

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
        match wanted {
            _ if plan.unchanged => {}
            true => self.may_come_into_force(set, &rules)?,
            false => self.may_go_out_of_force(set, &rules)?,
        }
        if wanted {
            plan.notes.extend(rules.note.map(str::to_owned));
        }
        if wanted && rules.intercepts {
            for id in &set.ids {
                let message = clients_must_trust(id, scope);
                plan.consequence(ConsequenceKind::ClientsMustTrust, Some(scope), message);
            }
        }
        if wanted && rules.hands_over {
            let others = self.snapshot.active_in(scope);
            let others = others.filter(|one| !set.ids.contains(&one.id));
            plan.notes.extend(others.map(|one| {
                let id = &one.id;
                format!("it takes the place of {id}; to go back, activate {id} at {scope} again")
            }));
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

    /// Refuses to activate what the scope could not hold, or what clients would refuse.
    fn may_come_into_force(&self, set: &SetActive, rules: &ScopeRules) -> Result<()> {
        let scope = &set.scope;
        if rules.hands_over && set.ids.len() > 1 {
            return Err(self.refuse(
                ErrorKind::InvalidInput,
                format!("one certificate is active at {scope}, and not several: name one"),
            ));
        }
        for id in &set.ids {
            let one = self.find(id)?;
            let refuse = |message: String| {
                let refusal = self.refuse(ErrorKind::Precondition, message);
                Err(refusal.with_certificates([id.clone()]))
            };
            if let Some(kind) = rules.needs {
                let mut there = one.placements.iter().filter(|at| at.scope.kind() == kind);
                // Where its state is not known, the vendor tells.
                let is_there = |at: &Placement| matches!(at.state, State::Active | State::Unknown);
                if !one.is_unreadable() && !there.any(is_there) {
                    return refuse(format!(
                        "{id} is not active at {kind}, where it has to be before it is activated at {scope}: activate it there first, and wait until it is active"
                    ));
                }
            }
            if rules.intercepts && one.is_expired(self.writer.now()) == Some(true) {
                return refuse(format!(
                    "{id} has expired: every client of {scope} would refuse the certificates that it signs"
                ));
            }
        }
        Ok(())
    }

    /// Refuses to deactivate what goes out of force only when another one takes its place, or what has to be in
    /// force as long as it is in force elsewhere.
    fn may_go_out_of_force(&self, set: &SetActive, rules: &ScopeRules) -> Result<()> {
        let scope = &set.scope;
        let keepers = self.account.rules().needed_by(scope.kind());
        let keepers: Vec<_> = keepers.map(|keeper| keeper.kind).collect();
        for id in &set.ids {
            let one = self.find(id)?;
            let is_active = |at: &Placement| {
                let is_kept =
                    rules.hands_over && at.scope == *scope || keepers.contains(&at.scope.kind());
                is_kept && matches!(at.state, State::Active | State::Activating)
            };
            if let Some(at) = one.placements.iter().find(|at| is_active(at)) {
                let at = &at.scope;
                return Err(self
                    .refuse(
                        ErrorKind::Precondition,
                        format!("{id} is the one that is active at {at}: activate another one at {at} first, which takes its place"),
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

/// Says what a certificate that intercepts asks of clients.
pub(crate) fn clients_must_trust(id: &CertificateId, scope: &Scope) -> String {
    format!(
        "{scope} signs with {id} from then on: install it first on every device whose traffic is inspected. Where it is not trusted, connections fail"
    )
}
