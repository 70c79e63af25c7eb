//! Harbourgate's account and what opens it.

use crate::{Account, Credential, Scope, Provider};

/// The key of the Harbourgate account.
pub const HARBOURGATE_KEY: &str = "sandbox-harbourgate-key";
/// A login's token for it.
pub const HARBOURGATE_TOKEN: &str = "sandbox-harbourgate-token";
/// A key without rights to certificates.
pub const HARBOURGATE_POWERLESS_KEY: &str = "sandbox-harbourgate-viewer-key";

pub(super) const HEADER: &str = "x-harbourgate-key";

pub(crate) fn all() -> Vec<Account> {
    vec![Account::new(
        Provider::Harbourgate,
        "harbourgate",
        &[
            Credential::Key {
                header: HEADER,
                key: HARBOURGATE_KEY,
            },
            Credential::Bearer(HARBOURGATE_TOKEN),
        ],
        Credential::Key {
            header: HEADER,
            key: HARBOURGATE_POWERLESS_KEY,
        },
        Scope::Harbourgate,
    )]
}
