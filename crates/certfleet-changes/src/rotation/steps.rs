//! The steps of a rotation, each safe to be taken again after a crash.

use super::{Probe, Rotation, RotationOptions, RotationPlan, RotationStep, Verdict};
use crate::{
    Account, Applied, CertificateId, Change, Delete, Error, ErrorKind, How, Result, Scope,
    SetActive, State, Verb,
    journal::{Event, OperationId},
};
use std::time::Duration;

/// The longest sleep at once while soaking, so that a machine that was suspended notices.
const NAP: Duration = Duration::from_secs(60);

impl Account {
    /// Begins a rotation that was planned: it is in the journal when this returns, and nothing else
    /// is done yet.
    ///
    /// # Errors
    /// [`ErrorKind::NotAcknowledged`]; [`ErrorKind::Precondition`]: a rotation of the same record is
    /// under way; [`ErrorKind::Journal`].
    pub async fn begin_rotation(&self, plan: RotationPlan) -> Result<Rotation> {
        let missing: Vec<&str> = plan
            .kinds()
            .into_iter()
            .filter(|kind| !self.acknowledges(*kind))
            .map(crate::ConsequenceKind::as_str)
            .collect();
        if !missing.is_empty() {
            return Err(self.refusal(
                ErrorKind::NotAcknowledged,
                format!(
                    "acknowledge {} to go on. Nothing was sent",
                    missing.join(", ")
                ),
            ));
        }
        if let Some(other) = self
            .journal()
            .rotations()?
            .into_iter()
            .find(|other| other.spec.old == plan.spec.old)
        {
            return Err(self.refusal(
                ErrorKind::Precondition,
                format!(
                    "a rotation of {} is under way ({}, next is {}): go on with it or roll it back. Nothing was sent",
                    other.spec.old, other.id, other.step
                ),
            ));
        }
        let rotation = Rotation {
            acknowledged: plan.kinds(),
            id: OperationId::new(self.now()),
            provider: self.provider(),
            account: self.name().to_owned(),
            step: RotationStep::Introduce,
            new: None,
            scopes: plan.scopes,
            saved: Vec::new(),
            retired_at: None,
            failed: None,
            notes: plan.notes,
            spec: plan.spec,
        };
        self.save(&rotation).await?;
        Ok(rotation)
    }

    /// Takes a rotation as far as it goes: to its end, to a probe that does not pass, or to the soak
    /// where it is not to be waited for. `progress` hears of every step that was taken.
    ///
    /// What stopped it is its [`step`](Rotation::step) and [`failed`](Rotation::failed). Calling it
    /// again, with what [`Journal::rotations`](crate::Journal::rotations) gives after a crash, goes
    /// on from there.
    ///
    /// # Errors
    /// Of the step that failed. The journal has the rotation as it stood before that step, with the
    /// reason.
    pub async fn rotate(
        &self,
        mut rotation: Rotation,
        probe: &impl Probe,
        options: RotationOptions,
        mut progress: impl FnMut(&Rotation) + Send,
    ) -> Result<Rotation> {
        self.settle_own(&rotation).await?;
        while !rotation.is_over() {
            let before = rotation.step;
            rotation = self.advance(rotation, probe, options).await?;
            progress(&rotation);
            if rotation.step == before {
                break;
            }
        }
        Ok(rotation)
    }

    /// Finds out what became of what an attempt before a crash left open.
    async fn settle_own(&self, rotation: &Rotation) -> Result<()> {
        let left_open = self.journal().open()?.iter().any(|open| {
            matches!(&open.begun.event, Event::Begun(intent)
                if intent.rotation.as_ref() == Some(&rotation.id))
        });
        if left_open {
            self.resume().await?;
        }
        Ok(())
    }

    /// Takes one step of a rotation and saves it. Where the step comes back unchanged, something has
    /// to be waited for: the probe, or the end of the soak.
    ///
    /// # Errors
    /// Of the step. The rotation can be gone on with from where it stood.
    pub async fn advance(
        &self,
        mut rotation: Rotation,
        probe: &impl Probe,
        options: RotationOptions,
    ) -> Result<Rotation> {
        self.own(&rotation.spec.old)?;
        let agreed = self.acknowledging(rotation.acknowledged.iter().copied());
        let result = agreed.step(&mut rotation, probe, options).await;
        rotation.failed = match &result {
            Ok(()) => rotation
                .failed
                .take()
                .filter(|_| rotation.step == RotationStep::Verify),
            Err(error) => Some(error.report()),
        };
        let saved = self.save(&rotation).await;
        result?;
        saved?;
        Ok(rotation)
    }

