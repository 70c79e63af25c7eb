//! `proxy`: the way to the vendors, of one account or of all.

use crate::{
    Error, Key, KeyKind, ReferenceContext, Result, SecretRef, SecretSource,
    values::{Value, Values},
};
use certfleet_http::Proxy;

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
    username: Value,
    password: SecretRef,
}

impl ProxySetting {
    /// The keys of a proxy's table.
    pub(crate) const KEYS: &[Key] = &[
        Key::new(
            "url",
            KeyKind::ProxyAddress,
            "http://, https://, socks5:// or socks5h://, without credentials",
            "\"http://proxy.example.com:3128\"",
        )
        .required(),
        Key::new(
            "username",
            KeyKind::TextOrSecret,
            "the name, or a reference to it; with password",
            "\"certfleet\"",
        ),
        Key::new(
            "password",
            KeyKind::Secret,
            "a reference to the password; with username",
            "\"env:PROXY_PASSWORD\"",
        ),
        Key::new(
            "no_proxy",
            KeyKind::Hosts,
            "hosts and networks that are reached without it",
            "[\"corp.example.com\", \"10.0.0.0/8\"]",
        ),
    ];

    /// Reads an address, `"environment"` or `"none"`.
    pub(crate) fn of_text(text: &str) -> Result<Self> {
        Ok(match text {
            "environment" => Self::Environment,
            "none" => Self::Direct,
            address => Self::At {
                proxy: Box::new(Proxy::new(address).map_err(unusable)?),
                credentials: None,
            },
        })
    }

    /// Takes the values of a table.
    pub(crate) fn of_values(values: &Values) -> Result<Self> {
        let credentials = match (values.get("username"), values.get("password")) {
            (None, None) => None,
            (Some(username), Some(Value::Secret(password))) => Some(Credentials {
                username: username.clone(),
                password: password.clone(),
            }),
            _ => {
                return Err(Error::new("proxy has one of username and password")
                    .advise("write both or neither"));
            }
        };
        let proxy = Proxy::new(values.text("url").unwrap_or_default())
            .and_then(|proxy| proxy.no_proxy(values.texts("no_proxy")))
            .map_err(unusable)?;
        Ok(Self::At {
            proxy: Box::new(proxy),
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
                let username = match username {
                    Value::Secret(reference) => {
                        fetch("username", reference).await?.expose().to_owned()
                    }
                    Value::Text(name) => name.clone(),
                    _ => String::new(),
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

fn unusable(error: certfleet_http::Error) -> Error {
    Error::new(error.detail())
}
