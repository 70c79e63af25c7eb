//! Patchworks.

use super::{Common, Provider, Sandboxed, Settings, fetch, read};
use crate::secret_ref::SecretRef;
use certfleet::{Account, Connection, ProviderKind, Secret, patchworks};
use certfleet_sandbox::{Credential, Scope};
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use std::path::{Path, PathBuf};

pub(super) const PROVIDER: Provider = Provider {
    kind: ProviderKind::Patchworks,
    vendor: certfleet_sandbox::Provider::Patchworks,
    example: "\
[[account]]
provider = \"patchworks\"
api_key = \"cmd:pass show patchworks\"     # or bearer
",
    read: read::<Patchworks>,
    sandboxed,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patchworks {
    #[serde(rename = "provider")]
    _provider: String,
    name: Option<String>,
    api_key: Option<SecretRef>,
    bearer: Option<SecretRef>,
    base_url: Option<String>,
    ca_file: Option<PathBuf>,
}

/// What opens an account.
#[derive(Clone, Copy)]
enum References<'a> {
    ApiKey(&'a SecretRef),
    Bearer(&'a SecretRef),
}

impl Patchworks {
    fn references(&self) -> Result<References<'_>, String> {
        match (&self.api_key, &self.bearer) {
            (Some(key), None) => Ok(References::ApiKey(key)),
            (None, Some(token)) => Ok(References::Bearer(token)),
            _ => Err("write either api_key or bearer".to_owned()),
        }
    }
}

impl Settings for Patchworks {
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
                    patchworks::Credentials::ApiKey(fetch("api_key", key, folder).await?)
                }
                References::Bearer(token) => {
                    patchworks::Credentials::Bearer(fetch("bearer", token, folder).await?)
                }
            };
            account(name, credentials, connection).map_err(|error| error.to_string())
        }
        .boxed()
    }
}

fn account(
    name: &str,
    credentials: patchworks::Credentials,
    connection: Connection,
) -> certfleet::Result<Account> {
    patchworks::Patchworks::new(name, credentials, connection).map(Account::new)
}

fn sandboxed(sandboxed: &certfleet_sandbox::Account) -> Option<Sandboxed> {
    let (Credential::Key { key, .. }, Scope::Company { .. }) =
        (*sandboxed.credentials.first()?, &sandboxed.scope)
    else {
        return None;
    };
    let name = sandboxed.name;
    Some(Sandboxed {
        secret_key: "API_KEY",
        secret: key,
        place: String::new(),
        open: Box::new(move |connection| {
            let credentials = patchworks::Credentials::ApiKey(Secret::new(key));
            account(name, credentials, connection)
        }),
    })
}