    async fn step(
        &self,
        rotation: &mut Rotation,
        probe: &impl Probe,
        options: RotationOptions,
    ) -> Result<()> {
        rotation.step = match rotation.step {
            RotationStep::Preflight => RotationStep::Introduce,
            RotationStep::Introduce => {
                self.introduce(rotation).await?;
                RotationStep::Activate
            }
            RotationStep::Activate => {
                for scope in rotation.scopes.clone() {
                    self.switch(rotation, new(rotation)?, scope, true).await?;
                }
                RotationStep::AwaitActive
            }
            RotationStep::AwaitActive => {
                for scope in &rotation.scopes {
                    let ids = [new(rotation)?];
                    self.wait(&ids, scope, State::Active, options.waiting, |_| ())
                        .await?;
                }
                RotationStep::Verify
            }
            RotationStep::Verify => match self.verify(rotation, probe).await? {
                Verdict::Passed => RotationStep::Retire,
                Verdict::Failed(why) => {
                    return Err(self.refusal(
                        ErrorKind::Precondition,
                        format!("the new certificate did not pass its verification: {why}. Nothing old was touched: go on once it passes, or roll back"),
                    ));
                }
                Verdict::Later(why) => {
                    rotation.notes.retain(|note| !note.starts_with(WAITS));
                    rotation.notes.push(format!("{WAITS}{why}"));
                    RotationStep::Verify
                }
            },
            RotationStep::Retire => {
                self.retire(rotation).await?;
                rotation.retired_at = Some(self.now());
                RotationStep::Soak
            }
            RotationStep::Soak => {
                if self.soak(rotation, options).await {
                    RotationStep::Remove
                } else {
                    RotationStep::Soak
                }
            }
            RotationStep::Remove => {
                self.remove(rotation, options).await?;
                RotationStep::Done
            }
            over @ (RotationStep::Done | RotationStep::RolledBack) => over,
        };
        Ok(())
    }

    async fn verify(&self, rotation: &Rotation, probe: &impl Probe) -> Result<Verdict> {
        let id = new(rotation)?;
        let certificate = if self.capabilities().get(Verb::Get).is_some() {
            self.get(&id).await?
        } else {
            let look = self.look(&rotation.spec.introduce).await?;
            look.find(&id)
                .cloned()
                .unwrap_or_else(|| crate::Certificate::new(id, crate::Role::ClientIdentity))
        };
        Ok(probe.probe(certificate).await)
    }

    /// Takes the old one out of force everywhere, the new one being in force there first: what an
    /// organization has activated hides the switches of its projects until it is deactivated.
    async fn retire(&self, rotation: &mut Rotation) -> Result<()> {
        if self.capabilities().get(Verb::Deactivate).is_none() {
            return Ok(());
        }
        let old = rotation.spec.old.clone();
        let places = self.scopes().unwrap_or_default();
        // One round for each place is enough; one more finds nothing left.
        for _ in 0..=places.len() {
            let look = self.look(&rotation.spec.introduce).await?;
            let Some(scope) = places
                .iter()
                .find(|scope| look.in_force(&old, scope) == Some(true))
            else {
                return Ok(());
            };
            if !rotation.scopes.contains(scope) {
                // On the disk before it is changed, so that it can be put back.
                rotation.scopes.push(scope.clone());
                self.save(rotation).await?;
            }
            let new = new(rotation)?;
            // Where that is hidden, setting it once more does no harm.
            if look.in_force(&new, scope) != Some(true) {
                self.switch(rotation, new, scope.clone(), true).await?;
            }
            self.switch(rotation, old.clone(), scope.clone(), false)
                .await?;
        }
        Ok(())
    }

    /// Whether the soak is over.
    async fn soak(&self, rotation: &Rotation, options: RotationOptions) -> bool {
        while let Some(until) = rotation.soaks_until() {
            let Ok(left) = until.signed_duration_since(self.now()).to_std() else {
                return true;
            };
            if left.is_zero() {
                return true;
            }
            if !options.wait_for_soak {
                return false;
            }
            tokio::time::sleep(left.min(NAP)).await;
        }
        true
    }

    async fn remove(&self, rotation: &Rotation, options: RotationOptions) -> Result<()> {
        let old = &rotation.spec.old;
        if rotation.spec.keep_old || rotation.new.as_ref() == Some(old) {
            return Ok(());
        }
        for scope in &rotation.scopes {
            let ids = [old.clone()];
            let waited = self
                .wait(&ids, scope, State::Inactive, options.waiting, |_| ())
                .await;
            match waited {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                waited => waited?,
            };
        }
        let change = Change::Delete(Delete {
            id: old.clone(),
            references: rotation.spec.references,
        });
        match self.part_of(rotation).apply(change).await {
            // It is gone, as it should be; an attempt before a crash may have done it.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            applied => {
                applied?;
            }
        }
        self.close_removals(rotation).await
    }

    /// Ends what an attempt before a crash left open: the old one is gone, which not every vendor can
    /// be asked about.
    async fn close_removals(&self, rotation: &Rotation) -> Result<()> {
        for open in self.journal().open()? {
            let Event::Begun(intent) = &open.begun.event else {
                continue;
            };
            if intent.rotation.as_ref() == Some(&rotation.id)
                && matches!(&intent.change, Change::Delete(delete) if delete.id == rotation.spec.old)
            {
                let applied = Applied::new(How::Recovered, Vec::new());
                let ending = Event::Ended(Box::new(crate::apply::ending(&applied)));
                self.write(&open.begun.operation, ending).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn switch(
        &self,
        rotation: &Rotation,
        id: CertificateId,
        scope: Scope,
        active: bool,
    ) -> Result<()> {
        let set = SetActive::new([id], scope);
        let change = if active {
            Change::Activate(set)
        } else {
            Change::Deactivate(set)
        };
        self.part_of(rotation).apply(change).await.map(|_| ())
    }

    pub(super) async fn save(&self, rotation: &Rotation) -> Result<()> {
        let event = Event::Rotation(Box::new(rotation.clone()));
        self.write(&rotation.id, event).await
    }
}

/// The beginning of the note that says what is waited for.
const WAITS: &str = "verification waits: ";

/// The new record.
pub(super) fn new(rotation: &Rotation) -> Result<CertificateId> {
    rotation.new.clone().ok_or_else(|| {
        Error::new(
            ErrorKind::Precondition,
            format!("the rotation {} has no new certificate yet", rotation.id),
        )
    })
}
