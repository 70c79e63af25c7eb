//! Patchworks' account and what opens it.

use crate::{Account, Credential, Provider, Scope};

/// The API key of the Patchworks company, sent without a scheme.
pub const PATCHWORKS_KEY: &str = "sandbox-patchworks-api-key";
/// A login's token for it, sent as a bearer.
pub const PATCHWORKS_JWT: &str = "sandbox-patchworks-jwt";
/// A key without rights to certificates.
pub const PATCHWORKS_POWERLESS_KEY: &str = "sandbox-patchworks-viewer-key";
/// The company's connectors.
pub const PATCHWORKS_CONNECTORS: &[(u64, &str)] = &[
    (301, "SAP S/4HANA EU"),
    (302, "Bank payouts (SEPA)"),
    (303, "Shopify Plus"),
    (304, "Warehouse SFTP gateway"),
    (305, "Carrier tracking"),
    (306, "NetSuite sandbox"),
];

const HEADER: &str = "authorization";

pub(crate) fn all() -> Vec<Account> {
    vec![Account::new(
        Provider::Patchworks,
        "patchworks",
        &[
            Credential::Key {
                header: HEADER,
                key: PATCHWORKS_KEY,
            },
            Credential::Bearer(PATCHWORKS_JWT),
        ],
        Credential::Key {
            header: HEADER,
            key: PATCHWORKS_POWERLESS_KEY,
        },
        Scope::Company {
            connectors: PATCHWORKS_CONNECTORS,
        },
    )]
}
