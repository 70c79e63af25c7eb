//! What a deletion would do.

use super::{
    Plan,
    planner::{Planner, names},
};
use crate::ConsequenceKind;
use certfleet::{
    CertificateId, ErrorKind, Placement, Result, State, Verb, adapter::ScopeRules,
    change::ReferencePolicy,
};

impl Planner<'_> {
    pub(super) fn delete(
        &self,
        references: ReferencePolicy,
        id: &CertificateId,
        plan: &mut Plan,
    ) -> Result<()> {
        let found = self.snapshot.find(id);
        if found.is_none() && self.snapshot.lists_all() {
            return Err(self.snapshot.missing(id));
        }
        self.warn_of_unreadable(id, plan);
        let can_deactivate = self.account.capabilities().get(Verb::Deactivate).is_some();
        let mut placements: Vec<_> = found.iter().flat_map(|one| &one.placements).collect();
        // What another one has to take over first is what stands in the way of all else.
        let account = self.account.rules();
        placements.sort_by_key(|at| !account.hands_over(at.scope.kind()));
        for placement in placements {
            let scope = &placement.scope;
            let rules = self.scope_rules(scope, plan);
            match in_scope(placement, &rules, can_deactivate) {
                InScope::Nothing => {}
                InScope::Undeploys(what) => {
                    plan.consequence(ConsequenceKind::Undeploys, Some(scope), what);
                }
                InScope::Refused => {
                    let first = if rules.hands_over {
                        "activate another one there first, which takes its place"
                    } else {
                        "deactivate it there first, and wait until it is inactive"
                    };
                    let message = format!("{id} is {} at {scope}: {first}", placement.state);
                    return Err(self
                        .refuse(ErrorKind::Precondition, message)
                        .with_certificates([id.clone()]));
                }
            }
        }
        match references {
            ReferencePolicy::Detach => plan.consequence(
                ConsequenceKind::DetachesReferences,
                None,
                "JWKs made from it lose their reference",
            ),
            ReferencePolicy::Delete => plan.consequence(
                ConsequenceKind::DeletesReferences,
                None,
                "JWKs made from it are deleted too",
            ),
            _ => {}
        }
        plan.consequence(
            ConsequenceKind::CannotBeUndone,
            None,
            format!("{id} is gone for good; what is uploaded again has another id"),
        );
        if found.is_none() {
            plan.notes.push(format!(
                "{id} is not attached to anything, so it cannot be seen whether it is there"
            ));
        }
        if let (Some(scopes), Some(kind)) =
            (self.account.scopes(), self.account.rules().unlisted_scopes)
        {
            plan.notes.push(format!(
                "only {} could be looked at: where it is active in another {kind}, the vendor refuses",
                names(&scopes)
            ));
        }
        plan.step(self.operation(None), format!("delete {id}"));
        Ok(())
    }
}

/// What deleting a certificate means where it is.
#[derive(Debug, PartialEq, Eq)]
enum InScope {
    /// It is not in force there.
    Nothing,
    /// It ends there, in words.
    Undeploys(String),
    /// The vendor would refuse.
    Refused,
}

fn in_scope(placement: &Placement, rules: &ScopeRules, can_deactivate: bool) -> InScope {
    let scope = &placement.scope;
    if rules.delete_undeploys {
        return InScope::Undeploys(if rules.holds_one {
            format!("{scope} loses its certificate")
        } else {
            format!("it is taken away from {scope}")
        });
    }
    match placement.state {
        State::Inactive => InScope::Nothing,
        // Where it is in force after all, the vendor refuses.
        State::Unknown | State::Other(_) if can_deactivate => InScope::Nothing,
        State::Unknown | State::Other(_) => {
            InScope::Undeploys(format!("it may be taken away from {scope}"))
        }
        // Deleting is then how it ends.
        _ if !can_deactivate => InScope::Undeploys(format!("it is taken away from {scope}")),
        _ => InScope::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certfleet::Scope;

    #[test]
    fn what_it_means_where_it_is() {
        let environment = Scope::Environment {
            name: "prod".into(),
        };
        let connector = Scope::Connector { id: "7".into() };
        let undeploys = |what: &str| InScope::Undeploys(what.to_owned());
        let taken = undeploys("it is taken away from edge");
        for (scope, state, can_deactivate, expected) in [
            (
                &environment,
                State::Unknown,
                false,
                undeploys("it is taken away from environment prod"),
            ),
            (
                &connector,
                State::Unknown,
                false,
                undeploys("connector 7 loses its certificate"),
            ),
            (&Scope::Edge, State::Inactive, true, InScope::Nothing),
            (&Scope::Edge, State::Inactive, false, InScope::Nothing),
            (&Scope::Edge, State::Unknown, true, InScope::Nothing),
            (
                &Scope::Edge,
                State::Unknown,
                false,
                undeploys("it may be taken away from edge"),
            ),
            (&Scope::Edge, State::Active, true, InScope::Refused),
            (&Scope::Edge, State::Active, false, taken),
            (&Scope::Edge, State::Activating, true, InScope::Refused),
        ] {
            let placement = Placement::new(scope.clone(), state);
            let rules = ScopeRules {
                delete_undeploys: *scope != Scope::Edge,
                holds_one: *scope == connector,
                ..ScopeRules::new("x")
            };
            assert_eq!(
                in_scope(&placement, &rules, can_deactivate),
                expected,
                "{placement:?} {can_deactivate}"
            );
        }
    }
}
