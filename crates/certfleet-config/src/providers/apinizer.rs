//! Apinizer.

use crate::{
    Result, SecretRef,
    settings::{Common, Opening, Provider, Settings, read},
};
use certfleet::{Account, ProviderId, apinizer};
use futures_util::future::BoxFuture;
use serde::Deserialize;
use std::path::PathBuf;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ProviderId::APINIZER,
    example: "\
[[account]]
provider = \"apinizer\"
base_url = \"https://gateway.example.com\" # required here
ca_file = \"gateway-ca.pem\"               # PEM: trusted for this account besides the system's
project = \"Payments\"
access_token = \"env:APINIZER_TOKEN\"
",
    read: read::<Apinizer>,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Apinizer {
    #[serde(rename = "provider")]
    _provider: String,
    name: Option<String>,
    project: String,
    access_token: SecretRef,
    base_url: String,
    ca_file: Option<PathBuf>,
    listing_bytes: Option<usize>,
    listing_records: Option<usize>,
}

impl Settings for Apinizer {
    fn common(&self) -> Common<'_> {
        Common {
            name: self.name.as_deref(),
            base_url: Some(&self.base_url),
            ca_file: self.ca_file.as_deref(),
            listing_bytes: self.listing_bytes,
            listing_records: self.listing_records,
        }
    }

    fn identifiers(&self) -> Vec<(&'static str, &str)> {
        vec![("project", &self.project)]
    }

    fn open<'a>(&'a self, opening: Opening<'a>) -> BoxFuture<'a, Result<Account>> {
        Box::pin(async move {
            let token = opening.secret("access_token", &self.access_token).await?;
            let credentials = apinizer::Credentials::AccessToken(token);
            let Opening {
                name, connection, ..
            } = opening;
            Ok(
                apinizer::Apinizer::new(name, credentials, &self.project, connection)
                    .map(Account::new)?,
            )
        })
    }
}
