//! Cloudflare Zero Trust.

use crate::{
    Error, Result, SecretRef,
    settings::{Common, Opening, Provider, Settings, read},
};
use certfleet::{Account, ProviderId, cloudflare};
use certfleet_http::Secret;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use std::path::PathBuf;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ProviderId::CLOUDFLARE,
    example: "\
[[account]]
provider = \"cloudflare\"
account_id = \"0123456789abcdef\"
api_token = \"file:/run/secrets/cf\"       # or api_email and api_key
",
    read: read::<Cloudflare>,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cloudflare {
    #[serde(rename = "provider")]
    _provider: String,
    name: Option<String>,
    account_id: String,
    api_token: Option<SecretRef>,
    /// The address itself, which is not secret, or a reference to it.
    api_email: Option<String>,
    api_key: Option<SecretRef>,
    base_url: Option<String>,
    ca_file: Option<PathBuf>,
    listing_bytes: Option<usize>,
    listing_records: Option<usize>,
}

/// What opens an account.
#[derive(Clone, Copy)]
enum References<'a> {
    Token(&'a SecretRef),
    EmailAndKey(&'a str, &'a SecretRef),
}

impl Cloudflare {
    fn references(&self) -> Result<References<'_>> {
        match (&self.api_token, &self.api_email, &self.api_key) {
            (Some(token), None, None) => Ok(References::Token(token)),
            (None, Some(email), Some(key)) => {
                if email.contains('@') || SecretRef::parse(email).is_ok() {
                    Ok(References::EmailAndKey(email, key))
                } else {
                    Err(Error::new("api_email is not a mail address")
                        .advise("write the one the key belongs to"))
                }
            }
            _ => Err(Error::new(
                "write either api_token, or api_email and api_key",
            )),
        }
    }
}

impl Settings for Cloudflare {
    fn common(&self) -> Common<'_> {
        Common {
            name: self.name.as_deref(),
            base_url: self.base_url.as_deref(),
            ca_file: self.ca_file.as_deref(),
            listing_bytes: self.listing_bytes,
            listing_records: self.listing_records,
        }
    }

    fn identifiers(&self) -> Vec<(&'static str, &str)> {
        vec![("account_id", &self.account_id)]
    }

    fn check(&self) -> Result<()> {
        self.references().map(|_| ())
    }

    fn open<'a>(&'a self, opening: Opening<'a>) -> BoxFuture<'a, Result<Account>> {
        Box::pin(async move {
            let credentials = match self.references()? {
                References::Token(token) => {
                    cloudflare::Credentials::ApiToken(opening.secret("api_token", token).await?)
                }
                References::EmailAndKey(email, key) => cloudflare::Credentials::EmailAndKey {
                    email: match SecretRef::parse(email) {
                        Ok(reference) => opening.secret("api_email", &reference).await?,
                        Err(_) => Secret::new(email),
                    },
                    key: opening.secret("api_key", key).await?,
                },
            };
            let Opening {
                name, connection, ..
            } = opening;
            Ok(
                cloudflare::Cloudflare::new(name, credentials, &self.account_id, connection)
                    .map(Account::new)?,
            )
        })
    }
}
