//! Cloudflare Zero Trust.

use crate::{
    Key, KeyKind, Result,
    settings::{Opening, Provider},
};
use certfleet::{Account, ProviderId, cloudflare};
use futures_util::future::BoxFuture;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ProviderId::CLOUDFLARE,
    keys: &[
        Key::new(
            "account_id",
            KeyKind::Identifier,
            "the account's id, as the dashboard shows it",
            "\"0123456789abcdef\"",
        )
        .required()
        .variable("CLOUDFLARE_ACCOUNT_ID"),
        Key::new(
            "api_token",
            KeyKind::Secret,
            "an API token that may read, or edit, Zero Trust",
            "\"env:CLOUDFLARE_API_TOKEN\"",
        )
        .variable("CLOUDFLARE_API_TOKEN"),
        Key::new(
            "api_email",
            KeyKind::MailAddress,
            "instead of api_token, with api_key: the mail address of the key's user",
            "\"ops@example.com\"",
        ),
        Key::new(
            "api_key",
            KeyKind::Secret,
            "instead of api_token, with api_email: the global API key",
            "\"env:CLOUDFLARE_API_KEY\"",
        ),
    ],
    one_of: &[&["api_token"], &["api_email", "api_key"]],
    example: "\
[[account]]
provider = \"cloudflare\"
account_id = \"0123456789abcdef\"
api_token = \"file:/run/secrets/cf\"       # or api_email and api_key
",
    open,
};

fn open(opening: Opening<'_>) -> BoxFuture<'_, Result<Account>> {
    Box::pin(async move {
        let credentials = if opening.values.has("api_token") {
            cloudflare::Credentials::ApiToken(opening.secret("api_token").await?)
        } else {
            cloudflare::Credentials::EmailAndKey {
                email: opening.secret("api_email").await?,
                key: opening.secret("api_key").await?,
            }
        };
        let account_id = opening.text("account_id").to_owned();
        let Opening {
            name, connection, ..
        } = opening;
        Ok(
            cloudflare::Cloudflare::new(name, credentials, &account_id, connection)
                .map(Account::new)?,
        )
    })
}
