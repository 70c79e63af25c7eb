//! From a configuration, or the sandbox, to accounts that can be asked.

use crate::{
    cli::Global,
    config::Config,
    exit::{Failure, Result},
    private_roots,
    providers::Provider,
    secret_ref::whole_path,
};
use certfleet::{
    Account, Capabilities, Certificate, Connection, Fleet, Network, ProviderId, Transport,
};
use certfleet_sandbox::{Clock, Sandbox};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// The accounts a command needs, and the time it goes by.
pub(crate) struct Opened {
    pub(crate) fleet: Fleet,
    pub(crate) now: DateTime<Utc>,
}

impl Opened {
    /// The time that a certificate's end is judged by: its account's.
    pub(crate) fn time_of(&self, certificate: &Certificate) -> DateTime<Utc> {
        self.fleet
            .account(&certificate.id)
            .map_or(self.now, |account| account.time(self.now))
    }
}

/// Which accounts a command needs. An empty list is no condition.
#[derive(Clone, Copy, Default)]
pub(crate) struct Selection<'a> {
    pub(crate) providers: &'a [ProviderId],
    /// `NAME` or `PROVIDER/NAME`.
    pub(crate) accounts: &'a [String],
}

/// Opens the accounts of the configuration, or the sandbox's. Only the secrets of the selected ones
/// are fetched. Nothing is sent.
pub(crate) async fn open(global: &Global, selection: Selection<'_>) -> Result<Opened> {
    if global.sandbox {
        open_sandbox(global.sandbox_time, selection)
    } else {
        open_configured(&Config::load(global.config.as_deref())?, selection).await
    }
}

async fn open_configured(config: &Config, selection: Selection<'_>) -> Result<Opened> {
    let folder = config.folder();
    let network: Arc<dyn Transport> = Arc::new(Network::new());
    let selected = selection.of(&config.accounts, |account| {
        (account.provider.kind, account.name.as_str())
    })?;
    let mut accounts = Vec::new();
    for account in selected {
        let common = account.settings.common();
        let transport: Arc<dyn Transport> = match common.ca_file {
            Some(file) => Arc::new(
                private_roots::network(&whole_path(file, &folder))
                    .map_err(|what| config.failure(account, what))?,
            ),
            None => Arc::clone(&network),
        };
        let mut connection = Connection::default().transport(transport);
        if let Some(base_url) = common.base_url {
            connection = connection.base_url(base_url);
        }
        let opened = account.settings.open(&account.name, &folder, connection);
        accounts.push(opened.await.map_err(|what| config.failure(account, what))?);
    }
    Ok(Opened {
        fleet: fleet(accounts)?,
        now: Utc::now(),
    })
}

fn open_sandbox(time: Option<DateTime<Utc>>, selection: Selection<'_>) -> Result<Opened> {
    let clock = time.map_or_else(Clock::real, Clock::fixed);
    let now = clock.now();
    let sandbox = Sandbox::builder().clock(clock.clone()).build();
    let all = sandbox.accounts();
    let transport: Arc<dyn Transport> = Arc::new(sandbox);
    let mut known = Vec::new();
    for account in &all {
        let provider = Provider::of(account.provider);
        known.push((provider.ok_or_else(|| of_unknown_form(account))?, account));
    }
    let mut accounts = Vec::new();
    for (provider, account) in
        selection.of(&known, |(provider, account)| (provider.kind, account.name))?
    {
        let sandboxed = (provider.sandboxed)(account).ok_or_else(|| of_unknown_form(account))?;
        let connection = Connection::default()
            .base_url(format!("http://localhost{}", account.base_path))
            .clock(Arc::new(clock.clone()))
            .transport(Arc::clone(&transport));
        let opened = (sandboxed.open)(connection);
        accounts.push(opened.map_err(|error| Failure::of_call(&error))?);
    }
    Ok(Opened {
        fleet: fleet(accounts)?,
        now,
    })
}

fn of_unknown_form(account: &certfleet_sandbox::Account) -> Failure {
    Failure::failed(format!(
        "the sandbox's account {} is of an unknown form",
        account.name
    ))
}

fn fleet(accounts: Vec<Account>) -> Result<Fleet> {
    Fleet::new(accounts).map_err(|error| Failure::of_call(&error))
}

/// What a provider can do.
pub(crate) fn capabilities(provider: ProviderId) -> Result<Capabilities> {
    certfleet::capabilities(provider)
        .ok_or_else(|| Failure::failed(format!("{provider} is not built in")))
}

impl Selection<'_> {
    /// The selected ones of `all`.
    fn of<'t, T>(
        self,
        all: &'t [T],
        name: impl Fn(&'t T) -> (ProviderId, &'t str),
    ) -> Result<Vec<&'t T>> {
        let is = |wanted: &str, (provider, account): (ProviderId, &str)| {
            wanted == account
                || wanted
                    .split_once('/')
                    .is_some_and(|parts| parts == (provider.as_str(), account))
        };
        let known = || {
            let names: Vec<_> = all
                .iter()
                .map(|account| {
                    let (provider, account) = name(account);
                    format!("{provider}/{account}")
                })
                .collect();
            names.join(", ")
        };
        if let Some(missing) = self
            .accounts
            .iter()
            .find(|wanted| !all.iter().any(|account| is(wanted, name(account))))
        {
            return Err(Failure::usage(format!(
                "there is no account {missing}: there are {}",
                known()
            )));
        }
        let selected: Vec<_> = all
            .iter()
            .filter(|account| {
                let (provider, account) = name(account);
                (self.providers.is_empty() || self.providers.contains(&provider))
                    && (self.accounts.is_empty()
                        || self
                            .accounts
                            .iter()
                            .any(|wanted| is(wanted, (provider, account))))
            })
            .collect();
        if selected.is_empty() {
            return Err(Failure::usage(format!(
                "no account is selected: there are {}",
                known()
            )));
        }
        Ok(selected)
    }
}
