//! Patchworks.

use crate::{
    Key, KeyKind, Result,
    settings::{Opening, Provider},
};
use certfleet::{Account, ProviderId, patchworks};
use futures_util::future::BoxFuture;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ProviderId::PATCHWORKS,
    keys: &[
        Key::new(
            "api_key",
            KeyKind::Secret,
            "an API key",
            "\"env:PATCHWORKS_API_KEY\"",
        )
        .variable("PATCHWORKS_API_KEY"),
        Key::new(
            "bearer",
            KeyKind::Secret,
            "instead of api_key: a token of a login, which lasts 24 hours",
            "\"cmd:pass show patchworks-token\"",
        ),
    ],
    one_of: &[&["api_key"], &["bearer"]],
    example: "\
[[account]]
provider = \"patchworks\"
api_key = \"cmd:pass show patchworks\"     # or bearer
",
    open,
};

fn open(opening: Opening<'_>) -> BoxFuture<'_, Result<Account>> {
    Box::pin(async move {
        let credentials = if opening.values.has("api_key") {
            patchworks::Credentials::ApiKey(opening.secret("api_key").await?)
        } else {
            patchworks::Credentials::Bearer(opening.secret("bearer").await?)
        };
        let Opening {
            name, connection, ..
        } = opening;
        Ok(patchworks::Patchworks::new(name, credentials, connection).map(Account::new)?)
    })
}
