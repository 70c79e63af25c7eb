//! Generated clients over any transport.

use crate::contract::Recorder;
use certfleet_http::{Retry, Session, SessionBuilder, Transport};
use certfleet_sandbox::{Account, Credential, Provider, Sandbox, Scope};
use std::sync::Arc;

/// One generated client for each vendor.
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
    // new-provider: client
}

/// What each vendor's client authenticates with.
#[derive(Debug, Clone)]
pub struct Keys {
    /// OpenAI.
    pub openai: certfleet_openai::Credentials,
    /// Cloudflare.
    pub cloudflare: certfleet_cloudflare::Credentials,
    /// Patchworks.
    pub patchworks: certfleet_patchworks::Credentials,
    /// Apinizer.
    pub apinizer: certfleet_apinizer::Credentials,
    // new-provider: credentials
}

impl Keys {
    /// A secret for each vendor, in each vendor's first way to authenticate.
    pub fn all(secret: impl Fn(Provider) -> String) -> Self {
        Self {
            openai: certfleet_openai::Credentials::AdminKey(secret(Provider::OpenAi).into()),
            cloudflare: certfleet_cloudflare::Credentials::ApiToken(
                secret(Provider::Cloudflare).into(),
            ),
            patchworks: certfleet_patchworks::Credentials::ApiKey(
                secret(Provider::Patchworks).into(),
            ),
            apinizer: certfleet_apinizer::Credentials::AccessToken(
                secret(Provider::Apinizer).into(),
            ),
            // new-provider: secret
        }
    }

    /// What opens the first account of each vendor in a sandbox.
    pub fn from_sandbox(sandbox: &Sandbox) -> Self {
        Self::all(|vendor| secret(&account(sandbox, vendor)).to_owned())
    }
}

/// The first account of a vendor.
///
/// # Panics
/// The sandbox has none.
pub fn account(sandbox: &Sandbox, vendor: Provider) -> Account {
    sandbox
        .accounts()
        .into_iter()
        .find(|account| account.provider == vendor)
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
            Credential::Bearer(secret) | Credential::Key { key: secret, .. } => Some(*secret),
            _ => None,
        })
        .expect("every account has a token")
}

impl Clients {
    /// Clients that talk to the sandbox in process, every request and answer held against the
    /// documents.
    ///
    /// # Panics
    /// A client cannot be set up.
    pub fn from_sandbox(sandbox: &Sandbox) -> Self {
        Self::new(
            Arc::new(Recorder::strict(sandbox.clone())),
            &Keys::from_sandbox(sandbox),
        )
    }

    /// Clients over any transport, with keys that mean nothing.
    ///
    /// # Panics
    /// A client cannot be set up.
    pub fn over(transport: Arc<dyn Transport>) -> Self {
        Self::new(transport, &Keys::all(|vendor| format!("test-key-{vendor}")))
    }

    /// Clients over any transport. Every vendor's requests go below the sandbox's path of it.
    ///
    /// # Panics
    /// A client cannot be set up.
    pub fn new(transport: Arc<dyn Transport>, keys: &Keys) -> Self {
        Self::at("http://localhost", Provider::base_path, transport, keys)
    }

    /// Clients of a server that has every vendor at a path of its own. They send everything once: what
    /// is repeated is what the fault tests are about.
    ///
    /// # Panics
    /// A client cannot be set up.
    pub fn at(
        origin: &str,
        path: impl Fn(Provider) -> &'static str,
        transport: Arc<dyn Transport>,
        keys: &Keys,
    ) -> Self {
        let once =
            |builder: SessionBuilder| builder.transport(transport.clone()).retry(Retry::off());
        Self::set_up(origin, path, keys, once)
    }

    /// Clients of a server that has every vendor at a path of its own, their sessions set up as wanted.
    ///
    /// # Panics
    /// A client cannot be set up.
    pub fn set_up(
        origin: &str,
        path: impl Fn(Provider) -> &'static str,
        keys: &Keys,
        set_up: impl Fn(SessionBuilder) -> SessionBuilder,
    ) -> Self {
        macro_rules! client {
            ($name:ident, $vendor:ident, $keys:expr) => {
                set_up($name::Client::builder($keys))
                    .base_url(format!("{origin}{}", path(Provider::$vendor)))
                    .build()
                    .expect("a session")
                    .into()
            };
        }
        Self {
            openai: client!(certfleet_openai, OpenAi, &keys.openai),
            cloudflare: client!(certfleet_cloudflare, Cloudflare, &keys.cloudflare),
            patchworks: client!(certfleet_patchworks, Patchworks, &keys.patchworks),
            apinizer: client!(certfleet_apinizer, Apinizer, &keys.apinizer),
            // new-provider: set up
        }
    }

    /// What a provider's client talks through.
    ///
    /// # Panics
    /// There is no such provider.
    pub fn session(&self, provider: &str) -> &Session {
        match provider {
            "openai" => self.openai.session(),
            "cloudflare" => self.cloudflare.session(),
            "patchworks" => self.patchworks.session(),
            "apinizer" => self.apinizer.session(),
            // new-provider: session
            other => panic!("{other} has no client here"),
        }
    }

    /// Clients of which a provider's talks through this session.
    ///
    /// # Panics
    /// There is no such provider.
    #[must_use]
    pub fn through(&self, provider: &str, session: Session) -> Self {
        let mut bound = self.clone();
        match provider {
            "openai" => bound.openai = session.into(),
            "cloudflare" => bound.cloudflare = session.into(),
            "patchworks" => bound.patchworks = session.into(),
            "apinizer" => bound.apinizer = session.into(),
            // new-provider: through
            other => panic!("{other} has no client here"),
        }
        bound
    }

    /// The paths' parameters of the first accounts: Cloudflare's account id, Apinizer's project.
    ///
    /// # Panics
    /// The sandbox's accounts are of other kinds.
    pub fn places(sandbox: &Sandbox) -> (&'static str, &'static str) {
        match (
            account(sandbox, Provider::Cloudflare).scope,
            account(sandbox, Provider::Apinizer).scope,
        ) {
            (Scope::Account { id }, Scope::Project { name, .. }) => (id, name),
            other => panic!("other places than expected: {other:?}"),
        }
    }
}
