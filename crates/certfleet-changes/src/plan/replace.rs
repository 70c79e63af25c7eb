//! What replacing a content would do.

use super::{
    Plan,
    planner::{Planner, names},
};
use crate::{Consequence, ConsequenceKind, evidence::Evidence, unnamed::at_risk};
use certfleet::{
    Change, ErrorKind, Result,
    change::{ReferencePolicy, Replace},
};

impl Planner<'_> {
    /// A replacement with alias and description taken from what is there.
    pub(super) fn filled(&self, change: Change) -> Result<Change> {
        let Change::Replace(mut replace) = change else {
            return Ok(change);
        };
        let one = self.find(&replace.id)?;
        if one.is_unreadable() {
            // Nothing could be kept of it, so that nothing could be put back.
            return Err(self.refuse(
                ErrorKind::Precondition,
                format!("the vendor's record of {} cannot be read, so that what is there could not be put back: look at the vendor's own pages", one.id),
            ));
        }
        if replace.alias.is_none() {
            let mut aliases: Vec<_> = one
                .placements
                .iter()
                .filter(|placement| replace.scopes.contains(&placement.scope))
                .filter_map(|placement| placement.alias.as_deref())
                .collect();
            aliases.sort_unstable();
            aliases.dedup();
            match aliases.as_slice() {
                [alias] => replace.alias = Some((*alias).to_owned()),
                [] => {
                    return Err(self.refuse(
                        ErrorKind::InvalidInput,
                        format!(
                            "{} has no alias in these environments: give one",
                            replace.id
                        ),
                    ));
                }
                several => {
                    return Err(self.refuse(
                        ErrorKind::InvalidInput,
                        format!(
                            "{} has several aliases in these environments ({}): give one, or replace them one by one",
                            replace.id,
                            several.join(", ")
                        ),
                    ));
                }
            }
        }
        if replace.description.is_none() {
            replace.description = one
                .description
                .clone()
                .filter(|text| !text.trim().is_empty());
        }
        if replace.description.is_none() && replace.references != ReferencePolicy::Keep {
            return Err(self.refuse(
                ErrorKind::InvalidInput,
                format!(
                    "{} has no description, and an update needs one: give one",
                    replace.id
                ),
            ));
        }
        Ok(Change::Replace(replace))
    }

    pub(super) fn replace(&self, change: &Change, plan: &mut Plan) -> Result<()> {
        let Change::Replace(replace) = change else {
            return Ok(());
        };
        let one = self.find(&replace.id)?;
        let same_names = one
            .placements
            .iter()
            .filter(|placement| replace.scopes.contains(&placement.scope))
            .all(|placement| placement.alias == replace.alias);
        let same_text = replace
            .description
            .as_ref()
            .is_none_or(|text| one.description.as_ref() == Some(text));
        plan.unchanged = same_names
            && same_text
            && matches!(self.snapshot.evidence(change, &[]), Evidence::Done { .. });
        let rules = self.account.rules();
        self.goes_live(replace, plan);
        let (kind, message) = match replace.references {
            ReferencePolicy::Detach => (
                ConsequenceKind::DetachesReferences,
                "JWKs made from the certificate lose their reference to it",
            ),
            ReferencePolicy::UpdateInProject | ReferencePolicy::UpdateEverywhere => (
                ConsequenceKind::UpdatesReferences,
                "JWKs made from the certificate are renewed from the new content",
            ),
            _ => {
                plan.notes.push(
                    "JWKs made from the old content keep its key: an import does not touch them"
                        .to_owned(),
                );
                plan.step(
                    self.nth_operation(1),
                    format!(
                        "replace the content of {} in {}",
                        replace.id,
                        names(&replace.scopes)
                    ),
                );
                return Ok(());
            }
        };
        plan.consequence(kind, None, message);
        plan.consequence(
            ConsequenceKind::AddsEntries,
            None,
            "an update adds entries beside the old ones instead of replacing them",
        );
        for scope in at_risk(replace, one, rules) {
            let message = format!(
                "{scope} is not named and may lose the certificate (inferred: the vendor's pages let an update replace the whole record); name it too, or use an import (references keep)"
            );
            plan.consequences
                .push(Consequence::new(ConsequenceKind::Undeploys, scope, message).inferred());
        }
        plan.step(
            self.nth_operation(0),
            format!("update {} in {}", replace.id, names(&replace.scopes)),
        );
        Ok(())
    }

    /// Says where the new content goes live, and whether the vendor says so.
    fn goes_live(&self, replace: &Replace, plan: &mut Plan) {
        let rules = self.account.rules();
        let is_import = replace.references == ReferencePolicy::Keep;
        for scope in &replace.scopes {
            if !self.scope_rules(scope, plan).deploys {
                continue;
            }
            let live =
                format!("the new content goes live in {scope} at once, in place of what is there");
            plan.consequences
                .push(if is_import && rules.keep_deploys_inferred {
                    let why = "the vendor's pages do not say so of an import";
                    Consequence::new(
                        ConsequenceKind::Deploys,
                        scope.clone(),
                        format!("{live} (inferred: {why})"),
                    )
                    .inferred()
                } else {
                    Consequence::new(ConsequenceKind::Deploys, scope.clone(), live)
                });
        }
    }
}
