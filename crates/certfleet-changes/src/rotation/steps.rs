//! The steps of a rotation, each safe to be taken again after a crash, and by whoever takes it.

use super::{Probe, ProbeResult, Rotation, RotationOptions, RotationStep};
use crate::{
    journal::{AccountLock, Contents, Event},
    writer::Writer,
};
use certfleet::{
    Applied, Certificate, CertificateId, Change, Error, ErrorKind, Result, Role, Scope, State,
    Verb, adapter::Switching, change::SetActive,
};
use std::time::Duration;

/// The longest sleep at once while soaking, so that a machine that was suspended notices.
const NAP: Duration = Duration::from_secs(60);

/// The beginning of the note that says what is waited for.
const WAITS: &str = "verification waits: ";

/// The beginning of the note that says which other new certificates are not verified yet.
const HELD: &str = "the old one is kept until all new ones are verified: ";

impl Writer {
    /// Takes a rotation as far as it goes: to its end, to a probe that does not pass, to others that were
    /// begun with it and are not verified, or to the soak where it is not to be waited for. `progress`
    /// hears of every step that was taken. [`RotationGroup`](super::RotationGroup) takes several.
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
        self.resolve_own(&rotation).await?;
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

    /// Finds out what became of what an attempt before a crash left pending.
    pub(super) async fn resolve_own(&self, rotation: &Rotation) -> Result<()> {
        if self.has_pending(rotation).await? {
            let turn = self.turn("resume").await?;
            self.resolve_pending(&turn).await?;
        }
        Ok(())
    }

    /// Returns whether what became of a change of a rotation is not known.
    pub(super) async fn has_pending(&self, rotation: &Rotation) -> Result<bool> {
        let pending = self.journal().pending().await?;
        Ok(pending.iter().any(|one| {
            let intent = one.intent();
            intent.is_some_and(|intent| intent.rotation.as_ref() == Some(&rotation.id))
        }))
    }

    /// Takes one step of a rotation and saves it. Where the step comes back unchanged, something has
    /// to be waited for: the probe, the verification of others that were begun with it, or the end of the
    /// soak. Where another process has taken the step meanwhile, that is what comes back.
    ///
    /// # Errors
    /// Of the step. The rotation can be gone on with from where it stood.
    pub async fn advance(
        &self,
        mut rotation: Rotation,
        probe: &impl Probe,
        options: RotationOptions,
    ) -> Result<Rotation> {
        self.account().own(&rotation.spec.old)?;
        let agreed = self.acknowledging(rotation.acknowledged.iter().copied());
        let from = rotation.step;
        // Waiting holds up no other change.
        let waited = agreed.wait_for(&rotation, probe, options).await;
        let turn = self.turn(format_args!("rotation {}", rotation.id)).await?;
        let contents = self.journal().read().await?;
        if let Some(latest) = contents.rotation(&rotation.id)
            && latest.step != from
        {
            return Ok(rotation.replaced_by(latest));
        }
        let result = match waited {
            Ok(waited) => {
                agreed
                    .within_turn()
                    .step(&mut rotation, waited, options, &contents, &turn)
                    .await
            }
            Err(error) => Err(error),
        };
        rotation.failed = match &result {
            Ok(()) => rotation
                .failed
                .take()
                .filter(|_| rotation.step == RotationStep::Verify),
            Err(error) => Some(error.report()),
        };
        let saved = self.save(&rotation, &turn).await;
        result?;
        saved?;
        Ok(rotation)
    }

