//! One certificate.

use chrono::{DateTime, Utc};

use crate::certificates::Certificate as X509;

/// A trusted authority.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) certificate: X509,
    pub(crate) created_at: DateTime<Utc>,
}

/// A certificate before it has an id.
pub(crate) struct New {
    pub(crate) name: String,
    pub(crate) certificate: X509,
    pub(crate) created_at: DateTime<Utc>,
}
