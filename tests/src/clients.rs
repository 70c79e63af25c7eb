//! Generated clients over any transport.

use crate::contract::Recorder;
use certfleet_http::{Retry, Session, SessionBuilder, Transport};
use certfleet_sandbox::{Account, Provider, Sandbox, Scope};
use std::sync::Arc;

macro_rules! vendors {
    ($($name:ident => $provider:ident, $client:ident, $way:ident;)*) => {
        /// One generated client for each vendor.
        #[derive(Debug, Clone)]
        pub struct Clients {
            $(
                #[doc = concat!(stringify!($provider), "'s.")]
                pub $name: $client::Client,
            )*
        }

        /// What each vendor's client authenticates with.
        #[derive(Debug, Clone)]
        pub struct Keys {
            $(
                #[doc = concat!(stringify!($provider), "'s.")]
                pub $name: $client::Credentials,
            )*
        }

        impl Keys {
            /// A secret for each vendor, in each vendor's first way to authenticate.
            pub fn all(secret: impl Fn(Provider) -> String) -> Self {
                Self {
                    $($name: $client::Credentials::$way(secret(Provider::$provider).into()),)*
                }
            }
        }

        impl Clients {
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
                Self {
                    $(
                        $name: set_up($client::Client::builder(&keys.$name))
                            .base_url(format!("{origin}{}", path(Provider::$provider)))
                            .build()
                            .expect("a session")
                            .into(),
                    )*
                }
            }

            /// What a provider's client talks through.
            ///
            /// # Panics
            /// There is no such provider.
            pub fn session(&self, provider: &str) -> &Session {
                match provider {
                    $(stringify!($name) => self.$name.session(),)*
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
                    $(stringify!($name) => bound.$name = session.into(),)*
                    other => panic!("{other} has no client here"),
                }
                bound
            }
        }
    };
}

// Each with its name in the sandbox, its client, and its first way to authenticate.
vendors! {
    openai => OpenAi, certfleet_openai, AdminKey;
    cloudflare => Cloudflare, certfleet_cloudflare, ApiToken;
    patchworks => Patchworks, certfleet_patchworks, ApiKey;
    apinizer => Apinizer, certfleet_apinizer, AccessToken;
    // new-provider: vendor
}

impl Keys {
    /// What opens the first account of each vendor in a sandbox.
    pub fn from_sandbox(sandbox: &Sandbox) -> Self {
        Self::all(|vendor| {
            let token = account(sandbox, vendor).token();
            token.expect("every account has a token").to_owned()
        })
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
