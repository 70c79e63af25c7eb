//! Every write, as data: the same value is what is planned, sent, journalled and shown.

mod applied;
mod upload;

pub use applied::{Applied, How, ItemOutcome, ItemResult};
pub use upload::Upload;

use crate::{CertificateId, Error, ErrorKind, Result, Scope, Verb};
use certfleet_x509::{Sha256, X509};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// A write. Its serialised form holds no secret.
///
/// ```
/// use certfleet::{Change, Scope, Verb, change::SetActive};
///
/// let change = Change::Activate(SetActive {
///     ids: vec!["openai/production/cert_abc".parse()?],
///     scope: Scope::Organization,
///     allow_partial: false,
/// });
/// assert_eq!(change.verb(), Verb::Activate);
/// # Ok::<(), certfleet::model::InvalidId>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "verb", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// Put a certificate in place.
    Upload(Upload),
    /// Have the vendor make one, whose key it keeps. Not an upload.
    Generate(Generate),
    /// Give a record another name.
    Rename(Rename),
    /// Bring into force.
    Activate(SetActive),
    /// Take out of force.
    Deactivate(SetActive),
    /// Replace the content of a record in place.
    Replace(Replace),
    /// Delete a record.
    Delete(Delete),
}

/// Have the vendor make a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Generate {
    /// For how many days it is to be valid; the vendor's default where absent (Cloudflare: 1825).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_days: Option<NonZeroU32>,
}

/// Give a record another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rename {
    /// The record.
    pub id: CertificateId,
    /// Its new name.
    pub name: String,
}

/// Bring certificates into force in one scope, or take them out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetActive {
    /// The records.
    pub ids: Vec<CertificateId>,
    /// The scope.
    pub scope: Scope,
    /// Whether more certificates than one request takes may be sent in several, of which some may
    /// fail. Without it they are refused.
    #[serde(
        default,
        alias = "not_atomic",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub allow_partial: bool,
}

/// Replace the content of a record in some of its environments, and leave the others (Apinizer).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replace {
    /// The record.
    pub id: CertificateId,
    /// The new certificate, as PEM.
    pub certificate: String,
    /// The environments whose content is replaced.
    pub scopes: Vec<Scope>,
    /// The alias there; where absent, the one they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The record's description; where absent, the one it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What becomes of the JWKs made from the old content. [`ReferencePolicy::Keep`] sends an import,
    /// which replaces the entries of these environments; the others send an update, which adds
    /// entries beside the old ones.
    pub references: ReferencePolicy,
}

/// Delete a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Delete {
    /// The record.
    pub id: CertificateId,
    /// What becomes of what refers to it.
    pub references: ReferencePolicy,
}

/// What becomes of what refers to a certificate: Apinizer's JWKs. There is no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReferencePolicy {
    /// Nothing refers to it, or what does stays as it is. The only choice where a vendor has no
    /// references; not possible when Apinizer deletes.
    Keep,
    /// They stay and lose their reference (`NULLIFY`).
    Detach,
    /// They are renewed from the new content, in the record's project (`UPDATE`, `SAME_PROJECT`).
    UpdateInProject,
    /// They are renewed from the new content, in all projects (`UPDATE`, `ALL_PROJECTS`).
    UpdateEverywhere,
    /// They are deleted too (`DELETE`).
    Delete,
}

impl ReferencePolicy {
    /// Returns its name in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Detach => "detach",
            Self::UpdateInProject => "update_in_project",
            Self::UpdateEverywhere => "update_everywhere",
            Self::Delete => "delete",
        }
    }
}

impl SetActive {
    /// Returns certificates and a scope, for one request or none at all.
    pub fn new(ids: impl IntoIterator<Item = CertificateId>, scope: Scope) -> Self {
        Self {
            ids: ids.into_iter().collect(),
            scope,
            allow_partial: false,
        }
    }

    /// Allows several requests where one does not take them all: some may then fail.
    #[must_use]
    pub fn allow_partial(mut self) -> Self {
        self.allow_partial = true;
        self
    }
}

impl Replace {
    /// Returns a replacement in these scopes. `certificate` is PEM or DER.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: it cannot be read, or holds a private key.
    pub fn new(
        id: CertificateId,
        certificate: &[u8],
        scopes: impl IntoIterator<Item = Scope>,
        references: ReferencePolicy,
    ) -> Result<Self> {
        Ok(Self {
            id,
            certificate: upload::public(certificate)?,
            scopes: scopes.into_iter().collect(),
            alias: None,
            description: None,
            references,
        })
    }

    /// Sets the alias.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<String>) -> Self {
        self.alias = Some(alias.into());
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

impl Change {
    /// Returns what it does.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Upload(_) => Verb::Upload,
            Self::Generate(_) => Verb::Generate,
            Self::Rename(_) => Verb::Rename,
            Self::Activate(_) => Verb::Activate,
            Self::Deactivate(_) => Verb::Deactivate,
            Self::Replace(_) => Verb::Replace,
            Self::Delete(_) => Verb::Delete,
        }
    }

    /// Returns the records that it addresses; none where it makes one.
    pub fn ids(&self) -> &[CertificateId] {
        match self {
            Self::Upload(_) | Self::Generate(_) => &[],
            Self::Rename(Rename { id, .. })
            | Self::Replace(Replace { id, .. })
            | Self::Delete(Delete { id, .. }) => std::slice::from_ref(id),
            Self::Activate(set) | Self::Deactivate(set) => &set.ids,
        }
    }

    /// Returns the scopes that it names.
    pub fn scopes(&self) -> &[Scope] {
        match self {
            Self::Upload(upload) => &upload.scopes,
            Self::Replace(replace) => &replace.scopes,
            Self::Activate(set) | Self::Deactivate(set) => std::slice::from_ref(&set.scope),
            Self::Generate(_) | Self::Rename(_) | Self::Delete(_) => &[],
        }
    }

    /// Returns the certificates that it puts in place, the first one first; empty for other changes, and for a
    /// PKCS#12 file, which is not opened.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: the content is not a certificate.
    pub fn certificates(&self) -> Result<Vec<X509>> {
        let pem = match self {
            Self::Upload(upload) => &upload.certificate,
            Self::Replace(replace) => &replace.certificate,
            _ => return Ok(Vec::new()),
        };
        if pem.is_empty() {
            return Ok(Vec::new());
        }
        certfleet_x509::read_all(pem.as_bytes()).map_err(|error| {
            Error::new(
                ErrorKind::InvalidInput,
                format!("the certificate cannot be read: {error}. Nothing was sent"),
            )
        })
    }

    /// Returns the SHA-256 of the first certificate that it puts in place.
    pub fn sha256(&self) -> Option<Sha256> {
        let certificates = self.certificates().ok()?;
        certificates.first().map(|first| first.sha256)
    }
}
