//! One certificate.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::certificates::Certificate as X509;

/// A certificate of the organization.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) pem: String,
    pub(crate) chain: Vec<X509>,
    pub(crate) valid_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) active: bool,
    pub(crate) projects: BTreeSet<String>,
}
