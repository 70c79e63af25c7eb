//! Apinizer.

use crate::{
    Key, KeyKind, Result,
    settings::{Opening, Provider},
};
use certfleet::{Account, ProviderId, apinizer};
use futures_util::future::BoxFuture;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ProviderId::APINIZER,
    keys: &[
        Key::new(
            "project",
            KeyKind::Identifier,
            "the project's name",
            "\"Payments\"",
        )
        .required()
        .variable("APINIZER_PROJECT"),
        Key::new(
            "access_token",
            KeyKind::Secret,
            "a personal API access token",
            "\"env:APINIZER_TOKEN\"",
        )
        .required()
        .variable("APINIZER_TOKEN"),
        Key::new(
            "base_url",
            KeyKind::Address,
            "the address of your installation: https, or http to this machine",
            "\"https://gateway.example.com\"",
        )
        .required()
        .variable("APINIZER_URL"),
    ],
    one_of: &[],
    example: "\
[[account]]
provider = \"apinizer\"
base_url = \"https://gateway.example.com\" # required here
ca_file = \"gateway-ca.pem\"               # PEM: trusted for this account besides the system's
project = \"Payments\"
access_token = \"env:APINIZER_TOKEN\"
",
    open,
};

fn open(opening: Opening<'_>) -> BoxFuture<'_, Result<Account>> {
    Box::pin(async move {
        let credentials = apinizer::Credentials::AccessToken(opening.secret("access_token").await?);
        let project = opening.text("project").to_owned();
        let Opening {
            name, connection, ..
        } = opening;
        Ok(apinizer::Apinizer::new(name, credentials, &project, connection).map(Account::new)?)
    })
}
