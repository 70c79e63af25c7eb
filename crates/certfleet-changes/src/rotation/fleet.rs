//! One certificate replaced wherever a fleet has it.

use super::{Probe, Rotation, RotationOptions, RotationPlan, RotationSpec};
use crate::{
    AccountReport, Certificate, CertificateId, Change, ContentFetch, Error, ErrorKind, ErrorReport,
    Fleet, ListOptions, ProviderId, ReferencePolicy, Replace, Result, Scope, Upload, Verb, look,
};
use certfleet_http::Secret;
use certfleet_x509::Sha256;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What takes an old certificate's place, at every vendor.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Replacement {
    /// The new certificate, as PEM or DER.
    pub certificate: Vec<u8>,
    /// The new certificate with its private key, for vendors that keep one (Patchworks); without
    /// it, the certificate alone is sent there.
    pub key: Option<Secret>,
    /// The passphrase of that key.
    pub passphrase: Option<Secret>,
    /// How long the old ones stay, retired, before they are removed.
    pub soak: Duration,
    /// Whether the old ones stay.
    pub keep_old: bool,
}

/// A plan for a whole fleet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FleetRotationPlan {
    /// The certificate that is replaced.
    pub old: Sha256,
    /// The plan for every record that has it.
    pub parts: Vec<RotationPlan>,
    /// Records that have it and cannot be rotated.
    pub not_rotated: Vec<NotRotated>,
    /// How the listing of each account ended: where one is not complete, there may be more.
    pub accounts: Vec<AccountReport>,
}

/// A record that has the certificate and cannot be rotated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NotRotated {
    /// The record.
    pub id: CertificateId,
    /// Why.
    pub error: ErrorReport,
}

/// What became of a rotation over a whole fleet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FleetRotation {
    /// Every part.
    pub parts: Vec<FleetPart>,
}

/// What became of one part.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FleetPart {
    /// The account's vendor.
    pub provider: ProviderId,
    /// The account's name.
    pub account: String,
    /// The record that is replaced.
    pub old: CertificateId,
    /// How far it came; absent where it did not begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<Rotation>,
    /// Why it stopped, if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}

impl Replacement {
    /// A replacement without a key and without soaking, after which the old records are deleted.
    pub fn new(certificate: impl Into<Vec<u8>>) -> Self {
        Self {
            certificate: certificate.into(),
            key: None,
            passphrase: None,
            soak: Duration::ZERO,
            keep_old: false,
        }
    }
}

impl FleetRotation {
    /// Whether every part is done.
    pub fn is_done(&self) -> bool {
        self.parts.iter().all(|part| {
            part.rotation
                .as_ref()
                .is_some_and(|rotation| rotation.step == super::RotationStep::Done)
        })
    }
}

impl FleetRotationPlan {
    /// The kinds of consequence of all parts, each once.
    pub fn kinds(&self) -> Vec<crate::ConsequenceKind> {
        let mut kinds: Vec<_> = self.parts.iter().flat_map(RotationPlan::kinds).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

impl Fleet {
    /// What replacing a certificate would do wherever it is found by its fingerprint. Only reads.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: the new certificate cannot be read.
    /// [`ErrorKind::NotFound`]: no account that could be read has the old one.
    /// What cannot be rotated is in the plan, with the reason.
    pub async fn plan_rotation(
        &self,
        old: Sha256,
        replacement: &Replacement,
    ) -> Result<FleetRotationPlan> {
        crate::upload::public(&replacement.certificate)?;
        let inventory = self.inventory(ListOptions::content(ContentFetch::Fetch)).await;
        let mut plan = FleetRotationPlan {
            old,
            parts: Vec::new(),
            not_rotated: Vec::new(),
            accounts: inventory.accounts,
        };
        for one in inventory.certificates {
            if look::holds(&one, None, Some(old)) != Some(true) {
                continue;
            }
            match self.plan_part(&one, old, replacement).await {
                Ok(part) => plan.parts.push(part),
                Err(error) => plan.not_rotated.push(NotRotated {
                    id: one.id,
                    error: error.report(),
                }),
            }
        }
        if plan.parts.is_empty() && plan.not_rotated.is_empty() {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("no account that could be read has the certificate SHA-256 {old}"),
            ));
        }
        Ok(plan)
    }

