//! OpenAI.

use super::{Common, Provider, Sandboxed, Settings, fetch, read};
use crate::secret_ref::SecretRef;
use certfleet::{Account, Connection, ProviderKind, Secret, openai};
use certfleet_sandbox::{Credential, Scope};
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use std::path::{Path, PathBuf};

pub(super) const PROVIDER: Provider = Provider {
    kind: ProviderKind::OpenAi,
    vendor: certfleet_sandbox::Provider::OpenAi,
    example: "\
[[account]]
provider = \"openai\"
name = \"production\"                      # optional, as base_url and ca_file are; the same in
                                         # every account
admin_key = \"env:OPENAI_ADMIN_KEY\"
projects = [\"proj_abc\"]                  # optional: show the state there too
",
    read: read::<OpenAi>,
    sandboxed,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenAi {
    #[serde(rename = "provider")]
    _provider: String,
    name: Option<String>,
    admin_key: SecretRef,
    #[serde(default)]
    projects: Vec<String>,
    base_url: Option<String>,
    ca_file: Option<PathBuf>,
}

impl Settings for OpenAi {
    fn common(&self) -> Common<'_> {
        Common {
            name: self.name.as_deref(),
            base_url: self.base_url.as_deref(),
            ca_file: self.ca_file.as_deref(),
        }
    }

    fn identifiers(&self) -> Vec<(&'static str, &str)> {
        let projects = self.projects.iter();
        projects.map(|id| ("projects", id.as_str())).collect()
    }

    fn open<'a>(
        &'a self,
        name: &'a str,
        folder: &'a Path,
        connection: Connection,
    ) -> BoxFuture<'a, Result<Account, String>> {
        async move {
            let key = fetch("admin_key", &self.admin_key, folder).await?;
            account(name, key, self.projects.clone(), connection).map_err(|error| error.to_string())
        }
        .boxed()
    }
}

fn account(
    name: &str,
    key: Secret,
    projects: Vec<String>,
    connection: Connection,
) -> certfleet::Result<Account> {
    let credentials = openai::Credentials::AdminKey(key);
    openai::OpenAi::new(name, credentials, projects, connection).map(Account::new)
}

fn sandboxed(sandboxed: &certfleet_sandbox::Account) -> Option<Sandboxed> {
    let (Credential::Bearer(key), Scope::Organization { projects, .. }) =
        (*sandboxed.credentials.first()?, &sandboxed.scope)
    else {
        return None;
    };
    let name = sandboxed.name;
    let projects: Vec<_> = projects.iter().map(|(id, _)| (*id).to_owned()).collect();
    Some(Sandboxed {
        secret_key: "ADMIN_KEY",
        secret: key,
        place: format!("projects = {projects:?}\n"),
        open: Box::new(move |connection| account(name, Secret::new(key), projects, connection)),
    })
}
