//! `proxy`: the way to the vendors, of one account or of all.

use crate::{Error, ReferenceContext, Result, SecretRef, SecretSource};
use certfleet_http::Proxy;
use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeValue, ValueDeserializer},
};

/// What `proxy` says. No secret is fetched yet, and no variable read.
#[derive(Debug)]
pub(crate) enum ProxySetting {
    /// None, whatever is set for all accounts.
    Direct,
    /// The one that the environment names.
    Environment,
    /// This one.
    At {
        proxy: Box<Proxy>,
        credentials: Option<Credentials>,
    },
}

#[derive(Debug)]
pub(crate) struct Credentials {
    /// The name itself, which is not secret, or a reference to it.
    username: String,
    password: SecretRef,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    url: String,
    username: Option<String>,
    password: Option<SecretRef>,
    #[serde(default)]
    no_proxy: Vec<String>,
}

/// Why a `proxy` cannot be read.
pub(crate) enum Unreadable {
    Toml(toml::de::Error),
    Wrong(Error),
}

impl From<toml::de::Error> for Unreadable {
    fn from(error: toml::de::Error) -> Self {
        Self::Toml(error)
    }
}

impl From<Error> for Unreadable {
    fn from(error: Error) -> Self {
        Self::Wrong(error)
    }
}

impl From<certfleet_http::Error> for Unreadable {
    fn from(error: certfleet_http::Error) -> Self {
        Self::Wrong(Error::new(error.detail()))
    }
}

impl ProxySetting {
    /// Reads the value of `proxy`: an address, `"environment"`, `"none"`, or a table.
    pub(crate) fn read(value: Spanned<DeValue<'_>>) -> Result<Self, Unreadable> {
        match value.get_ref().as_str() {
            Some("environment") => return Ok(Self::Environment),
            Some("none") => return Ok(Self::Direct),
            Some(address) => {
                let proxy = Box::new(Proxy::new(address)?);
                return Ok(Self::At {
                    proxy,
                    credentials: None,
                });
            }
            None if matches!(value.get_ref(), DeValue::Table(_)) => {}
            None => {
                return Err(Error::new("proxy is neither a text nor a table")
                    .advise("write an address, \"environment\", \"none\", or a table with url")
                    .into());
            }
        }
        let Table {
            url,
            username,
            password,
            no_proxy,
        } = Table::deserialize(ValueDeserializer::from(value))?;
        let credentials = match (username, password) {
            (None, None) => None,
            (Some(username), Some(password)) => Some(Credentials { username, password }),
            _ => {
                return Err(Error::new("proxy has one of username and password")
                    .advise("write both or neither")
                    .into());
            }
        };
        Ok(Self::At {
            proxy: Box::new(Proxy::new(&url)?.no_proxy(no_proxy)?),
            credentials,
        })
    }

    /// Fetches the secrets, or reads the environment.
    pub(crate) async fn open(
        &self,
        secrets: &dyn SecretSource,
        context: &ReferenceContext<'_>,
    ) -> Result<Option<Proxy>> {
        let failed =
            |error: certfleet_http::Error| Error::new(format!("proxy: {}", error.detail()));
        match self {
            Self::Direct => Ok(None),
            Self::Environment => Proxy::from_environment().map_err(failed),
            Self::At {
                proxy,
                credentials: None,
            } => Ok(Some(proxy.as_ref().clone())),
            Self::At {
                proxy,
                credentials: Some(Credentials { username, password }),
            } => {
                let fetch = async |key: &str, reference: &SecretRef| {
                    let secret = secrets.fetch(reference, context).await;
                    secret.map_err(|error| error.about(format_args!("proxy {key}: ")))
                };
                let username = match SecretRef::parse(username) {
                    Ok(reference) => fetch("username", &reference).await?.expose().to_owned(),
                    Err(_) => username.clone(),
                };
                let password = fetch("password", password).await?;
                let proxy = proxy.as_ref().clone();
                proxy
                    .credentials(username, password)
                    .map(Some)
                    .map_err(failed)
            }
        }
    }
}
