//! What every provider's accounts have in common.

use crate::{Error, ReferenceContext, Result, SecretRef, SecretSource};
use certfleet::{Account, Connection, ProviderId};
use certfleet_http::Secret;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use std::{fmt, path::Path};
use toml::{
    Spanned,
    de::{DeValue, ValueDeserializer},
};

/// One provider.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) kind: ProviderId,
    /// An account as it is written in the configuration.
    pub(crate) example: &'static str,
    /// Reads an account's table.
    pub(crate) read: Read,
}

/// Reads a table as a provider's settings.
type Read = fn(Spanned<DeValue<'_>>) -> Result<Box<dyn Settings>, toml::de::Error>;

/// The settings of an account. No secret is fetched yet.
pub(crate) trait Settings: fmt::Debug + Send + Sync {
    /// What every provider's accounts have.
    fn common(&self) -> Common<'_>;

    /// Settings that become part of a request's path, each with its key.
    fn identifiers(&self) -> Vec<(&'static str, &str)> {
        Vec::new()
    }

    /// Checks what the types do not say.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Fetches the secrets and sets the account up. Nothing is sent.
    fn open<'a>(&'a self, opening: Opening<'a>) -> BoxFuture<'a, Result<Account>>;
}

/// What every provider's accounts have.
#[derive(Clone, Copy)]
pub(crate) struct Common<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) base_url: Option<&'a str>,
    /// Certificates that this account trusts, besides the system's issuers.
    pub(crate) ca_file: Option<&'a Path>,
    /// The most bytes of a listing in all, where that is not the default.
    pub(crate) listing_bytes: Option<usize>,
    /// The most records of a listing, where that is not the default.
    pub(crate) listing_records: Option<usize>,
}

/// What an account is opened with, besides its settings.
pub(crate) struct Opening<'a> {
    pub(crate) name: &'a str,
    pub(crate) context: ReferenceContext<'a>,
    pub(crate) secrets: &'a dyn SecretSource,
    pub(crate) connection: Connection,
}

impl Opening<'_> {
    /// Fetches the secret that a key refers to.
    pub(crate) async fn secret(&self, key: &str, reference: &SecretRef) -> Result<Secret> {
        let secret = self.secrets.fetch(reference, &self.context).await;
        secret.map_err(|error: Error| error.about(format_args!("{key}: ")))
    }
}

/// Reads a table as a provider's settings.
pub(crate) fn read<T: Settings + DeserializeOwned + 'static>(
    item: Spanned<DeValue<'_>>,
) -> Result<Box<dyn Settings>, toml::de::Error> {
    Ok(Box::new(T::deserialize(ValueDeserializer::from(item))?))
}
