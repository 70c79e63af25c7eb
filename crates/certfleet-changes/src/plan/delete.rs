//! What a deletion would do.

use super::{ConsequenceKind, Plan, planner::Planner};
use crate::{CertificateId, Error, ErrorKind, Placement, ReferencePolicy, Result, Scope, State, Verb};

impl Planner<'_> {
    pub(super) fn delete(
        &self,
        references: ReferencePolicy,
        id: &CertificateId,
        plan: &mut Plan,
    ) -> Result<()> {
        let found = self.look.find(id);
        if found.is_none() && self.look.is_complete() {
            return Err(Error::not_found(id));
        }
        for placement in found.iter().flat_map(|one| &one.placements) {
            let scope = &placement.scope;
            match at_place(placement, self.account.capability(Verb::Deactivate).is_ok()) {
                AtPlace::Nothing => {}
                AtPlace::Undeploys(what) => {
                    plan.consequence(ConsequenceKind::Undeploys, Some(scope), what);
                }
                AtPlace::Refused => {
                    return Err(self
                        .refuse(
                            ErrorKind::Precondition,
                            format!(
                                "{id} is {} at {scope}: deactivate it there first, and wait until it is inactive",
                                placement.state
                            ),
                        )
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
        if let Some(places) = self.account.scopes()
            && places
                .iter()
                .any(|place| matches!(place, Scope::Organization))
        {
            let places: Vec<_> = places.iter().map(ToString::to_string).collect();
            plan.notes.push(format!(
                "only {} could be looked at: where it is active in another project, the vendor refuses",
                places.join(", ")
            ));
        }
        plan.step(self.operation(0), format!("delete {id}"));
        Ok(())
    }
}

/// What deleting a certificate means where it is.
#[derive(Debug, PartialEq, Eq)]
enum AtPlace {
    /// It is not in force there.
    Nothing,
    /// It ends there, in words.
    Undeploys(String),
    /// The vendor would refuse.
    Refused,
}

fn at_place(placement: &Placement, can_deactivate: bool) -> AtPlace {
    match (&placement.scope, placement.state) {
        (scope @ Scope::Environment { .. }, _) => {
            AtPlace::Undeploys(format!("it is taken away from {scope}"))
        }
        (scope @ Scope::Connector { .. }, _) => {
            AtPlace::Undeploys(format!("{scope} loses its certificate"))
        }
        (_, State::Inactive) => AtPlace::Nothing,
        // Where it is in force after all, the vendor refuses.
        (_, State::Unknown) if can_deactivate => AtPlace::Nothing,
        (scope, State::Unknown) => AtPlace::Undeploys(format!("it may be taken away from {scope}")),
        // Deleting is then how it ends.
        (scope, _) if !can_deactivate => {
            AtPlace::Undeploys(format!("it is taken away from {scope}"))
        }
        _ => AtPlace::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_means_where_it_is() {
        let environment = Scope::Environment {
            name: "prod".into(),
        };
        let connector = Scope::Connector { id: "7".into() };
        let undeploys = |what: &str| AtPlace::Undeploys(what.to_owned());
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
            (&Scope::Edge, State::Inactive, true, AtPlace::Nothing),
            (&Scope::Edge, State::Inactive, false, AtPlace::Nothing),
            (&Scope::Edge, State::Unknown, true, AtPlace::Nothing),
            (
                &Scope::Edge,
                State::Unknown,
                false,
                undeploys("it may be taken away from edge"),
            ),
            (&Scope::Edge, State::Active, true, AtPlace::Refused),
            (&Scope::Edge, State::Active, false, taken),
            (&Scope::Edge, State::Activating, true, AtPlace::Refused),
        ] {
            let placement = Placement::new(scope.clone(), state);
            assert_eq!(
                at_place(&placement, can_deactivate),
                expected,
                "{placement:?} {can_deactivate}"
            );
        }
    }
}
