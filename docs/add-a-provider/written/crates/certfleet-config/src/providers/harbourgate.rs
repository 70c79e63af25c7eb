//! Harbourgate.

use crate::{
    Key, KeyKind, Result,
    settings::{Opening, Provider},
};
use certfleet::{Account, ProviderId, harbourgate};
use futures_util::future::BoxFuture;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ProviderId::HARBOURGATE,
    keys: &[
        Key::new(
            "api_key",
            KeyKind::Secret,
            "an API key",
            "\"env:HARBOURGATE_KEY\"",
        )
        .variable("HARBOURGATE_KEY"),
        Key::new(
            "token",
            KeyKind::Secret,
            "instead of api_key: a token",
            "\"cmd:pass show harbourgate-token\"",
        ),
    ],
    one_of: &[&["api_key"], &["token"]],
    example: "\
[[account]]
provider = \"harbourgate\"
api_key = \"env:HARBOURGATE_KEY\"        # or token
",
    open,
};

fn open(opening: Opening<'_>) -> BoxFuture<'_, Result<Account>> {
    Box::pin(async move {
        let credentials = if opening.values.has("api_key") {
            harbourgate::Credentials::ApiKey(opening.secret("api_key").await?)
        } else {
            harbourgate::Credentials::Token(opening.secret("token").await?)
        };
        let Opening {
            name, connection, ..
        } = opening;
        Ok(harbourgate::Harbourgate::new(name, credentials, connection).map(Account::new)?)
    })
}
