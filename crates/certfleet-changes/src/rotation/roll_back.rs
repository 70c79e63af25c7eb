//! Undoing a rotation.

use super::{Rotation, RotationStep};
use crate::{
    Consequence, ConsequenceKind,
    consequence::kinds_of,
    journal::{AccountLock, OperationId, Saved},
    snapshot::Snapshot,
    writer::Writer,
};
use certfleet::{
    CertificateId, Change, ErrorKind, Result, Scope, Verb,
    change::{ReferencePolicy, Replace},
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
    /// Plans to undo a rotation. Nothing is read or sent.
    pub fn plan_roll_back(&self, rotation: &Rotation) -> RollBackPlan {
        let old = &rotation.spec.old;
        let (mut steps, mut consequences) = (Vec::new(), Vec::new());
        match Undo::from_rotation(rotation) {
            Undo::Nothing => {}
            Undo::Restore => {
                for (saved, scopes) in grouped(&rotation.saved) {
                    let names: Vec<_> = scopes.iter().map(ToString::to_string).collect();
                    let alias = saved.alias.as_deref().unwrap_or_default();
                    let at = names.join(", ");
                    steps.push(format!("import what {old} had in {at} (alias {alias:?})"));
                    consequences.extend(scopes.into_iter().map(|scope| {
                        let message =
                            format!("the content that was replaced goes live in {scope} again");
                        Consequence::new(ConsequenceKind::Deploys, scope, message)
                    }));
                }
            }
            Undo::SwitchBack(new) => {
                let scopes = &rotation.scopes;
                steps.extend(scopes.iter().map(|at| format!("activate {old} at {at}")));
                steps.extend(scopes.iter().map(|at| format!("deactivate {new} at {at}")));
                let rules = self.account().rules();
                for scope in scopes {
                    if rules
                        .scope(scope.kind())
                        .is_some_and(|rules| rules.enforces)
                    {
                        consequences.push(Consequence::new(
                            ConsequenceKind::TrustEnds,
                            scope.clone(),
                            format!("client certificates that {new} issued are no longer accepted at {scope}"),
                        ));
                    }
                }
            }
        }
        RollBackPlan {
            rotation: rotation.id.clone(),
            old: old.clone(),
            steps,
            consequences,
        }
    }

    /// Puts back what a rotation changed: the old one is in force again wherever it was, the new
    /// one nowhere. The new record stays, out of force. No private key is needed.
    ///
    /// The consequences of switching back have to be acknowledged like any others
    /// ([`plan_roll_back`](Self::plan_roll_back)).
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`]: the old one is removed, or may be: there is nothing to go back
    /// to. [`ErrorKind::Unsupported`]: the vendor cannot attach an old record again. As
    /// [`apply`](Writer::apply).
    pub async fn roll_back(&self, rotation: Rotation) -> Result<Rotation> {
        self.account().own(&rotation.spec.old)?;
        let turn = self.journal().lock(self.account()).await?;
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
            let snapshot = Snapshot::take(self.account(), &rotation.spec.introduce).await?;
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
        match Undo::from_rotation(&rotation) {
            Undo::Nothing => {}
            Undo::Restore => self.restore(&rotation, &turn).await?,
            Undo::SwitchBack(new) => self.switch_back(&rotation, new, &turn).await?,
        }
        rotation.step = RotationStep::RolledBack;
        rotation.failed = None;
        self.save(&rotation).await?;
        Ok(rotation)
    }

    async fn switch_back(
        &self,
        rotation: &Rotation,
        new: &CertificateId,
        turn: &AccountLock,
    ) -> Result<()> {
        let old = &rotation.spec.old;
        if self.account().capabilities().get(Verb::Activate).is_none() {
            return Err(self
                .refusal(
                    ErrorKind::Unsupported,
                    format!(
                        "{} offers no way to attach {old} again: do it on the vendor's own pages, then delete {new}",
                        self.account().provider(),
                    ),
                )
                .with_certificates([old.clone(), new.clone()]));
        }
        // The old one first, so that no moment is without either.
        for (id, active) in [(old, true), (new, false)] {
            for scope in &rotation.scopes {
                self.switch(rotation, id.clone(), scope.clone(), active, turn)
                    .await?;
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