    /// Waits for what a step needs.
    async fn wait_for(
        &self,
        rotation: &Rotation,
        probe: &impl Probe,
        options: RotationOptions,
    ) -> Result<Waited> {
        match rotation.step {
            RotationStep::AwaitActive => {
                let ids = [new(rotation)?];
                let scopes = self.switched_beside(&rotation.scopes);
                if !scopes.is_empty() {
                    self.wait_in(&ids, &scopes, State::Active, options.wait, |_| ())
                        .await?;
                }
            }
            RotationStep::Verify => return self.verify(rotation, probe).await.map(Waited::Probe),
            RotationStep::Soak => {
                let is_over = self.soak(rotation, options).await;
                return Ok(Waited::Soak { is_over });
            }
            RotationStep::Remove if !rotation.keeps_old_record() => {
                self.wait_out_of_force(&rotation.spec.old, &rotation.scopes, options)
                    .await?;
            }
            _ => {}
        }
        Ok(Waited::Nothing)
    }

    /// Waits until a record that is to be deleted is out of force, where the vendor takes its time for that. Where it
    /// does so with its answer, the look before the deletion shows it. A record that is gone is out of force.
    pub(super) async fn wait_out_of_force(
        &self,
        id: &CertificateId,
        scopes: &[Scope],
        options: RotationOptions,
    ) -> Result<()> {
        let takes_time = |scope: &&Scope| {
            let rules = self.account().rules().scope(scope.kind());
            rules.is_none_or(|rules| rules.switching != Switching::AtOnce)
        };
        let scopes: Vec<_> = scopes.iter().filter(takes_time).cloned().collect();
        if scopes.is_empty() {
            return Ok(());
        }
        let ids = std::slice::from_ref(id);
        let waited = self
            .wait_in(ids, &scopes, State::Inactive, options.wait, |_| ())
            .await;
        match waited {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            waited => waited.map(drop),
        }
    }

    /// Takes a step whose turn it is, after what it needs was waited for.
    async fn step(
        &self,
        rotation: &mut Rotation,
        waited: Waited,
        options: RotationOptions,
        contents: &Contents,
        turn: &AccountLock,
    ) -> Result<()> {
        rotation.step = match rotation.step {
            RotationStep::Preflight => RotationStep::Introduce,
            RotationStep::Introduce => {
                self.introduce(rotation, turn).await?;
                RotationStep::Activate
            }
            RotationStep::Activate => {
                for scope in self.switched_beside(&rotation.scopes) {
                    self.switch(rotation, new(rotation)?, scope, true, turn)
                        .await?;
                }
                RotationStep::AwaitActive
            }
            RotationStep::AwaitActive => RotationStep::Verify,
            RotationStep::Verify => self.verified(rotation, waited)?,
            RotationStep::Retire => {
                rotation.notes.retain(|note| !note.starts_with(HELD));
                let others = not_verified(rotation, contents);
                if !others.is_empty() {
                    let names: Vec<_> = others.iter().map(ToString::to_string).collect();
                    rotation.notes.push(format!("{HELD}{}", names.join(", ")));
                    return Ok(());
                }
                self.retire(rotation, options, turn).await?;
                rotation.retired_at = Some(self.now());
                RotationStep::Soak
            }
            RotationStep::Soak => match waited {
                Waited::Soak { is_over: true } => RotationStep::Remove,
                _ => RotationStep::Soak,
            },
            RotationStep::Remove => {
                self.remove(rotation, turn).await?;
                RotationStep::Done
            }
            over @ (RotationStep::Done | RotationStep::RolledBack) => over,
        };
        Ok(())
    }

    /// The step after a verification.
    fn verified(&self, rotation: &mut Rotation, waited: Waited) -> Result<RotationStep> {
        let Waited::Probe(result) = waited else {
            return Ok(RotationStep::Verify);
        };
        rotation.notes.retain(|note| !note.starts_with(WAITS));
        let later = |rotation: &mut Rotation, why: String| {
            rotation.notes.push(format!("{WAITS}{why}"));
            Ok(RotationStep::Verify)
        };
        match (result, rotation.refused_at) {
            (ProbeResult::Passed, _) | (ProbeResult::Stated, None) => {
                rotation.refused_at = None;
                Ok(RotationStep::Retire)
            }
            (ProbeResult::Stated, Some(at)) => {
                let at = at.format("%Y-%m-%d %H:%M:%S UTC");
                later(
                    rotation,
                    format!(
                        "the operator said at {at} that it does not work; what is stated beforehand does not count against that"
                    ),
                )
            }
            (ProbeResult::Later(why), _) => later(rotation, why),
            (ProbeResult::Refused(why), _) => {
                rotation.refused_at = Some(self.now());
                Err(self.not_passed(&why))
            }
            (ProbeResult::Failed(why), _) => Err(self.not_passed(&why)),
        }
    }

