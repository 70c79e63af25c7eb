//! Plans in files.

use crate::output::{plan, rotation};
use certfleet_changes::{
    ConsequenceKind, Plan,
    rotation::{Rotation, RotationPlan},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    io::{self, Write},
};

/// The form of plan files that this version writes.
const VERSION: u32 = 3;

/// The oldest form of plan files that this version reads.
const OLDEST_VERSION: u32 = 1;

/// A plan in a file: of one change, or of the rotations of one certificate.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PlanFile {
    /// The form of the file.
    pub(crate) version: u32,
    /// When it was planned, UTC.
    pub(crate) made_at: DateTime<Utc>,
    /// The plan of a change; absent where rotations are planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<Box<Plan>>,
    /// The plans of a rotation, one for every record; none where a change is planned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rotations: Vec<RotationPlan>,
    /// Rotations of these records that were under way when it was planned.
    #[serde(skip)]
    pub(crate) under_way: Vec<Rotation>,
}

impl PlanFile {
    pub(crate) fn of_change(plan: Plan) -> Self {
        Self {
            version: VERSION,
            made_at: Utc::now(),
            plan: Some(Box::new(plan)),
            rotations: Vec::new(),
            under_way: Vec::new(),
        }
    }

    pub(crate) fn of_rotations(rotations: Vec<RotationPlan>, under_way: Vec<Rotation>) -> Self {
        Self {
            version: VERSION,
            made_at: Utc::now(),
            plan: None,
            rotations,
            under_way,
        }
    }

    /// Says what is wrong with a file that was read.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(OLDEST_VERSION..=VERSION).contains(&self.version) {
            return Err(format!(
                "is a plan of another form ({}; this version reads {OLDEST_VERSION} to {VERSION}): plan again",
                self.version
            ));
        }
        if self.plan.is_some() != self.rotations.is_empty() {
            return Err(
                "is not a plan of certfleet: it has to hold the plan of a change or of rotations, and not both"
                    .to_owned(),
            );
        }
        let mut olds = BTreeSet::new();
        let twice = self
            .rotations
            .iter()
            .find(|one| !olds.insert(&one.spec.old));
        twice.map_or(Ok(()), |one| {
            Err(format!(
                "is not a plan of certfleet: it rotates {} twice",
                one.spec.old
            ))
        })
    }

    /// Writes it for people. What is under way is not begun again.
    pub(crate) fn text(&self, out: &mut impl Write) -> io::Result<()> {
        if let Some(plan) = &self.plan {
            return plan::text(out, plan);
        }
        let is_under_way = |plan: &RotationPlan| {
            self.under_way
                .iter()
                .any(|one| one.spec.old == plan.spec.old)
        };
        let begun = self.rotations.iter().filter(|plan| !is_under_way(plan));
        let begun: Vec<_> = begun.cloned().collect();
        rotation::plans(out, &begun)?;
        rotation::under_way(out, &self.under_way)
    }

    /// Returns the kinds of consequence of everything in it, each once.
    pub(crate) fn kinds(&self) -> Vec<ConsequenceKind> {
        let of_change = self.plan.iter().flat_map(|plan| plan.kinds());
        let of_rotations = self.rotations.iter().flat_map(RotationPlan::kinds);
        let kinds: BTreeSet<_> = of_change.chain(of_rotations).collect();
        kinds.into_iter().collect()
    }
}
