//! What the sandbox holds, for tests.

use crate::Provider;

/// Everything the sandbox holds at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Every certificate record, in each vendor's order of creation.
    pub records: Vec<Record>,
    /// Apinizer's JWKs.
    pub jwks: Vec<Jwk>,
}

impl Snapshot {
    /// How many records a vendor holds.
    #[must_use]
    pub fn count(&self, provider: Provider) -> usize {
        self.of(provider).count()
    }

    /// A vendor's records.
    pub fn of(&self, provider: Provider) -> impl Iterator<Item = &Record> {
        self.records
            .iter()
            .filter(move |record| record.provider == provider)
    }

    /// The record of this id or, at Apinizer, of this name.
    #[must_use]
    pub fn record(&self, provider: Provider, id: &str) -> Option<&Record> {
        self.of(provider).find(|record| record.id == id)
    }
}

/// One certificate record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Whose.
    pub provider: Provider,
    /// The account it is in: organization, account id, company or project.
    pub account: String,
    /// What its paths name it by.
    pub id: String,
    /// Its name, where the vendor has names.
    pub name: Option<String>,
    /// Where it is in force: `organization` and project ids, the binding status and `in_use`, the connector's id, or
    /// each entry's environment.
    pub placements: Vec<String>,
    /// SHA-256 of each certificate in it, lower-case hexadecimal; empty when the content is not readable.
    pub sha256: Vec<String>,
}

/// A JWK of an Apinizer project.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Jwk {
    /// Its project.
    pub project: String,
    /// Its name.
    pub name: String,
    /// The project and name of the certificate it was made from, while it refers to one.
    pub certificate: Option<(String, String)>,
    /// How often an update of that certificate renewed it.
    pub updates: u32,
}
