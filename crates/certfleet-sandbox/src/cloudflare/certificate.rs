//! One certificate.

use chrono::{DateTime, Utc};

use crate::certificates::Certificate as X509;
use crate::certificates::pem::Layout;

/// A certificate of an account.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) id: String,
    pub(crate) x509: X509,
    pub(crate) layout: Layout,
    /// Uploaded by the customer, not generated here.
    pub(crate) custom: bool,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) binding: Binding,
}

/// Whether a certificate is at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    Inactive,
    Available,
    /// On the way to [`Available`](Self::Available) until then.
    Deploying(DateTime<Utc>),
    /// On the way to [`Inactive`](Self::Inactive) until then.
    Removing(DateTime<Utc>),
}

impl Binding {
    /// What it has become by now.
    pub(crate) fn at(self, now: DateTime<Utc>) -> Self {
        match self {
            Self::Deploying(until) if until <= now => Self::Available,
            Self::Removing(until) if until <= now => Self::Inactive,
            other => other,
        }
    }

    /// As the API says it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::Available => "available",
            Self::Deploying(_) => "pending_deployment",
            Self::Removing(_) => "pending_deletion",
        }
    }
}
