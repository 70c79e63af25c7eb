//! The sandbox's accounts as a configuration: what the built-in sandbox is opened with, and what
//! `certfleet sandbox` prints.

use crate::exit::{Failure, Result};
use certfleet::Secret;
use certfleet_config::{Error, ReferenceContext, SecretRef, SecretSource};
use certfleet_sandbox::{Account, Provider, Scope};
use futures_util::future::{BoxFuture, ready};

/// A configuration whose secrets are environment variables.
pub(crate) struct Configuration {
    pub(crate) text: String,
    pub(crate) variables: Variables,
}

/// Environment variables that need not be set.
pub(crate) struct Variables(pub(crate) Vec<(String, &'static str)>);

impl Configuration {
    /// Writes the tables of these accounts, each at its vendor's address.
    pub(crate) fn new(accounts: &[Account], base_url: impl Fn(Provider) -> String) -> Result<Self> {
        let mut tables = Vec::new();
        let mut variables = Vec::new();
        for account in accounts {
            let settings = settings(account).zip(account.token());
            let ((key, lines), secret) = settings.ok_or_else(|| {
                Failure::failed(format!(
                    "the sandbox's account {} is of an unknown form",
                    account.name
                ))
            })?;
            let variable = format!("SANDBOX_{}_{key}", account.name)
                .to_uppercase()
                .replace('-', "_");
            tables.push(format!(
                "[[account]]\nprovider = {:?}\nname = {:?}\nbase_url = {:?}\n{lines}{key} = \"env:{variable}\"\n",
                account.provider.prefix(),
                account.name,
                base_url(account.provider),
            ));
            variables.push((variable, secret));
        }
        Ok(Self {
            text: tables.join("\n"),
            variables: Variables(variables),
        })
    }
}

/// The key that refers to an account's secret, and further lines of its table. `None` for a form that this
/// version does not know.
fn settings(account: &Account) -> Option<(&'static str, String)> {
    Some(match &account.scope {
        Scope::Organization { projects, .. } => {
            let projects: Vec<_> = projects.iter().map(|(id, _)| id).collect();
            ("admin_key", format!("projects = {projects:?}\n"))
        }
        Scope::Account { id } => ("api_token", format!("account_id = {id:?}\n")),
        Scope::Company { .. } => ("api_key", String::new()),
        Scope::Project { name, .. } => ("access_token", format!("project = {name:?}\n")),
        // new-provider: place
        _ => return None,
    })
}

impl SecretSource for Variables {
    fn fetch<'a>(
        &'a self,
        reference: &'a SecretRef,
        _context: &'a ReferenceContext<'a>,
    ) -> BoxFuture<'a, certfleet_config::Result<Secret>> {
        let secret = match reference {
            SecretRef::Env(name) => self.0.iter().find(|(known, _)| known == name),
            _ => None,
        };
        let secret = secret.map(|(_, secret)| Secret::new(*secret));
        Box::pin(ready(
            secret.ok_or_else(|| Error::new("is not a secret of the sandbox")),
        ))
    }
}
