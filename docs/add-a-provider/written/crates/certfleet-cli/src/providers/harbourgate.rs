//! Harbourgate.

use super::{Common, Provider, Sandboxed, Settings, fetch, read};
use crate::secret_ref::SecretRef;
use certfleet::{Account, Connection, ProviderKind, Secret, harbourgate};
use certfleet_sandbox::Scope;
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use std::path::{Path, PathBuf};

pub(super) const PROVIDER: Provider = Provider {
    kind: ProviderKind::Harbourgate,
    vendor: certfleet_sandbox::Provider::Harbourgate,
    example: "\
[[account]]
provider = \"harbourgate\"
api_key = \"env:HARBOURGATE_KEY\"        # or token
",
    read: read::<Harbourgate>,
    sandboxed,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Harbourgate {
    #[serde(rename = "provider")]
    _provider: String,
    name: Option<String>,
    api_key: Option<SecretRef>,
    token: Option<SecretRef>,
    base_url: Option<String>,
    ca_file: Option<PathBuf>,
}

/// What opens an account.
#[derive(Clone, Copy)]
enum References<'a> {
    ApiKey(&'a SecretRef),
    Token(&'a SecretRef),
}

impl Harbourgate {
    fn references(&self) -> Result<References<'_>, String> {
        match (&self.api_key, &self.token) {
            (Some(key), None) => Ok(References::ApiKey(key)),
            (None, Some(token)) => Ok(References::Token(token)),
            _ => Err("write either api_key or token".to_owned()),
        }
    }
}

impl Settings for Harbourgate {
    fn common(&self) -> Common<'_> {
        Common {
            name: self.name.as_deref(),
            base_url: self.base_url.as_deref(),
            ca_file: self.ca_file.as_deref(),
        }
    }

    fn check(&self) -> Result<(), String> {
        self.references().map(|_| ())
    }

    fn open<'a>(
        &'a self,
        name: &'a str,
        folder: &'a Path,
        connection: Connection,
    ) -> BoxFuture<'a, Result<Account, String>> {
        async move {
            let credentials = match self.references()? {
                References::ApiKey(key) => {
                    harbourgate::Credentials::ApiKey(fetch("api_key", key, folder).await?)
                }
                References::Token(token) => {
                    harbourgate::Credentials::Token(fetch("token", token, folder).await?)
                }
            };
            account(name, credentials, connection).map_err(|error| error.to_string())
        }
        .boxed()
    }
}

fn account(
    name: &str,
    credentials: harbourgate::Credentials,
    connection: Connection,
) -> certfleet::Result<Account> {
    harbourgate::Harbourgate::new(name, credentials, connection).map(Account::new)
}

fn sandboxed(sandboxed: &certfleet_sandbox::Account) -> Option<Sandboxed> {
    let Scope::Harbourgate = sandboxed.scope else {
        return None;
    };
    let name = sandboxed.name;
    let secret = certfleet_sandbox::HARBOURGATE_KEY;
    Some(Sandboxed {
        secret_key: "api_key",
        secret,
        place: String::new(),
        open: Box::new(move |connection| {
            let credentials = harbourgate::Credentials::ApiKey(Secret::new(secret));
            account(name, credentials, connection)
        }),
    })
}
