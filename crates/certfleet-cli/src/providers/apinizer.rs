//! Apinizer.

use super::{Common, Provider, Sandboxed, Settings, fetch, read};
use crate::secret_ref::SecretRef;
use certfleet::{Account, Connection, ProviderKind, Secret, apinizer};
use certfleet_sandbox::{Credential, Scope};
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use std::path::{Path, PathBuf};

pub(super) const PROVIDER: Provider = Provider {
    kind: ProviderKind::Apinizer,
    vendor: certfleet_sandbox::Provider::Apinizer,
    example: "\
[[account]]
provider = \"apinizer\"
base_url = \"https://gateway.example.com\" # required here
ca_file = \"gateway-ca.pem\"               # PEM: trusted for this account besides the system's
project = \"Payments\"
access_token = \"env:APINIZER_TOKEN\"
",
    read: read::<Apinizer>,
    sandboxed,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Apinizer {
    #[serde(rename = "provider")]
    _provider: String,
    name: Option<String>,
    project: String,
    access_token: SecretRef,
    base_url: String,
    ca_file: Option<PathBuf>,
}

impl Settings for Apinizer {
    fn common(&self) -> Common<'_> {
        Common {
            name: self.name.as_deref(),
            base_url: Some(&self.base_url),
            ca_file: self.ca_file.as_deref(),
        }
    }

    fn identifiers(&self) -> Vec<(&'static str, &str)> {
        vec![("project", &self.project)]
    }

    fn open<'a>(
        &'a self,
        name: &'a str,
        folder: &'a Path,
        connection: Connection,
    ) -> BoxFuture<'a, Result<Account, String>> {
        async move {
            let token = fetch("access_token", &self.access_token, folder).await?;
            account(name, token, &self.project, connection).map_err(|error| error.to_string())
        }
        .boxed()
    }
}

fn account(
    name: &str,
    token: Secret,
    project: &str,
    connection: Connection,
) -> certfleet::Result<Account> {
    let credentials = apinizer::Credentials::AccessToken(token);
    apinizer::Apinizer::new(name, credentials, project, connection).map(Account::new)
}

fn sandboxed(sandboxed: &certfleet_sandbox::Account) -> Option<Sandboxed> {
    let (Credential::Bearer(token), Scope::Project { name: project, .. }) =
        (*sandboxed.credentials.first()?, &sandboxed.scope)
    else {
        return None;
    };
    let (name, project) = (sandboxed.name, *project);
    Some(Sandboxed {
        secret_key: "ACCESS_TOKEN",
        secret: token,
        place: format!("project = {project:?}\n"),
        open: Box::new(move |connection| account(name, Secret::new(token), project, connection)),
    })
}
