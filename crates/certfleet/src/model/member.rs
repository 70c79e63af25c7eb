//! One certificate among the several of a content.

use super::{Certificate, CertificateContent};
use certfleet_x509::{Sha1, Sha256, X509};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One certificate among the several of a content, so that a message can say which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Member {
    /// Its place in the content, counted from 1.
    pub position: usize,
    /// How many certificates the content has.
    pub of: usize,
    /// What people call it: its subject, else its first alternative name, else its serial number.
    pub name: String,
    /// SHA-256 of its DER.
    pub sha256: Sha256,
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "certificate {} of {} ({})",
            self.position, self.of, self.name
        )
    }
}

/// Begin and end of validity.
pub(crate) type Validity = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

impl CertificateContent {
    /// Returns its certificates in their order, as far as they could be read.
    pub fn certificates(&self) -> impl Iterator<Item = &X509> {
        self.x509.as_deref().into_iter().chain(&self.chain)
    }

    /// Returns one of its certificates, counted from 0, by what names it. `None` where there is one
    /// certificate only, and where none was read: the content itself names it then.
    pub fn member(&self, index: usize) -> Option<Member> {
        let x509 = self.certificates().nth(index)?;
        (!self.chain.is_empty()).then(|| Member {
            position: index + 1,
            of: self.certificates().count(),
            name: x509.display_name().into_owned(),
            sha256: x509.sha256,
        })
    }

    /// Returns the first of its certificates that a fingerprint fits, counted from 0. Where none was read, the
    /// vendor's statement counts.
    pub fn position_of(
        &self,
        fits: impl Fn(Option<Sha256>, Option<Sha1>) -> bool,
    ) -> Option<usize> {
        if self.x509.is_some() {
            return self
                .certificates()
                .position(|x509| fits(Some(x509.sha256), Some(x509.sha1)));
        }
        let sha1 = self.reported.sha1.as_deref();
        fits(self.sha256, sha1.and_then(|text| text.parse().ok())).then_some(0)
    }

    /// Returns the validity of each of its certificates. The first is what the vendor reports where the
    /// certificate does not say.
    pub(crate) fn validities(&self) -> impl Iterator<Item = Validity> {
        let chain = self.chain.iter().map(|one| (one.not_before, one.not_after));
        std::iter::once((self.not_before, self.not_after)).chain(chain)
    }
}

impl Certificate {
    /// Returns the certificate that ends first, which [`not_after`](Self::not_after) is the end of. `None`
    /// where its content has one certificate only, and where no end is known.
    pub fn ends_first(&self) -> Option<Member> {
        let end = self.not_after?;
        self.contents.iter().find_map(|content| {
            let index = content
                .validities()
                .position(|(_, other)| other == Some(end))?;
            content.member(index)
        })
    }
}
