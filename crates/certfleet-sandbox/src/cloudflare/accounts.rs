//! Cloudflare's accounts and what opens them.

use crate::{Account, Credential, Provider, Scope};

/// The token of the first Cloudflare account.
pub const CLOUDFLARE_CORP_TOKEN: &str = "sandbox-cloudflare-corp-token";
/// The token of the second.
pub const CLOUDFLARE_LABS_TOKEN: &str = "sandbox-cloudflare-labs-token";
/// A token that may do nothing with Zero Trust certificates.
pub const CLOUDFLARE_POWERLESS_TOKEN: &str = "sandbox-cloudflare-dns-token";
/// The user both accounts know.
pub const CLOUDFLARE_EMAIL: &str = "ops@northwind.example";
/// That user's key.
pub const CLOUDFLARE_KEY: &str = "sandbox-cloudflare-global-key";
/// The first Cloudflare account.
pub const CLOUDFLARE_CORP: &str = "c0ffee00000000000000000000000001";
/// The second.
pub const CLOUDFLARE_LABS: &str = "c0ffee00000000000000000000000002";

const USER: Credential = Credential::EmailAndKey {
    email: CLOUDFLARE_EMAIL,
    key: CLOUDFLARE_KEY,
};

pub(crate) fn all() -> Vec<Account> {
    let account = |name, credentials, id| {
        let powerless = Credential::Bearer(CLOUDFLARE_POWERLESS_TOKEN);
        let scope = Scope::Account { id };
        Account::new(Provider::Cloudflare, name, credentials, powerless, scope)
    };
    vec![
        account(
            "cloudflare-corp",
            &[Credential::Bearer(CLOUDFLARE_CORP_TOKEN), USER],
            CLOUDFLARE_CORP,
        ),
        account(
            "cloudflare-labs",
            &[Credential::Bearer(CLOUDFLARE_LABS_TOKEN), USER],
            CLOUDFLARE_LABS,
        ),
    ]
}
