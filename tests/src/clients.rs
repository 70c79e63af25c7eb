//! Generated clients that talk to a sandbox.

use certfleet_sandbox::{Account, Credential, Place, Sandbox, Vendor};
use std::sync::Arc;

/// One generated client for each vendor, at the first account of each.
#[derive(Debug, Clone)]
pub struct Clients {
    /// OpenAI.
    pub openai: certfleet_openai::Client,
    /// Cloudflare.
    pub cloudflare: certfleet_cloudflare::Client,
    /// Patchworks.
    pub patchworks: certfleet_patchworks::Client,
    /// Apinizer.
    pub apinizer: certfleet_apinizer::Client,
}

/// The first account of a vendor.
///
/// # Panics
/// The sandbox has none.
pub fn account(sandbox: &Sandbox, vendor: Vendor) -> Account {
    sandbox
        .accounts()
        .into_iter()
        .find(|account| account.vendor == vendor)
        .expect("every vendor has an account")
}

/// The secret of an account's first credential.
///
/// # Panics
/// The account has none of one part.
pub fn secret(account: &Account) -> &'static str {
    account
        .credentials
        .iter()
        .find_map(|credential| match credential {
            Credential::Bearer(secret) | Credential::Raw(secret) => Some(*secret),
            _ => None,
        })
        .expect("every account has a token")
}

impl Clients {
    /// Clients that talk to the sandbox in process.
    ///
    /// # Panics
    /// A client cannot be set up.
    pub fn of(sandbox: &Sandbox) -> Self {
        let transport = Arc::new(sandbox.clone());
        let parts = |vendor| {
            let account = account(sandbox, vendor);
            (
                format!("http://localhost{}", account.base_path),
                secret(&account).into(),
            )
        };
        macro_rules! client {
            ($name:ident, $vendor:ident, $variant:ident) => {{
                let (base_url, secret) = parts(Vendor::$vendor);
                $name::Client::builder(&$name::Credentials::$variant(secret))
                    .base_url(base_url)
                    .transport(transport.clone())
                    .build()
                    .expect("a session")
                    .into()
            }};
        }
        Self {
            openai: client!(certfleet_openai, OpenAi, AdminKey),
            cloudflare: client!(certfleet_cloudflare, Cloudflare, ApiToken),
            patchworks: client!(certfleet_patchworks, Patchworks, ApiKey),
            apinizer: client!(certfleet_apinizer, Apinizer, AccessToken),
        }
    }

    /// The paths' parameters of the first accounts: Cloudflare's account id, Apinizer's project.
    ///
    /// # Panics
    /// The sandbox's accounts are of other kinds.
    pub fn places(sandbox: &Sandbox) -> (&'static str, &'static str) {
        match (
            account(sandbox, Vendor::Cloudflare).place,
            account(sandbox, Vendor::Apinizer).place,
        ) {
            (Place::Account { id }, Place::Project { name, .. }) => (id, name),
            other => panic!("other places than expected: {other:?}"),
        }
    }
}
