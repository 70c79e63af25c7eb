//! Patchworks.

use crate::{
    Error, Result, SecretRef,
    settings::{Common, Opening, Provider, Settings, read},
};
use certfleet::{Account, ProviderId, patchworks};
use futures_util::future::BoxFuture;
use serde::Deserialize;
use std::path::PathBuf;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ProviderId::PATCHWORKS,
    example: "\
[[account]]
provider = \"patchworks\"
api_key = \"cmd:pass show patchworks\"     # or bearer
",
    read: read::<Patchworks>,
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
    listing_bytes: Option<usize>,
    listing_records: Option<usize>,
}

/// What opens an account.
#[derive(Clone, Copy)]
enum References<'a> {
    ApiKey(&'a SecretRef),
    Bearer(&'a SecretRef),
}

impl Patchworks {
    fn references(&self) -> Result<References<'_>> {
        match (&self.api_key, &self.bearer) {
            (Some(key), None) => Ok(References::ApiKey(key)),
            (None, Some(token)) => Ok(References::Bearer(token)),
            _ => Err(Error::new("write either api_key or bearer")),
        }
    }
}

impl Settings for Patchworks {
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
                    patchworks::Credentials::ApiKey(opening.secret("api_key", key).await?)
                }
                References::Bearer(token) => {
                    patchworks::Credentials::Bearer(opening.secret("bearer", token).await?)
                }
            };
            let Opening {
                name, connection, ..
            } = opening;
            Ok(patchworks::Patchworks::new(name, credentials, connection).map(Account::new)?)
        })
    }
}
