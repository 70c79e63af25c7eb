//! One certificate.

use chrono::{DateTime, Utc};

/// A certificate of the company.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) connector: Option<u64>,
    /// As it was sent: it is not checked.
    pub(crate) content: String,
    pub(crate) passphrase: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// A certificate before it has an id.
pub(crate) struct New {
    pub(crate) name: Option<String>,
    pub(crate) connector: Option<u64>,
    pub(crate) content: String,
    pub(crate) passphrase: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
}
