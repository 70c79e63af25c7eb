//! What a provider states of its accounts, and what every provider's accounts have in common.

use crate::{
    Error, Key, ReferenceContext, Result, SecretSource,
    key::{COMMON, FIRST},
    values::{Value, Values},
};
use certfleet::{Account, Connection, ProviderId};
use certfleet_http::Secret;
use futures_util::future::BoxFuture;
use std::{fmt, path::Path};

/// One provider.
pub(crate) struct Provider {
    pub(crate) kind: ProviderId,
    /// The keys of an account besides those that every account has.
    pub(crate) keys: &'static [Key],
    /// Sets of keys of which an account has exactly one. Empty where there is nothing to choose.
    pub(crate) one_of: &'static [&'static [&'static str]],
    /// An account as it is written in the configuration.
    pub(crate) example: &'static str,
    /// Fetches the secrets and sets an account up. Nothing is sent.
    pub(crate) open: Open,
}

type Open = for<'a> fn(Opening<'a>) -> BoxFuture<'a, Result<Account>>;

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Provider").field(&self.kind).finish()
    }
}

impl Provider {
    /// Every key of an account, in the order in which they are shown.
    pub(crate) fn all_keys(&self) -> impl Iterator<Item = &'static Key> {
        let own = self.keys;
        let is_new = move |key: &&Key| !own.iter().any(|one| one.name == key.name);
        FIRST.iter().chain(own).chain(COMMON.iter().filter(is_new))
    }

    /// Checks that exactly one of the sets of keys is there that exclude each other.
    pub(crate) fn check(&self, values: &Values) -> Result<()> {
        let has_all = |keys: &&&[&str]| keys.iter().all(|key| values.has(key));
        let has_some = |keys: &&&[&str]| keys.iter().any(|key| values.has(key));
        let whole = self.one_of.iter().filter(has_all).count();
        let begun = self.one_of.iter().filter(has_some).count();
        if self.one_of.is_empty() || (whole, begun) == (1, 1) {
            return Ok(());
        }
        let sets: Vec<_> = self.one_of.iter().map(|keys| keys.join(" and ")).collect();
        let is_long = self.one_of.iter().any(|keys| keys.len() > 1);
        let sets = sets.join(if is_long { ", or " } else { " or " });
        Err(Error::new(format!("write either {sets}")))
    }
}

/// What every provider's accounts have.
#[derive(Clone, Copy)]
pub(crate) struct Common<'a> {
    pub(crate) base_url: Option<&'a str>,
    /// Certificates that this account trusts, besides the system's issuers.
    pub(crate) ca_file: Option<&'a Path>,
    /// The most bytes of a listing in all, where that is not the default.
    pub(crate) listing_bytes: Option<usize>,
    /// The most records of a listing, where that is not the default.
    pub(crate) listing_records: Option<usize>,
}

impl<'a> From<&'a Values> for Common<'a> {
    fn from(values: &'a Values) -> Self {
        Self {
            base_url: values.text("base_url"),
            ca_file: values.text("ca_file").map(Path::new),
            listing_bytes: values.number("listing_bytes"),
            listing_records: values.number("listing_records"),
        }
    }
}

/// What an account is opened with.
pub(crate) struct Opening<'a> {
    pub(crate) name: &'a str,
    pub(crate) values: &'a Values,
    pub(crate) context: ReferenceContext<'a>,
    pub(crate) secrets: &'a dyn SecretSource,
    pub(crate) connection: Connection,
}

impl Opening<'_> {
    /// Fetches the secret that a key refers to, or takes the text that stands there.
    pub(crate) async fn secret(&self, key: &str) -> Result<Secret> {
        match self.values.get(key) {
            Some(Value::Secret(reference)) => {
                let secret = self.secrets.fetch(reference, &self.context).await;
                secret.map_err(|error: Error| error.about(format_args!("{key}: ")))
            }
            Some(Value::Text(text)) => Ok(Secret::new(text.as_str())),
            _ => Err(Error::new(format!("{key} is missing")).advise("add it to the account")),
        }
    }

    /// The text of a key; empty where there is none.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.values.text(key).unwrap_or_default()
    }
}
