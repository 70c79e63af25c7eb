//! Contents that a change takes away, kept so that they can be put back.

use certfleet::{Certificate, CertificateContent, Scope};
use certfleet_x509::X509;
use serde::{Deserialize, Serialize};

/// A content before it was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Saved {
    /// The scope where it was.
    pub scope: Scope,
    /// Its alias there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The certificates, as PEM.
    pub certificate: String,
}

impl Saved {
    /// Returns what stands in some scopes of a record, as far as its contents are known.
    pub(crate) fn from_record(record: &Certificate, scopes: &[Scope]) -> Vec<Self> {
        let there = record
            .placements
            .iter()
            .filter(|placement| scopes.contains(&placement.scope));
        there
            .filter_map(|placement| {
                let content = record.contents.get(placement.content?)?;
                Some(Self {
                    scope: placement.scope.clone(),
                    alias: placement.alias.clone(),
                    certificate: pem(content)?,
                })
            })
            .collect()
    }
}

/// Returns a content as PEM, its first certificate first; `None` where it is not known.
pub(crate) fn pem(content: &CertificateContent) -> Option<String> {
    content.x509.as_ref()?;
    content.certificates().map(X509::to_pem).collect()
}
