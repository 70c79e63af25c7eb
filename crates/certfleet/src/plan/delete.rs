//! What a deletion would do.

use super::{ConsequenceKind, Plan, planner::Planner};
use crate::{CertificateId, Error, ErrorKind, References, Result, Scope, State, Verb};

impl Planner<'_> {
    pub(super) fn delete(
        &self,
        references: References,
        id: &CertificateId,
        plan: &mut Plan,
    ) -> Result<()> {
        let found = self.look.find(id);
        if found.is_none() && self.look.is_complete() {
            return Err(Error::not_found(id));
        }
        for placement in found.iter().flat_map(|one| &one.placements) {
            let scope = &placement.scope;
            match scope {
                Scope::Environment { .. } => plan.consequence(
                    ConsequenceKind::Undeploys,
                    Some(scope),
                    format!("it is taken away from {scope}"),
                ),
                Scope::Connector { .. } => plan.consequence(
                    ConsequenceKind::Undeploys,
                    Some(scope),
                    format!("{scope} loses its certificate"),
                ),
                _ if matches!(placement.state, State::Inactive | State::Unknown) => {}
                // Where nothing can be deactivated, deleting is how it ends.
                _ if self.account.capability(Verb::Deactivate).is_err() => plan.consequence(
                    ConsequenceKind::Undeploys,
                    Some(scope),
                    format!("it is taken away from {scope}"),
                ),
                _ => {
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
            References::Detach => plan.consequence(
                ConsequenceKind::DetachesReferences,
                None,
                "JWKs made from it lose their reference",
            ),
            References::Delete => plan.consequence(
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
