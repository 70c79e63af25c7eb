//! OpenAI.

use crate::{
    Key, KeyKind, Result,
    settings::{Opening, Provider},
};
use certfleet::{Account, ProviderId, openai};
use futures_util::future::BoxFuture;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ProviderId::OPENAI,
    keys: &[
        Key::new(
            "admin_key",
            KeyKind::Secret,
            "an admin API key of the organization, not a project's key",
            "\"env:OPENAI_ADMIN_KEY\"",
        )
        .required()
        .variable("OPENAI_ADMIN_KEY"),
        Key::new(
            "projects",
            KeyKind::Identifiers,
            "projects whose certificates' states are shown too",
            "[\"proj_abc\"]",
        ),
    ],
    one_of: &[],
    example: "\
[[account]]
provider = \"openai\"
name = \"production\"                      # optional, as base_url and ca_file are; the same in
                                         # every account
admin_key = \"env:OPENAI_ADMIN_KEY\"
projects = [\"proj_abc\"]                  # optional: show the state there too
# listing_records = 1000000              # optional, as listing_bytes is: the longest listing that is
                                         # read; the same in every account
",
    open,
};

fn open(opening: Opening<'_>) -> BoxFuture<'_, Result<Account>> {
    Box::pin(async move {
        let credentials = openai::Credentials::AdminKey(opening.secret("admin_key").await?);
        let projects = opening.values.texts("projects").to_vec();
        let Opening {
            name, connection, ..
        } = opening;
        Ok(openai::OpenAi::new(name, credentials, projects, connection).map(Account::new)?)
    })
}
