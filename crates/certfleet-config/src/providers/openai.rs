//! OpenAI.

use crate::{
    Result, SecretRef,
    settings::{Common, Opening, Provider, Settings, read},
};
use certfleet::{Account, ProviderId, openai};
use futures_util::future::BoxFuture;
use serde::Deserialize;
use std::path::PathBuf;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ProviderId::OPENAI,
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
    read: read::<OpenAi>,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenAi {
    #[serde(rename = "provider")]
    _provider: String,
    name: Option<String>,
    admin_key: SecretRef,
    #[serde(default)]
    projects: Vec<String>,
    base_url: Option<String>,
    ca_file: Option<PathBuf>,
    listing_bytes: Option<usize>,
    listing_records: Option<usize>,
}

impl Settings for OpenAi {
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
        let projects = self.projects.iter();
        projects.map(|id| ("projects", id.as_str())).collect()
    }

    fn open<'a>(&'a self, opening: Opening<'a>) -> BoxFuture<'a, Result<Account>> {
        Box::pin(async move {
            let key = opening.secret("admin_key", &self.admin_key).await?;
            let credentials = openai::Credentials::AdminKey(key);
            let Opening {
                name, connection, ..
            } = opening;
            let projects = self.projects.clone();
            Ok(openai::OpenAi::new(name, credentials, projects, connection).map(Account::new)?)
        })
    }
}
