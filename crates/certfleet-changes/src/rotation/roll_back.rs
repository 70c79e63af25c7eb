//! Undoing a rotation.

use super::{Rotation, RotationOptions, RotationStep};
use crate::{
    Consequence, ConsequenceKind,
    consequence::kinds_of,
    journal::{AccountLock, Contents, Ending, Entry, Event, OperationId, Saved},
    plan::clients_must_trust,
    writer::Writer,
};
use certfleet::{
    CertificateId, Change, ErrorKind, Result, Scope, Verb,
    change::{Delete, ReferencePolicy, Replace},
};
use serde::{Deserialize, Serialize};

/// What undoing a rotation would do, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RollBackPlan {
    /// The rotation.
    pub rotation: OperationId,
    /// The record that is in force again afterwards.
    pub old: CertificateId,
    /// What would be done, in this order, for people.
    pub steps: Vec<String>,
    /// What follows. All of it has to be acknowledged.
    pub consequences: Vec<Consequence>,
    /// What a reader should know beyond that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl RollBackPlan {
    /// Returns the kinds of its consequences, each once.
    pub fn kinds(&self) -> Vec<ConsequenceKind> {
        kinds_of(&self.consequences)
    }
}

/// What has to be put back.
enum Undo<'a> {
    /// Nothing is known to have come of the rotation. What a lost request may still bring is not in
    /// force, and resume finds it.
    Nothing,
    /// Contents were replaced.
    Restore,
    /// This new record was brought into force.
    SwitchBack(&'a CertificateId),
}

impl Undo<'_> {
    fn from_rotation(rotation: &Rotation) -> Undo<'_> {
        match (&rotation.new, &rotation.spec.introduce) {
            (None, Change::Replace(_)) if !rotation.saved.is_empty() => Undo::Restore,
            (None, _) => Undo::Nothing,
            (Some(_), Change::Replace(_)) => Undo::Restore,
            (Some(new), _) => Undo::SwitchBack(new),
        }
    }
}

impl Writer {
    /// Plans to undo a rotation. Only the journal is read.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: it cannot be read.
    pub async fn plan_roll_back(&self, rotation: &Rotation) -> Result<RollBackPlan> {
        let made = made_by(rotation, &self.journal().read().await?);
        let mut plan = RollBackPlan {
            rotation: rotation.id.clone(),
            old: rotation.spec.old.clone(),
            steps: Vec::new(),
            consequences: Vec::new(),
            notes: Vec::new(),
        };
        let mut rotation = rotation.clone();
        rotation.new = rotation.new.or_else(|| made.clone());
        match Undo::from_rotation(&rotation) {
            Undo::Nothing => plan.notes.push(
                "nothing is known to have come of it: only its end is written to the journal"
                    .to_owned(),
            ),
            Undo::Restore => plan_restore(&rotation, &mut plan),
            Undo::SwitchBack(new) if !self.can_switch() => {
                plan.notes.push(self.cannot_switch(&rotation.spec.old, new));
            }
            Undo::SwitchBack(new) => {
                self.plan_switch_back(&rotation, new, made.as_ref() == Some(new), &mut plan);
            }
        }
        Ok(plan)
    }

    fn plan_switch_back(
        &self,
        rotation: &Rotation,
        new: &CertificateId,
        is_made: bool,
        plan: &mut RollBackPlan,
    ) {
        let (old, scopes) = (&rotation.spec.old, &rotation.scopes);
        let activate = scopes.iter().map(|at| format!("activate {old} at {at}"));
        plan.steps.extend(activate);
        let beside = self.switched_beside(scopes);
        let deactivate = beside.iter().map(|at| format!("deactivate {new} at {at}"));
        plan.steps.extend(deactivate);
        let rules = self.account().rules();
        let intercepts = |scope: &&Scope| {
            let rules = rules.scope(scope.kind());
            rules.is_some_and(|rules| rules.intercepts) && rotation.is_verified()
        };
        for scope in scopes.iter().filter(intercepts) {
            let kind = ConsequenceKind::ClientsMustTrust;
            let message = clients_must_trust(old, scope);
            plan.consequences
                .push(Consequence::new(kind, scope.clone(), message));
        }
        let enforces = |scope: &&Scope| {
            let rules = rules.scope(scope.kind());
            rules.is_some_and(|rules| rules.enforces)
        };
        for scope in scopes.iter().filter(enforces) {
            let message =
                format!("client certificates that {new} issued are no longer accepted at {scope}");
            plan.consequences.push(Consequence::new(
                ConsequenceKind::TrustEnds,
                scope.clone(),
                message,
            ));
        }
        if is_made {
            plan.steps.push(format!("delete {new}"));
            plan.consequences.push(Consequence::new(
                ConsequenceKind::CannotBeUndone,
                None,
                format!("{new}, which this rotation made, is gone for good"),
            ));
        } else {
            plan.notes.push(format!(
                "{new} stays, out of force: the journal does not show that this rotation made it"
            ));
        }
    }

