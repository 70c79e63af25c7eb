//! From settings to an account that can be asked.

use crate::{
    FollowReferences, Result, SecretSource, location, parse::Parsed, private_roots,
    settings::Opening,
};
use certfleet::{Account, Connection};
use certfleet_http::{Network, Transport};
use std::{fmt, path::Path, sync::Arc};

/// How accounts are opened, where it differs from the real network and [`FollowReferences`].
#[derive(Clone)]
pub struct OpenOptions {
    connection: Connection,
    transport: Arc<dyn Transport>,
    secrets: Arc<dyn SecretSource>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            connection: Connection::default(),
            transport: Arc::new(Network::new()),
            secrets: Arc::new(FollowReferences),
        }
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenOptions")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

impl OpenOptions {
    /// Sets the deadlines, clock and observers of every account. Its address is replaced by the account's
    /// `base_url` where there is one, and its transport by [`transport`](Self::transport).
    #[must_use]
    pub fn connection(mut self, connection: Connection) -> Self {
        self.connection = connection;
        self
    }

    /// Sets the transport of every account without a `ca_file`. An account with a `ca_file` has a network of
    /// its own, which trusts those certificates too.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = transport;
        self
    }

    /// Sets where secrets come from.
    #[must_use]
    pub fn secrets(mut self, secrets: impl SecretSource + 'static) -> Self {
        self.secrets = Arc::new(secrets);
        self
    }

    pub(crate) async fn open(&self, account: &Parsed, folder: &Path) -> Result<Account> {
        let common = account.settings.common();
        let transport: Arc<dyn Transport> = match common.ca_file {
            Some(file) => Arc::new(private_roots::network(&location::resolve(file, folder))?),
            None => Arc::clone(&self.transport),
        };
        let mut connection = self.connection.clone().transport(transport);
        if let Some(base_url) = common.base_url {
            connection = connection.base_url(base_url);
        }
        connection = connection.listing_limits(common.listing_bytes, common.listing_records);
        let opening = Opening {
            name: &account.name,
            folder,
            secrets: self.secrets.as_ref(),
            connection,
        };
        account.settings.open(opening).await
    }
}
