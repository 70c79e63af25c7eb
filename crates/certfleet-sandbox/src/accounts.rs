//! The accounts the sandbox has. They and what opens them are fixed and public: nothing here opens anything but a sandbox.

use crate::{Account, apinizer, cloudflare, openai, patchworks};

/// Every account.
pub(crate) fn all() -> Vec<Account> {
    [
        openai::accounts::all(),
        cloudflare::accounts::all(),
        patchworks::accounts::all(),
        apinizer::accounts::all(),
        // new-provider: account
    ]
    .concat()
}