    async fn plan_part(
        &self,
        one: &Certificate,
        old: Sha256,
        replacement: &Replacement,
    ) -> Result<RotationPlan> {
        let account = self.account(&one.id)?;
        let can = |verb| account.capabilities().get(verb).is_some();
        let (introduce, references) = if can(Verb::Replace) {
            let scopes: Vec<Scope> = one
                .placements
                .iter()
                .filter(|placement| {
                    look::holds(one, Some(&placement.scope), Some(old)) != Some(false)
                })
                .map(|placement| placement.scope.clone())
                .collect();
            let replace = Replace::new(
                one.id.clone(),
                &replacement.certificate,
                scopes,
                ReferencePolicy::Keep,
            )?;
            (Change::Replace(replace), ReferencePolicy::Keep)
        } else if can(Verb::Upload) {
            (
                Change::Upload(upload(one, account, replacement)?),
                ReferencePolicy::Keep,
            )
        } else {
            account.capability(Verb::Upload)?;
            return Err(Error::not_found(&one.id));
        };
        let mut spec = RotationSpec::new(one.id.clone(), introduce, references);
        spec.soak_seconds = replacement.soak.as_secs();
        spec.keep_old = replacement.keep_old;
        account.plan_rotation(spec).await
    }

    /// Carries out a plan, account after account: begins every part, or goes on with what is under
    /// way. A part that fails hides nothing of the others. `acknowledged` are the consequences that
    /// somebody agreed to.
    pub async fn rotate(
        &self,
        plan: FleetRotationPlan,
        acknowledged: &[crate::ConsequenceKind],
        probe: &impl Probe,
        options: RotationOptions,
        mut progress: impl FnMut(&Rotation) + Send,
    ) -> FleetRotation {
        let mut parts = Vec::new();
        for part in plan.parts {
            let old = part.spec.old.clone();
            let (provider, name) = (part.provider, part.account.clone());
            let begun = async {
                let account = self
                    .account(&old)?
                    .acknowledging(acknowledged.iter().copied());
                let rotation = account.begin_rotation(part).await?;
                Ok::<_, Error>((account, rotation))
            };
            let (rotation, error) = match begun.await {
                Err(error) => (None, Some(error)),
                Ok((account, rotation)) => {
                    let id = rotation.id.clone();
                    let rotated = account
                        .rotate(rotation, probe, options, &mut progress)
                        .await;
                    match rotated {
                        Ok(rotation) => (Some(rotation), None),
                        // The journal has it as far as it came.
                        Err(error) => {
                            let left = account.journal().rotations().unwrap_or_default();
                            (left.into_iter().find(|one| one.id == id), Some(error))
                        }
                    }
                }
            };
            parts.push(FleetPart {
                provider,
                account: name,
                old,
                rotation,
                error: error.as_ref().map(Error::report),
            });
        }
        FleetRotation { parts }
    }
}

/// The upload that puts the new one beside the old one.
fn upload(
    one: &Certificate,
    account: &crate::Account,
    replacement: &Replacement,
) -> Result<Upload> {
    let rules = crate::checks::rules(account.provider());
    let mut upload = match &replacement.key {
        Some(key) if rules.private_key => Upload::with_key(key.clone())?,
        _ => Upload::new(&replacement.certificate)?,
    };
    if rules.private_key
        && let Some(passphrase) = &replacement.passphrase
    {
        upload = upload.passphrase(passphrase.clone());
    }
    let [name, ..] = rules.fields;
    if name != crate::checks::Field::None
        && let Some(name) = &one.name
    {
        upload = upload.name(name);
    }
    let mut connectors = one
        .placements
        .iter()
        .filter(|placement| matches!(placement.scope, Scope::Connector { .. }));
    if let Some(first) = connectors.next() {
        upload = upload.at(first.scope.clone());
        if connectors.next().is_some() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{} is attached to several connectors, and an upload is attached to one: rotate it by hand",
                    one.id
                ),
            ));
        }
    }
    Ok(upload)
}
