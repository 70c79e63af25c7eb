//! What a rotation would do.

use super::{RotationSpec, RotationStep};
use crate::{
    Consequence, ConsequenceKind, PlanWarning, PlannedContent, PlannedPart, Writer,
    consequence::{difference, kinds_of},
    journal::Position,
    plan::{Prepared, of_contents},
    snapshot::{Snapshot, holds},
};
use certfleet::{
    Change, ErrorKind, ProviderId, Result, Scope, Verb, adapter::Rules, change::ReferencePolicy,
};
use serde::{Deserialize, Serialize};

/// What a rotation would do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RotationPlan {
    /// The account's provider.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// What is to be done, with everything filled in that was left to be taken from what is there.
    pub spec: RotationSpec,
    /// Where the old one is in force.
    pub scopes: Vec<Scope>,
    /// The old certificate, then the new one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<PlannedContent>,
    /// What is odd about the new one, for itself and beside the old one. Nothing of it has to be acknowledged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<PlanWarning>,
    /// Every step, and what it does.
    pub steps: Vec<PlannedStep>,
    /// What follows from all steps. All of it has to be acknowledged.
    pub consequences: Vec<Consequence>,
    /// What a reader should know beyond that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// How far the journal went when this was planned: where another client has made the same rotation
    /// since, beginning this plan makes no second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal_position: Option<Position>,
}

/// A step of a rotation's plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedStep {
    /// The step.
    pub step: RotationStep,
    /// What it does, for people; absent where there is nothing to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl RotationPlan {
    /// Returns the kinds of its consequences, each once.
    pub fn kinds(&self) -> Vec<ConsequenceKind> {
        kinds_of(&self.consequences)
    }

    /// Says in words how the consequences of a newer plan for the same rotation differ from these; `None`
    /// where they do not.
    pub fn difference(&self, newer: &Self) -> Option<String> {
        difference(&self.consequences, &newer.consequences)
    }
}

impl Writer {
    /// Plans a rotation. Only reads.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: what introduces the new one is not an upload, a generation or a
    /// replacement of the old one; as [`plan`](Writer::plan) of that change.
    pub async fn plan_rotation(&self, spec: RotationSpec) -> Result<RotationPlan> {
        let account = self.account();
        account.own(&spec.old)?;
        let in_place = self.replaces_in_place(&spec)?;
        let journal = self.journal().read().await?;
        let position = journal.position();
        let writer = self.within_turn();
        let snapshot = writer.snapshot(&spec.introduce, &journal).await?;
        let Prepared { plan, .. } = writer.prepare(spec.introduce.clone(), &journal).await?;
        let old = match snapshot.find(&spec.old) {
            Some(old) => Some(old),
            None if snapshot.lists_all() => return Err(snapshot.missing(&spec.old)),
            None => None,
        };
        self.ensure_readable(&snapshot, &spec.old)?;
        if let (Some(old), Some(new)) = (old, spec.introduce.sha256())
            && !in_place
            && holds(old, None, Some(new)) == Some(true)
        {
            return Err(self.refusal(
                ErrorKind::InvalidInput,
                format!(
                    "{} holds that certificate already. Nothing was sent",
                    spec.old
                ),
            ));
        }
        let switches = account.capabilities().get(Verb::Activate).is_some();
        let mut scopes = account.scopes().filter(|_| switches).unwrap_or_default();
        let is_in_force = |scope: &Scope| snapshot.in_force(&spec.old, scope) == Some(true);
        let in_force: Vec<_> = scopes
            .iter()
            .filter(|scope| is_in_force(scope))
            .cloned()
            .collect();
        // Also where the new one has to be active first, whatever is said of the old one there.
        let is_needed = |scope: &Scope| {
            let mut rules = in_force
                .iter()
                .filter_map(|at| account.rules().scope(at.kind()));
            rules.any(|rules| rules.hands_over && rules.needs == Some(scope.kind()))
        };
        scopes.retain(|scope| in_force.contains(scope) || is_needed(scope));
        let mut rotation = RotationPlan {
            provider: account.provider(),
            account: account.name().to_owned(),
            contents: Vec::new(),
            warnings: Vec::new(),
            steps: Vec::new(),
            consequences: plan.consequences,
            notes: plan.notes,
            journal_position: Some(position),
            spec: RotationSpec {
                introduce: plan.change,
                ..spec
            },
            scopes,
        };
        if rotation.scopes.is_empty() && switches {
            rotation.notes.push(format!(
                "{} is in force nowhere: the new one is not activated either",
                rotation.spec.old
            ));
        }
        describe(&mut rotation, account.rules(), in_place, plan.unchanged);
        writer.add_rotated(&mut rotation, &snapshot).await;
        Ok(rotation)
    }

