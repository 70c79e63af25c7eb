//! The driver of rotations: one, or many that belong together, in one account or in a whole fleet.

use super::{Probe, Rotation, RotationOptions, RotationStep, steps::not_verified};
use crate::{Journal, writer::Writer};
use certfleet::{CertificateId, Change, ErrorReport, Result, Secret};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Rotations that belong together. No old certificate is retired before every new one is verified.
#[derive(Debug)]
pub struct RotationGroup {
    journal: Journal,
    parts: Vec<GroupPart>,
}

/// The rotation of one record, and what changes its account.
#[derive(Debug)]
pub(crate) struct GroupPart {
    writer: Writer,
    rotation: Rotation,
    error: Option<ErrorReport>,
}

/// How far the rotation of one record has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RotationPart {
    /// The record that is replaced.
    pub old: CertificateId,
    /// The rotation, as the journal has it.
    pub rotation: Rotation,
    /// Why it stopped, if a step failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}

/// How far a group has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct GroupReport {
    /// Every rotation of the group that was driven.
    pub parts: Vec<RotationPart>,
    /// Old records that belong to the group, and whose new ones are not verified: they were not driven, or
    /// a crash came before they were begun. Until they are, no old one is retired.
    pub held_by: Vec<CertificateId>,
}

/// Something that happens while rotations are driven.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RotationEvent<'a> {
    /// A step begins.
    Begins {
        /// The record that is replaced.
        old: &'a CertificateId,
        /// The step.
        step: RotationStep,
    },
    /// A step was taken.
    Taken {
        /// The record that is replaced.
        old: &'a CertificateId,
        /// The step.
        step: RotationStep,
    },
    /// A step failed. The rotations of other accounts go on, up to the barrier.
    Failed {
        /// The record that is replaced.
        old: &'a CertificateId,
        /// The step.
        step: RotationStep,
        /// Why.
        error: &'a ErrorReport,
    },
    /// The old one is retired, and is removed at a time.
    Soaks {
        /// The record that is replaced.
        old: &'a CertificateId,
        /// When it is removed, UTC.
        until: DateTime<Utc>,
    },
}

impl RotationPart {
    /// Returns a rotation that was not driven.
    pub fn untouched(rotation: Rotation) -> Self {
        Self {
            old: rotation.spec.old.clone(),
            rotation,
            error: None,
        }
    }

    /// Returns a rotation that stopped with an error.
    pub fn failed(rotation: Rotation, error: ErrorReport) -> Self {
        Self {
            error: Some(error),
            ..Self::untouched(rotation)
        }
    }
}

impl GroupReport {
    /// Returns whether no rotation has a step left.
    pub fn is_over(&self) -> bool {
        self.held_by.is_empty() && self.parts.iter().all(|part| part.rotation.is_over())
    }
}

impl GroupPart {
    pub(crate) fn new(writer: Writer, rotation: Rotation) -> Self {
        Self {
            writer,
            rotation,
            error: None,
        }
    }

    pub(crate) fn together(&self) -> &[CertificateId] {
        &self.rotation.spec.together
    }

    /// Makes the rotation one of a group, in the journal too.
    pub(crate) async fn join(&mut self, together: &[CertificateId]) -> Result<()> {
        if self.rotation.spec.together == together {
            return Ok(());
        }
        let turn = self.writer.turn("join rotations").await?;
        let contents = self.writer.journal().read().await?;
        if let Some(latest) = contents.rotation(&self.rotation.id) {
            // Another process may have taken it further.
            self.rotation = self.rotation.clone().replaced_by(latest);
        }
        self.rotation.spec.together = together.to_vec();
        self.writer.save(&self.rotation, &turn).await
    }

