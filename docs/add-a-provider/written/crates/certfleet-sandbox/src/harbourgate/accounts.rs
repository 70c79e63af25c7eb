//! Harbourgate's account and what opens it.

use crate::call::Call;
use crate::{Account, Credential, Place, Vendor};

/// The key of the Harbourgate account.
pub const HARBOURGATE_KEY: &str = "sandbox-harbourgate-key";
/// A login's token for it.
pub const HARBOURGATE_TOKEN: &str = "sandbox-harbourgate-token";
/// A key without rights to certificates.
pub const HARBOURGATE_POWERLESS_KEY: &str = "sandbox-harbourgate-viewer-key";

const HEADER: &str = "x-harbourgate-key";

pub(crate) fn account() -> Account {
    Account {
        vendor: Vendor::Harbourgate,
        name: "harbourgate",
        base_path: Vendor::Harbourgate.base_path(),
        credentials: &[
            Credential::Key {
                header: HEADER,
                key: HARBOURGATE_KEY,
            },
            Credential::Bearer(HARBOURGATE_TOKEN),
        ],
        powerless: Credential::Key {
            header: HEADER,
            key: HARBOURGATE_POWERLESS_KEY,
        },
        place: Place::Harbourgate,
    }
}

/// The secret that a request carries, in whichever way.
pub(super) fn secret(call: &Call) -> Option<&str> {
    call.header(HEADER).or_else(|| call.bearer())
}
