//! An account of the sandbox, and what opens it.

use crate::Provider;

/// An account of the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Whose API it is at.
    pub provider: Provider,
    /// A name to configure it under.
    pub name: &'static str,
    /// What a client's base URL ends with, for example `/openai/v1`.
    pub base_path: &'static str,
    /// What opens it, each on its own.
    pub credentials: &'static [Credential],
    /// A credential that is known but has no rights here: what it asks for is refused as a missing permission.
    pub powerless: Credential,
    /// What the account holds certificates in.
    pub scope: Scope,
}

/// Something that authenticates a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credential {
    /// `Authorization: Bearer <token>`.
    Bearer(&'static str),
    /// A header that holds nothing but the key.
    Key {
        /// The header.
        header: &'static str,
        /// The key.
        key: &'static str,
    },
    /// `X-Auth-Email` and `X-Auth-Key`.
    EmailAndKey {
        /// The e-mail address.
        email: &'static str,
        /// The key.
        key: &'static str,
    },
}

impl Account {
    pub(crate) fn new(
        provider: Provider,
        name: &'static str,
        credentials: &'static [Credential],
        powerless: Credential,
        scope: Scope,
    ) -> Self {
        Self {
            provider,
            name,
            base_path: provider.base_path(),
            credentials,
            powerless,
            scope,
        }
    }

    /// Returns the first credential that is one text: what a configuration names one secret for.
    #[must_use]
    pub fn token(&self) -> Option<&'static str> {
        self.credentials
            .iter()
            .find_map(|credential| match *credential {
                Credential::Bearer(token) | Credential::Key { key: token, .. } => Some(token),
                Credential::EmailAndKey { .. } => None,
            })
    }
}

impl Credential {
    /// The headers that carry it.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        match *self {
            Self::Bearer(token) => vec![("authorization", format!("Bearer {token}"))],
            Self::Key { header, key } => vec![(header, key.to_owned())],
            Self::EmailAndKey { email, key } => {
                vec![
                    ("x-auth-email", email.to_owned()),
                    ("x-auth-key", key.to_owned()),
                ]
            }
        }
    }
}

/// Where an account's certificates are: what its vendor's paths are completed with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// An OpenAI organization.
    Organization {
        /// Its id, which no path needs.
        id: &'static str,
        /// The id and name of each project.
        projects: &'static [(&'static str, &'static str)],
    },
    /// A Cloudflare account.
    Account {
        /// `account_id` in the path.
        id: &'static str,
    },
    /// A Patchworks company.
    Company {
        /// The id and name of each connector.
        connectors: &'static [(u64, &'static str)],
    },
    /// An Apinizer project.
    Project {
        /// `projectName` in the path.
        name: &'static str,
        /// The environments of the installation.
        environments: &'static [&'static str],
    },
    // new-provider: scope
}
