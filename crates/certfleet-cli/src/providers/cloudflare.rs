//! Cloudflare Zero Trust.

use super::{Common, Provider, Sandboxed, Settings, fetch, read};
use crate::secret_ref::SecretRef;
use certfleet::{Account, Connection, ProviderKind, Secret, cloudflare};
use certfleet_sandbox::{Credential, Scope};
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use std::path::{Path, PathBuf};

pub(super) const PROVIDER: Provider = Provider {
    kind: ProviderKind::Cloudflare,
    vendor: certfleet_sandbox::Provider::Cloudflare,
    example: "\
[[account]]
provider = \"cloudflare\"
account_id = \"0123456789abcdef\"
api_token = \"file:/run/secrets/cf\"       # or api_email and api_key
",
    read: read::<Cloudflare>,
    sandboxed,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cloudflare {
    #[serde(rename = "provider")]
    _provider: String,
    name: Option<String>,
    account_id: String,
    api_token: Option<SecretRef>,
    /// The address itself, which is no secret, or a reference to it.
    api_email: Option<String>,
    api_key: Option<SecretRef>,
    base_url: Option<String>,
    ca_file: Option<PathBuf>,
}

/// What opens an account.
#[derive(Clone, Copy)]
enum References<'a> {
    Token(&'a SecretRef),
    EmailAndKey(&'a str, &'a SecretRef),
}

impl Cloudflare {
    fn references(&self) -> Result<References<'_>, String> {
        match (&self.api_token, &self.api_email, &self.api_key) {
            (Some(token), None, None) => Ok(References::Token(token)),
            (None, Some(email), Some(key)) => {
                if email.contains('@') || SecretRef::parse(email).is_ok() {
                    Ok(References::EmailAndKey(email, key))
                } else {
                    Err("api_email is no mail address: write the one the key belongs to".to_owned())
                }
            }
            _ => Err("write either api_token, or api_email and api_key".to_owned()),
        }
    }
}

impl Settings for Cloudflare {
    fn common(&self) -> Common<'_> {
        Common {
            name: self.name.as_deref(),
            base_url: self.base_url.as_deref(),
            ca_file: self.ca_file.as_deref(),
        }
    }

    fn identifiers(&self) -> Vec<(&'static str, &str)> {
        vec![("account_id", &self.account_id)]
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
                References::Token(token) => {
                    cloudflare::Credentials::ApiToken(fetch("api_token", token, folder).await?)
                }
                References::EmailAndKey(email, key) => cloudflare::Credentials::EmailAndKey {
                    email: match SecretRef::parse(email) {
                        Ok(reference) => fetch("api_email", &reference, folder).await?,
                        Err(_) => Secret::new(email),
                    },
                    key: fetch("api_key", key, folder).await?,
                },
            };
            account(name, credentials, &self.account_id, connection)
                .map_err(|error| error.to_string())
        }
        .boxed()
    }
}

fn account(
    name: &str,
    credentials: cloudflare::Credentials,
    id: &str,
    connection: Connection,
) -> certfleet::Result<Account> {
    cloudflare::Cloudflare::new(name, credentials, id, connection).map(Account::new)
}

fn sandboxed(sandboxed: &certfleet_sandbox::Account) -> Option<Sandboxed> {
    let (Credential::Bearer(token), Scope::Account { id }) =
        (*sandboxed.credentials.first()?, &sandboxed.scope)
    else {
        return None;
    };
    let (name, id) = (sandboxed.name, *id);
    Some(Sandboxed {
        secret_key: "API_TOKEN",
        secret: token,
        place: format!("account_id = {id:?}\n"),
        open: Box::new(move |connection| {
            let credentials = cloudflare::Credentials::ApiToken(Secret::new(token));
            account(name, credentials, id, connection)
        }),
    })
}