    /// Takes steps as long as `goes_on` says so, none fails, and nothing has to be waited for.
    async fn advance(
        &mut self,
        probe: &impl Probe,
        options: RotationOptions,
        progress: &mut (impl FnMut(RotationEvent<'_>) + Send),
        goes_on: impl Fn(RotationStep) -> bool,
    ) {
        while self.error.is_none() && !self.rotation.is_over() && goes_on(self.rotation.step) {
            let step = self.rotation.step;
            let old = self.rotation.spec.old.clone();
            progress(RotationEvent::Begins { old: &old, step });
            if let (RotationStep::Soak, Some(until)) = (step, self.rotation.soaks_until()) {
                progress(RotationEvent::Soaks { old: &old, until });
            }
            let advanced = self.writer.advance(self.rotation.clone(), probe, options);
            match advanced.await {
                Ok(rotation) => {
                    self.rotation = rotation;
                    if self.rotation.step == step {
                        return;
                    }
                    progress(RotationEvent::Taken { old: &old, step });
                }
                Err(error) => {
                    let error = error.report();
                    progress(RotationEvent::Failed {
                        old: &old,
                        step,
                        error: &error,
                    });
                    self.error = Some(error);
                }
            }
        }
    }
}

impl RotationGroup {
    pub(crate) fn new(journal: Journal, parts: Vec<GroupPart>) -> Self {
        Self { journal, parts }
    }

    /// Returns the rotations as they stand.
    pub fn rotations(&self) -> impl Iterator<Item = &Rotation> {
        self.parts.iter().map(|part| &part.rotation)
    }

    /// Attaches the secrets that uploads of saved rotations need again, where they are still to be sent. `key` is what
    /// [`Upload::with_key`](certfleet::Upload::with_key) takes.
    ///
    /// # Errors
    /// As [`Upload::attach_secrets`](certfleet::Upload::attach_secrets).
    pub fn attach_secrets(
        &mut self,
        key: Option<&Secret>,
        passphrase: Option<&Secret>,
    ) -> Result<()> {
        let is_waiting = |part: &&mut GroupPart| part.rotation.step <= RotationStep::Introduce;
        for part in self.parts.iter_mut().filter(is_waiting) {
            if let Change::Upload(upload) = &mut part.rotation.spec.introduce {
                let key = key.filter(|_| upload.with_key).cloned();
                let passphrase = passphrase.filter(|_| upload.with_passphrase).cloned();
                upload.attach_secrets(key, passphrase)?;
            }
        }
        Ok(())
    }

    /// Takes all of them as far as they go: up to their verification, then, if every one of the group is
    /// verified, to their ends, or to the soak where it is not to be waited for. A part that fails hides
    /// nothing of the others.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`](certfleet::ErrorKind::Journal): the journal cannot be read. What a step
    /// failed with is in the report.
    pub async fn run(
        &mut self,
        probe: &impl Probe,
        options: RotationOptions,
        mut progress: impl FnMut(RotationEvent<'_>) + Send,
    ) -> Result<GroupReport> {
        for part in &mut self.parts {
            // What stopped it before may have passed.
            part.error = None;
            part.writer.resolve_own(&part.rotation).await?;
        }
        // All to their verification, then all to the soak, then all to the end: what holds one up before
        // the barrier is known before another passes it.
        for until in [RotationStep::Retire, RotationStep::Soak, RotationStep::Done] {
            if until > RotationStep::Retire && !self.all_verified() {
                break;
            }
            for part in &mut self.parts {
                part.advance(probe, options, &mut progress, |step| step < until)
                    .await;
            }
        }
        self.report().await
    }

    /// Undoes all of them. A part that fails hides nothing of the others.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn roll_back(&mut self, options: RotationOptions) -> Result<GroupReport> {
        for part in &mut self.parts {
            let undone = part.writer.roll_back(part.rotation.clone(), options);
            match undone.await {
                Ok(rotation) => part.rotation = rotation,
                Err(error) => part.error = Some(error.report()),
            }
        }
        self.report().await
    }

    /// Returns what undoing each of them would do.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn plan_roll_back(&self) -> Result<Vec<super::RollBackPlan>> {
        let mut plans = Vec::new();
        for part in &self.parts {
            plans.push(part.writer.plan_roll_back(&part.rotation).await?);
        }
        Ok(plans)
    }

    fn all_verified(&self) -> bool {
        self.rotations().all(Rotation::is_verified)
    }

    /// Returns how far all have come, by the journal: also after [`run`](Self::run) was cut off.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn report(&self) -> Result<GroupReport> {
        let contents = self.journal.read().await?;
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|part| {
                let latest = contents.rotation(&part.rotation.id);
                RotationPart {
                    old: part.rotation.spec.old.clone(),
                    rotation: latest.unwrap_or(&part.rotation).clone(),
                    error: part.error.clone(),
                }
            })
            .collect();
        let held_by: BTreeSet<_> = parts
            .iter()
            .flat_map(|part| not_verified(&part.rotation, &contents))
            .filter(|old| !parts.iter().any(|part| part.old == *old))
            .collect();
        Ok(GroupReport {
            parts,
            held_by: held_by.into_iter().collect(),
        })
    }
}
