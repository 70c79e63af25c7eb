//! Harbourgate.

use crate::{
    Error, Result, SecretRef,
    settings::{Common, Opening, Provider, Settings, read},
};
use certfleet::{Account, ProviderId, harbourgate};
use futures_util::future::BoxFuture;
use serde::Deserialize;
use std::path::PathBuf;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ProviderId::HARBOURGATE,
    example: "\
[[account]]
provider = \"harbourgate\"
api_key = \"env:HARBOURGATE_KEY\"        # or token
",
    read: read::<Harbourgate>,
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
    listing_bytes: Option<usize>,
    listing_records: Option<usize>,
}

/// What opens an account.
#[derive(Clone, Copy)]
enum References<'a> {
    ApiKey(&'a SecretRef),
    Token(&'a SecretRef),
}

impl Harbourgate {
    fn references(&self) -> Result<References<'_>> {
        match (&self.api_key, &self.token) {
            (Some(key), None) => Ok(References::ApiKey(key)),
            (None, Some(token)) => Ok(References::Token(token)),
            _ => Err(Error::new("write either api_key or token")),
        }
    }
}

impl Settings for Harbourgate {
    fn common(&self) -> Common<'_> {
        Common {
            name: self.name.as_deref(),
            base_url: self.base_url.as_deref(),
            ca_file: self.ca_file.as_deref(),
            listing_bytes: self.listing_bytes,
            listing_records: self.listing_records,
        }
    }

    fn check(&self) -> Result<()> {
        self.references().map(|_| ())
    }

    fn open<'a>(&'a self, opening: Opening<'a>) -> BoxFuture<'a, Result<Account>> {
        Box::pin(async move {
            let credentials = match self.references()? {
                References::ApiKey(key) => {
                    harbourgate::Credentials::ApiKey(opening.secret("api_key", key).await?)
                }
                References::Token(token) => {
                    harbourgate::Credentials::Token(opening.secret("token", token).await?)
                }
            };
            let Opening {
                name, connection, ..
            } = opening;
            Ok(harbourgate::Harbourgate::new(name, credentials, connection).map(Account::new)?)
        })
    }
}
