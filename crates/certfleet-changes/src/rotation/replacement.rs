//! One certificate replaced wherever a fleet has it.

use super::{RotationPlan, RotationSpec};
use crate::{ConsequenceKind, Writer, snapshot::holds};
use certfleet::{
    Account, AccountReport, Certificate, CertificateId, Change, Error, ErrorKind, ErrorReport,
    Result, Scope, Secret, Upload, Verb,
    adapter::{Field, UploadScopes},
    change::{ReferencePolicy, Replace},
    x509::Sha256,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};

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

impl Replacement {
    /// Returns a replacement without a key and without soaking, after which the old records are deleted.
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

impl FleetRotationPlan {
    /// Returns the kinds of consequence of all parts, each once.
    pub fn kinds(&self) -> Vec<ConsequenceKind> {
        let kinds: BTreeSet<_> = self.parts.iter().flat_map(RotationPlan::kinds).collect();
        kinds.into_iter().collect()
    }
}

impl Writer {
    /// Plans to replace one record's certificate: in place where the vendor can, otherwise by an upload
    /// beside it. Only reads.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`]: the vendor can neither replace nor upload; as
    /// [`plan_rotation`](Writer::plan_rotation).
    pub async fn plan_replacement(
        &self,
        one: &Certificate,
        old: Sha256,
        replacement: &Replacement,
    ) -> Result<RotationPlan> {
        let account = self.account();
        let can = |verb| account.capabilities().get(verb).is_some();
        let introduce = if can(Verb::Replace) {
            let scopes: Vec<Scope> = one
                .placements
                .iter()
                .filter(|placement| holds(one, Some(&placement.scope), Some(old)) != Some(false))
                .map(|placement| placement.scope.clone())
                .collect();
            Change::Replace(Replace::new(
                one.id.clone(),
                &replacement.certificate,
                scopes,
                ReferencePolicy::Keep,
            )?)
        } else {
            account.capability(Verb::Upload)?;
            Change::Upload(upload(one, account, replacement)?)
        };
        let mut spec = RotationSpec::new(one.id.clone(), introduce, ReferencePolicy::Keep);
        spec.soak_seconds = replacement.soak.as_secs();
        spec.keep_old = replacement.keep_old;
        self.plan_rotation(spec).await
    }
}

/// The upload that puts the new one beside the old one.
fn upload(one: &Certificate, account: &Account, replacement: &Replacement) -> Result<Upload> {
    let rules = account.rules();
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
    if name != Field::None
        && let Some(name) = &one.name
    {
        upload = upload.name(name);
    }
    let UploadScopes::Optional(kind) = rules.upload_scopes else {
        return Ok(upload);
    };
    let scopes = one.placements.iter().map(|placement| &placement.scope);
    let mut scopes = scopes.filter(|scope| scope.kind() == kind);
    if let Some(first) = scopes.next() {
        upload = upload.at(first.clone());
        if scopes.next().is_some() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{} is attached to several {kind}s, and an upload is attached to one: rotate it by hand",
                    one.id
                ),
            ));
        }
    }
    Ok(upload)
}