    /// Puts back what a rotation changed: the old one is in force again wherever it was, the new
    /// one nowhere. A new record that the rotation made is deleted. No private key is needed.
    ///
    /// The consequences have to be acknowledged like any others ([`plan_roll_back`](Self::plan_roll_back)).
    /// After an error it can be called again: what is undone already is left.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`]: the old one is removed, or may be: there is nothing to go back
    /// to. [`ErrorKind::Unsupported`]: the vendor cannot attach an old record again. As
    /// [`apply`](Writer::apply) and [`wait`](Writer::wait).
    pub async fn roll_back(
        &self,
        rotation: Rotation,
        options: RotationOptions,
    ) -> Result<Rotation> {
        self.account().own(&rotation.spec.old)?;
        let purpose = format_args!("roll back {}", rotation.id);
        let turn = self.turn(purpose).await?;
        let mut rotation = match self.journal().read().await?.rotation(&rotation.id) {
            // Another process may have gone on with it.
            Some(latest) => rotation.replaced_by(latest),
            None => rotation,
        };
        if rotation.is_over() {
            return Err(self.refusal(
                ErrorKind::Precondition,
                format!("the rotation {} is over", rotation.id),
            ));
        }
        if rotation.step == RotationStep::Remove {
            let snapshot = self.look(self.account(), None).await?;
            if snapshot.find(&rotation.spec.old).is_none() {
                if snapshot.lists_all() && !snapshot.is_complete() {
                    return Err(snapshot.missing(&rotation.spec.old));
                }
                return Err(self.refusal(
                    ErrorKind::Precondition,
                    format!(
                        "{} is removed: there is nothing to go back to",
                        rotation.spec.old
                    ),
                ));
            }
        }
        // What a crash left pending may be what made the new one.
        if self.has_pending(&rotation).await? {
            self.resolve_pending(&turn).await?;
        }
        let made = made_by(&rotation, &self.journal().read().await?);
        rotation.new = rotation.new.or_else(|| made.clone());
        let writer = self.within_turn();
        match Undo::from_rotation(&rotation) {
            Undo::Nothing => {}
            Undo::Restore => writer.restore(&rotation, &turn).await?,
            Undo::SwitchBack(new) => {
                writer.switch_back(&rotation, new, options, &turn).await?;
                if made.as_ref() == Some(new) {
                    writer.delete_made(&rotation, new, options, &turn).await?;
                }
            }
        }
        rotation.step = RotationStep::RolledBack;
        rotation.failed = None;
        rotation.notes.clear();
        self.save(&rotation, &turn).await?;
        Ok(rotation)
    }

    fn can_switch(&self) -> bool {
        self.account().capabilities().get(Verb::Activate).is_some()
    }

    fn cannot_switch(&self, old: &CertificateId, new: &CertificateId) -> String {
        let provider = self.account().provider();
        format!(
            "{provider} offers no way to attach {old} again: do it on the vendor's own pages, then delete {new}"
        )
    }

