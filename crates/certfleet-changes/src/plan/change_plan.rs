//! A plan: what a change would do, as it is shown, saved and agreed to.

use super::{certificates::PlannedContent, warnings::PlanWarning};
use crate::{
    Consequence, ConsequenceKind, OperationId,
    consequence::{difference, kinds_of},
    journal::Position,
};
use certfleet::{Change, ProviderId, Scope};
use serde::{Deserialize, Serialize};

/// What a change would do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Plan {
    /// Its name in the journal: a change that is made of it is known by that. Absent in plans of earlier
    /// versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<OperationId>,
    /// The account's provider.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// The change, with everything filled in that was left to be taken from what is there.
    pub change: Change,
    /// Whether it is so already: nothing would be sent.
    #[serde(alias = "already_so")]
    pub unchanged: bool,
    /// The certificates that it is about: those that are there, then what is put in place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<PlannedContent>,
    /// What is odd about them. Nothing of it has to be acknowledged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<PlanWarning>,
    /// What would be sent, in this order.
    pub steps: Vec<Step>,
    /// What follows. All of it has to be acknowledged before the change is applied.
    pub consequences: Vec<Consequence>,
    /// What a reader should know beyond that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// How far the journal went when this was planned: where another client made the same change since,
    /// applying this plan makes no second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal_position: Option<Position>,
}

/// One request of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Step {
    /// The client's operation.
    pub operation: String,
    /// What it does, for people.
    pub message: String,
}

impl Plan {
    /// Returns the kinds of its consequences, each once.
    pub fn kinds(&self) -> Vec<ConsequenceKind> {
        kinds_of(&self.consequences)
    }

    /// Says in words how the consequences of a newer plan for the same change differ from these; `None`
    /// where they do not.
    pub fn difference(&self, newer: &Self) -> Option<String> {
        difference(&self.consequences, &newer.consequences)
    }

    /// Takes in that nothing is to be sent, and why.
    pub(crate) fn nothing_to_do(&mut self, why: Vec<String>) {
        self.unchanged = true;
        self.steps.clear();
        self.consequences.clear();
        self.notes.extend(why);
    }

    pub(super) fn consequence(
        &mut self,
        kind: ConsequenceKind,
        scope: Option<&Scope>,
        message: impl Into<String>,
    ) {
        self.consequences
            .push(Consequence::new(kind, scope.cloned(), message));
    }

    pub(super) fn step(&mut self, operation: &str, message: impl Into<String>) {
        self.steps.push(Step {
            operation: operation.to_owned(),
            message: message.into(),
        });
    }
}
