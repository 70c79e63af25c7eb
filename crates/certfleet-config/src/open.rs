//! From settings to an account that can be asked.

use crate::{
    FollowReferences, ReferenceContext, Result, SecretSource,
    networks::Networks,
    parse::Parsed,
    proxy::ProxySetting,
    settings::{Common, Opening},
};
use certfleet::{Account, Connection};
use certfleet_http::{Network, Transport};
use std::{fmt, sync::Arc};

/// How accounts are opened, where it differs from the real network and [`FollowReferences`].
#[derive(Clone)]
pub struct OpenOptions {
    pub(crate) connection: Connection,
    pub(crate) transport: Arc<dyn Transport>,
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
    /// `base_url` where there is one, and its transport by [`transport`](Self::transport), which also has the
    /// proxy: the connection must have none.
    #[must_use]
    pub fn connection(mut self, connection: Connection) -> Self {
        self.connection = connection;
        self
    }

    /// Sets the transport of every account without a `ca_file` and a `proxy`. The others have networks of
    /// their own, which trust those certificates too and go through that proxy.
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

    pub(crate) fn networks<'a>(
        &'a self,
        proxy: Option<&'a ProxySetting>,
        context: ReferenceContext<'a>,
    ) -> Networks<'a> {
        Networks::new(&self.transport, proxy, self.secrets.as_ref(), context)
    }

    /// Opens an account through its network.
    pub(crate) async fn open(
        &self,
        account: &Parsed,
        networks: &mut Networks<'_>,
    ) -> Result<Account> {
        let way = networks.of(account).await?;
        let connection = self.connection.clone().transport(way.transport);
        self.open_with(account, connection, networks.context).await
    }

    /// Opens an account with a connection that has its transport already.
    pub(crate) async fn open_with(
        &self,
        account: &Parsed,
        mut connection: Connection,
        context: ReferenceContext<'_>,
    ) -> Result<Account> {
        let common = Common::from(&account.values);
        if let Some(base_url) = common.base_url {
            connection = connection.base_url(base_url);
        }
        let opening = Opening {
            name: &account.name,
            values: &account.values,
            context,
            secrets: self.secrets.as_ref(),
            connection: connection.listing_limits(common.listing_bytes, common.listing_records),
        };
        (account.provider.open)(opening).await
    }
}