    fn not_passed(&self, why: &str) -> Error {
        self.refusal(
            ErrorKind::Precondition,
            format!("the new certificate did not pass its verification: {why}. Nothing old was touched: go on once it passes, or roll back"),
        )
    }

    async fn verify(&self, rotation: &Rotation, probe: &impl Probe) -> Result<ProbeResult> {
        let certificate = self.introduced_record(rotation).await?;
        Ok(probe.probe(certificate).await)
    }

    /// The new record as the vendor has it, with its content where the vendor gives that.
    async fn introduced_record(&self, rotation: &Rotation) -> Result<Certificate> {
        let id = new(rotation)?;
        let account = self.account();
        let can_get = account.capabilities().get(Verb::Get).is_some();
        let journal = self.journal().read().await?;
        let known = self.known(&journal);
        if let Some(mut one) = known.and_then(|known| known.find(&id).cloned()) {
            if can_get && one.contents.iter().any(|held| held.x509.is_none()) {
                one.contents = self.contents(account, &id).await?;
            }
            return Ok(one);
        }
        if can_get {
            return account.get(&id).await;
        }
        let snapshot = self.look(account, Some(&rotation.spec.introduce)).await?;
        let found = snapshot.find(&id).cloned();
        Ok(found.unwrap_or_else(|| Certificate::new(id, Role::ClientIdentity)))
    }

    /// Returns whether the soak is over.
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

    pub(super) async fn switch(
        &self,
        rotation: &Rotation,
        id: CertificateId,
        scope: Scope,
        active: bool,
        turn: &AccountLock,
    ) -> Result<()> {
        let set = SetActive::new([id], scope);
        let change = if active {
            Change::Activate(set)
        } else {
            Change::Deactivate(set)
        };
        self.apply_part(rotation, change, turn).await.map(drop)
    }

    /// Carries out one change of a rotation.
    pub(super) async fn apply_part(
        &self,
        rotation: &Rotation,
        change: Change,
        turn: &AccountLock,
    ) -> Result<Applied> {
        let writer = self.part_of(&rotation.id);
        writer.admit(&change)?;
        let since = self.journal().read().await?.position();
        writer.apply_in_turn(change, since, None, turn).await
    }

    pub(super) async fn save(&self, rotation: &Rotation, turn: &AccountLock) -> Result<()> {
        let event = Event::Rotation(Box::new(rotation.clone()));
        self.record(&rotation.id, event, turn).await
    }
}

/// What was waited for before a step.
enum Waited {
    Nothing,
    Probe(ProbeResult),
    Soak { is_over: bool },
}

/// The old records of a rotation's group whose new ones are not verified: no old one may be retired before.
/// Those of which the journal has no rotation were never begun.
pub(super) fn not_verified(rotation: &Rotation, contents: &Contents) -> Vec<CertificateId> {
    let group = &rotation.spec.together;
    let rotations = contents.all_rotations();
    let is_verified = |old: &&CertificateId| {
        rotations.iter().any(|other| {
            other.spec.old == **old && other.spec.together == *group && other.is_verified()
        })
    };
    let others = group.iter().filter(|old| **old != rotation.spec.old);
    others.filter(|old| !is_verified(old)).cloned().collect()
}

/// The new record.
pub(super) fn new(rotation: &Rotation) -> Result<CertificateId> {
    rotation.new.clone().ok_or_else(|| {
        Error::new(
            ErrorKind::Precondition,
            format!("the rotation {} has no new certificate yet", rotation.id),
        )
    })
}
