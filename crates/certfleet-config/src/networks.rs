//! What accounts send through: the transport of all, a network behind the proxy of all, or one of their own.

use crate::{
    ReferenceContext, Result, SecretSource, location, parse::Parsed, proxy::ProxySetting,
    roots::read_roots, settings::Common,
};
use certfleet::x509::X509;
use certfleet_http::{Network, Proxy, Transport};
use std::{path::Path, sync::Arc};

/// What one account sends through.
pub(crate) struct Way {
    pub(crate) transport: Arc<dyn Transport>,
    /// The proxy of the transport.
    pub(crate) proxy: Option<Proxy>,
}

/// The transports of the accounts that are opened together.
pub(crate) struct Networks<'a> {
    /// What an account without settings of its own sends through.
    pub(crate) transport: &'a Arc<dyn Transport>,
    /// The proxy of all accounts.
    pub(crate) proxy: Option<&'a ProxySetting>,
    pub(crate) secrets: &'a dyn SecretSource,
    pub(crate) context: ReferenceContext<'a>,
    /// The proxy of all, once it was needed, and the network behind it.
    opened: Option<Option<(Proxy, Arc<dyn Transport>)>>,
}

impl<'a> Networks<'a> {
    pub(crate) fn new(
        transport: &'a Arc<dyn Transport>,
        proxy: Option<&'a ProxySetting>,
        secrets: &'a dyn SecretSource,
        context: ReferenceContext<'a>,
    ) -> Self {
        Self {
            transport,
            proxy,
            secrets,
            context,
            opened: None,
        }
    }

    /// Returns what an account sends through.
    pub(crate) async fn of(&mut self, account: &Parsed) -> Result<Way> {
        let ca_file = Common::from(&account.values).ca_file;
        let own = match &account.proxy {
            Some(setting) => Some(setting.open(self.secrets, &self.context).await?),
            None => None,
        };
        let common = match own {
            Some(_) => None,
            None => self.common().await?,
        };
        let proxy = match (own, common) {
            (None, Some((proxy, transport))) if ca_file.is_none() => {
                return Ok(Way {
                    transport,
                    proxy: Some(proxy),
                });
            }
            (None, Some((proxy, _))) => Some(proxy),
            (own, _) => own.flatten(),
        };
        if proxy.is_none() && ca_file.is_none() {
            return Ok(Way {
                transport: Arc::clone(self.transport),
                proxy: None,
            });
        }
        let mut network = Network::new();
        if let Some(file) = ca_file {
            network = trusting(network, &location::resolve(file, self.context.folder))?;
        }
        if let Some(proxy) = &proxy {
            network = network.proxy(proxy.clone());
        }
        Ok(Way {
            transport: Arc::new(network),
            proxy,
        })
    }

    /// Returns the proxy of all accounts and the network behind it.
    async fn common(&mut self) -> Result<Option<(Proxy, Arc<dyn Transport>)>> {
        if let Some(opened) = &self.opened {
            return Ok(opened.clone());
        }
        let proxy = match self.proxy {
            Some(setting) => setting.open(self.secrets, &self.context).await?,
            None => None,
        };
        let opened = proxy.map(|proxy| -> (Proxy, Arc<dyn Transport>) {
            let network = Network::new().proxy(proxy.clone());
            (proxy, Arc::new(network))
        });
        self.opened = Some(opened.clone());
        Ok(opened)
    }
}

/// Returns a network that also trusts the certificates of a file: as issuers, or as the very ones that a
/// server presents. Nothing else is weakened: names, dates and chains are verified as ever.
fn trusting(network: Network, file: &Path) -> Result<Network> {
    let roots = read_roots(file).map_err(|error| error.about("ca_file: "))?;
    Ok(roots
        .iter()
        .filter_map(X509::der_bytes)
        .fold(network, Network::trust))
}
