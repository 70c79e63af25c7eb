//! What the command knows of each vendor: its table in the configuration, and its accounts in the
//! sandbox. One file each.

mod apinizer;
mod cloudflare;
mod openai;
mod patchworks;
// new-provider: module

use crate::{
    config::{self, Problem},
    crash,
    secret_ref::SecretRef,
};
use certfleet::{Account, Connection, ProviderKind, Secret};
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use std::{fmt, path::Path};
use toml::{Spanned, de::DeValue};

/// Every vendor, in the order in which the configuration's examples are shown.
const ALL: &[Provider] = &[
    openai::PROVIDER,
    cloudflare::PROVIDER,
    patchworks::PROVIDER,
    apinizer::PROVIDER,
    // new-provider: entry
];

/// One vendor.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) kind: ProviderKind,
    /// Its part of the sandbox.
    vendor: certfleet_sandbox::Provider,
    /// An account as it is written in the configuration.
    example: &'static str,
    /// Reads an account's table.
    pub(crate) read: Read,
    /// How one of the sandbox's accounts is opened. `None` if it has a form that this version does
    /// not know.
    pub(crate) sandboxed: fn(&certfleet_sandbox::Account) -> Option<Sandboxed>,
}

/// Reads a table as a vendor's settings.
type Read = fn(Spanned<DeValue<'_>>) -> Result<Box<dyn Settings>, Problem>;

/// One of the sandbox's accounts.
pub(crate) struct Sandboxed {
    /// The key of the configuration that names its secret.
    pub(crate) secret_key: &'static str,
    /// The secret, which is public.
    pub(crate) secret: &'static str,
    /// Further lines of its table.
    pub(crate) place: String,
    pub(crate) open: Open,
}

/// Opens an account over a connection.
type Open = Box<dyn FnOnce(Connection) -> certfleet::Result<Account>>;

/// What an account needs, as it is configured. No secret is fetched yet.
pub(crate) trait Settings: fmt::Debug {
    /// What every vendor's accounts have.
    fn common(&self) -> Common<'_>;

    /// What stands in the paths of requests.
    fn identifiers(&self) -> Vec<(&'static str, &str)> {
        Vec::new()
    }

    /// Says what is wrong beyond what the types say.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Fetches the secrets and sets the account up. Nothing is sent.
    fn open<'a>(
        &'a self,
        name: &'a str,
        folder: &'a Path,
        connection: Connection,
    ) -> BoxFuture<'a, Result<Account, String>>;
}

/// What every vendor's accounts have.
#[derive(Clone, Copy)]
pub(crate) struct Common<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) base_url: Option<&'a str>,
    /// Certificates whose issuer's word counts for this account, besides the system's.
    pub(crate) ca_file: Option<&'a Path>,
}

impl Provider {
    /// A vendor by its name in the configuration.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|provider| provider.kind.as_str() == name)
    }

    /// A vendor by its part of the sandbox.
    pub(crate) fn of(vendor: certfleet_sandbox::Provider) -> Option<&'static Self> {
        ALL.iter().find(|provider| provider.vendor == vendor)
    }
}

/// The names of all vendors, as they are written in the configuration.
pub(crate) fn names() -> String {
    let names: Vec<_> = ALL
        .iter()
        .map(|provider| format!("{:?}", provider.kind.as_str()))
        .collect();
    names.join(", ")
}

/// An account of each vendor, as it is written in the configuration.
pub(crate) fn examples() -> String {
    let examples: Vec<_> = ALL
        .iter()
        .map(|provider| {
            let lines: Vec<_> = provider
                .example
                .lines()
                .map(|line| format!("  {line}\n"))
                .collect();
            lines.concat()
        })
        .collect();
    examples.join("\n")
}

/// Reads a table as a vendor's settings.
fn read<T: Settings + DeserializeOwned + 'static>(
    item: Spanned<DeValue<'_>>,
) -> Result<Box<dyn Settings>, Problem> {
    Ok(Box::new(config::read_as::<T>(item)?))
}

/// Fetches the secret that a key refers to.
async fn fetch(key: &str, reference: &SecretRef, folder: &Path) -> Result<Secret, String> {
    let secret = reference.resolve(folder).await;
    let secret = secret.map_err(|what| format!("{key}: {what}"))?;
    crash::on_demand("secret", || secret.expose().to_owned());
    Ok(secret)
}