    /// Adds the certificates, and what is odd about the new one.
    async fn add_rotated(&self, plan: &mut RotationPlan, snapshot: &Snapshot) {
        let spec = &plan.spec;
        let scopes = match &spec.introduce {
            Change::Replace(replace) => Some(replace.scopes.as_slice()),
            _ => None,
        };
        let old = self.whole(&spec.old, snapshot).await;
        plan.contents = PlannedContent::of_record(&old, PlannedPart::Old, scopes);
        let new = PlannedContent::introduced(&spec.introduce, old.name.as_deref());
        plan.contents.extend(new);
        plan.warnings = of_contents(&plan.contents, false, self.now());
        // The new one takes over the name of the old one, which goes in the end.
        let goes = (!spec.keep_old).then_some(std::slice::from_ref(&spec.old));
        let taken = self.name_taken(&spec.introduce, snapshot, goes.unwrap_or_default());
        plan.warnings.extend(taken);
    }

    /// Whether a rotation replaces the old record's content, rather than bringing a new record.
    fn replaces_in_place(&self, spec: &RotationSpec) -> Result<bool> {
        match &spec.introduce {
            Change::Upload(_) | Change::Generate(_) => Ok(false),
            Change::Replace(replace) if replace.id == spec.old => Ok(true),
            _ => Err(self.refusal(
                ErrorKind::InvalidInput,
                "a rotation begins with an upload, a generated certificate, or a replacement of the old one's content. Nothing was sent",
            )),
        }
    }
}

/// Adds the steps, and the consequences of those after the first.
fn describe(plan: &mut RotationPlan, rules: &Rules, in_place: bool, already_there: bool) {
    let removes = !in_place && !plan.spec.keep_old;
    add_consequences(plan, rules, removes);
    let old = plan.spec.old.clone();
    let (handed_over, beside): (Vec<_>, Vec<_>) = plan
        .scopes
        .iter()
        .partition(|scope| rules.hands_over(scope.kind()));
    let listed = |scopes: &[&Scope]| {
        let names: Vec<_> = scopes.iter().map(ToString::to_string).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let (at, handed_over) = (listed(&beside), listed(&handed_over));
    let introduce = match (already_there, &plan.spec.introduce) {
        (true, _) => "nothing: the new one is there already".to_owned(),
        (_, Change::Generate(_)) => "have the vendor make the new one".to_owned(),
        (_, Change::Replace(_)) => format!("replace the content of {old}; what is there is saved"),
        _ => "upload the new one".to_owned(),
    };
    let message = |step| match step {
        RotationStep::Preflight => Some(format!("look at {old}")),
        RotationStep::Introduce => Some(introduce.clone()),
        RotationStep::Activate => at
            .as_ref()
            .map(|at| format!("activate the new one at {at}")),
        RotationStep::AwaitActive => at.as_ref().map(|_| "wait until it is in force".to_owned()),
        RotationStep::Verify => Some("verify that the new one works".to_owned()),
        RotationStep::Retire => {
            let over = handed_over.as_ref().map(|at| {
                format!("activate the new one at {at}, where it takes the place of {old}")
            });
            let off = at.as_ref().map(|at| format!("deactivate {old} at {at}"));
            let parts: Vec<_> = over.into_iter().chain(off).collect();
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        RotationStep::Soak => {
            (plan.spec.soak_seconds > 0).then(|| format!("wait {} seconds", plan.spec.soak_seconds))
        }
        RotationStep::Remove => removes.then(|| format!("delete {old}")),
        RotationStep::Done | RotationStep::RolledBack => None,
    };
    plan.steps = RotationStep::ALL
        .into_iter()
        .filter(|step| *step != RotationStep::Done)
        .map(|step| PlannedStep {
            step,
            message: message(step),
        })
        .collect();
}

/// Adds what follows from the steps after the first.
fn add_consequences(plan: &mut RotationPlan, rules: &Rules, removes: bool) {
    let (old, references) = (plan.spec.old.clone(), plan.spec.references);
    for scope in &plan.scopes {
        let intercepts = rules
            .scope(scope.kind())
            .is_some_and(|rules| rules.intercepts);
        let (kind, what) = if intercepts {
            (
                ConsequenceKind::ClientsMustTrust,
                format!(
                    "{scope} signs with it in place of {old}: install it first on every device whose traffic is inspected. Where it is not trusted, connections fail"
                ),
            )
        } else {
            (
                ConsequenceKind::TrustEnds,
                format!("{old} is no longer accepted at {scope}"),
            )
        };
        let message = format!("once the new one is verified, {what}");
        plan.consequences
            .push(Consequence::new(kind, scope.clone(), message));
    }
    if removes {
        plan.consequences.push(Consequence::new(
            ConsequenceKind::CannotBeUndone,
            None,
            format!("in the end {old} is deleted, and is gone for good"),
        ));
        let kind = match references {
            ReferencePolicy::Detach => Some(ConsequenceKind::DetachesReferences),
            ReferencePolicy::Delete => Some(ConsequenceKind::DeletesReferences),
            _ => None,
        };
        plan.consequences.extend(kind.map(|kind| {
            Consequence::new(
                kind,
                None,
                format!("what refers to {old} is affected when it is deleted"),
            )
        }));
    }
}