    /// Deletes the new record that a rotation made, once it is out of force. The turn is kept meanwhile, so
    /// that no other process goes on with the rotation.
    async fn delete_made(
        &self,
        rotation: &Rotation,
        new: &CertificateId,
        options: RotationOptions,
        turn: &AccountLock,
    ) -> Result<()> {
        self.wait_out_of_force(new, &rotation.scopes, options)
            .await?;
        let change = Change::Delete(Delete {
            id: new.clone(),
            references: rotation.spec.references,
        });
        match self.apply_part(rotation, change, turn).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            applied => applied.map(drop),
        }
    }

    async fn switch_back(
        &self,
        rotation: &Rotation,
        new: &CertificateId,
        options: RotationOptions,
        turn: &AccountLock,
    ) -> Result<()> {
        let old = &rotation.spec.old;
        if !self.can_switch() {
            return Err(self
                .refusal(ErrorKind::Unsupported, self.cannot_switch(old, new))
                .with_certificates([old.clone(), new.clone()]));
        }
        // The old one first, so that no moment is without either.
        let beside = self.switched_beside(&rotation.scopes);
        for (id, active) in [(old, true), (new, false)] {
            if !active {
                self.hand_back(rotation, new, options, turn).await?;
            }
            for scope in &beside {
                let switched = self.switch(rotation, id.clone(), scope.clone(), active, turn);
                match switched.await {
                    // An attempt before has deleted it already.
                    Err(error) if error.kind() == ErrorKind::NotFound && !active => {}
                    switched => switched?,
                }
            }
        }
        Ok(())
    }

    /// Imports the contents that were saved, those of one content and alias together.
    async fn restore(&self, rotation: &Rotation, turn: &AccountLock) -> Result<()> {
        for (saved, scopes) in grouped(&rotation.saved) {
            let replace = Replace {
                id: rotation.spec.old.clone(),
                certificate: saved.certificate.clone(),
                scopes,
                alias: saved.alias.clone(),
                description: None,
                references: ReferencePolicy::Keep,
            };
            self.apply_part(rotation, Change::Replace(replace), turn)
                .await?;
        }
        Ok(())
    }
}

fn plan_restore(rotation: &Rotation, plan: &mut RollBackPlan) {
    let old = &rotation.spec.old;
    for (saved, scopes) in grouped(&rotation.saved) {
        let names: Vec<_> = scopes.iter().map(ToString::to_string).collect();
        let alias = saved.alias.as_deref().unwrap_or_default();
        let at = names.join(", ");
        plan.steps
            .push(format!("import what {old} had in {at} (alias {alias:?})"));
        plan.consequences.extend(scopes.into_iter().map(|scope| {
            let message = format!("the content that was replaced goes live in {scope} again");
            Consequence::new(ConsequenceKind::Deploys, scope, message)
        }));
    }
}

/// The new record, where the journal shows that a rotation made it: what was there already is not its to
/// delete.
fn made_by(rotation: &Rotation, contents: &Contents) -> Option<CertificateId> {
    if !matches!(
        rotation.spec.introduce,
        Change::Upload(_) | Change::Generate(_)
    ) {
        return None;
    }
    let own = |entry: &&Entry| {
        matches!(&entry.event, Event::Begun(intent)
            if intent.rotation.as_ref() == Some(&rotation.id)
                && intent.change.verb() == rotation.spec.introduce.verb())
    };
    let begun = contents.entries.iter().filter(own);
    let made: Vec<_> = begun
        .filter_map(|begun| match contents.ending(&begun.operation)?.1 {
            Ending::Applied { certificates, .. } => certificates.first().cloned(),
            _ => None,
        })
        .collect();
    match &rotation.new {
        Some(new) => made.into_iter().find(|one| one == new),
        None => made.into_iter().next_back(),
    }
}

/// What was saved, those of one content and alias together.
fn grouped(all: &[Saved]) -> Vec<(&Saved, Vec<Scope>)> {
    let mut groups: Vec<(&Saved, Vec<Scope>)> = Vec::new();
    for saved in all {
        let same = groups.iter_mut().find(|(first, _)| {
            first.alias == saved.alias && first.certificate == saved.certificate
        });
        match same {
            Some((_, scopes)) => scopes.push(saved.scope.clone()),
            None => groups.push((saved, vec![saved.scope.clone()])),
        }
    }
    groups
}
