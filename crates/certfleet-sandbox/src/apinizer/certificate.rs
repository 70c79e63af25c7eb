//! One certificate.

use crate::certificates::Certificate as X509;

/// A certificate of a project: one name, one entry for each environment.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) project: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) entries: Vec<Entry>,
}

impl Certificate {
    /// Each environment once, in order.
    pub(crate) fn environments(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for entry in &self.entries {
            if !names.contains(&entry.environment) {
                names.push(entry.environment.clone());
            }
        }
        names
    }
}

/// What an environment has under a certificate's name.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) environment: String,
    pub(crate) alias: String,
    pub(crate) x509: X509,
}
