//! From a configuration, or the sandbox, to accounts that can be asked.

use crate::{
    cli::Global,
    crash,
    exit::{Failure, Result, print_warning},
    progress::while_waiting,
    sandbox_accounts::Configuration,
};
use certfleet::{
    Capabilities, Certificate, Connection, ContentFetch, Fleet, Inventory, ListOptions, ProviderId,
    Secret,
};
use certfleet_config::{Config, OpenOptions, ReferenceContext, SecretRef, SecretSource};
use certfleet_sandbox::{Clock, Sandbox};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use std::sync::{Arc, Once};

pub(crate) use certfleet_config::Selection;

/// The accounts a command needs, and the time it goes by.
pub(crate) struct Opened {
    pub(crate) fleet: Fleet,
    pub(crate) now: DateTime<Utc>,
}

impl Opened {
    /// Lists all accounts.
    pub(crate) async fn inventory(&self, content: ContentFetch) -> Inventory {
        let options = ListOptions::content(content);
        while_waiting("reading the accounts", self.fleet.inventory(options)).await
    }

    /// The time that a certificate's end is judged by: its account's.
    pub(crate) fn time_of(&self, certificate: &Certificate) -> DateTime<Utc> {
        self.fleet
            .account(&certificate.id)
            .map_or(self.now, |account| account.time(self.now))
    }
}

/// Opens the accounts of the configuration, or the sandbox's. Only the secrets of the selected ones
/// are fetched. Nothing is sent. No progress is shown: a command that a secret comes from may ask on the
/// terminal.
pub(crate) async fn open(global: &Global, selection: Selection<'_>) -> Result<Opened> {
    if global.sandbox {
        return open_sandbox(global, selection).await;
    }
    let options = OpenOptions::default().secrets(Followed);
    let config = config(global)?;
    warn_of_ignored_proxy(&config, selection);
    Ok(Opened {
        fleet: config.open(selection, &options).await?,
        now: Utc::now(),
    })
}

/// Says once that the environment names a proxy which is not used: without it, a failure to connect would
/// puzzle everybody whose other programs use it.
fn warn_of_ignored_proxy(config: &Config, selection: Selection<'_>) {
    static ONCE: Once = Once::new();
    if let Some(variable) = config.ignored_proxy(selection) {
        ONCE.call_once(|| {
            print_warning(&format!(
                "{variable} is set and certfleet does not use it: write proxy = \"environment\" into the configuration to use it, or proxy = \"none\" to say that it is not wanted"
            ));
        });
    }
}

/// Returns the variables that commands get besides those that every program needs.
pub(crate) fn pass_env(global: &Global) -> Result<Vec<String>> {
    if global.sandbox {
        return Ok(Vec::new());
    }
    Ok(config(global)?.pass_env().to_vec())
}

/// Opens accounts as [`open`] does, for a command that only reads: one of several that cannot be opened is an
/// account that failed.
pub(crate) async fn open_available(global: &Global, selection: Selection<'_>) -> Result<Opened> {
    if global.sandbox {
        return open_sandbox(global, selection).await;
    }
    let config = config(global)?;
    warn_of_ignored_proxy(&config, selection);
    let options = OpenOptions::default().secrets(Followed);
    Ok(Opened {
        fleet: config.open_available(selection, &options).await?,
        now: Utc::now(),
    })
}

/// Reads the configuration that `--config`, `CERTFLEET_CONFIG` or the platform names.
fn config(global: &Global) -> Result<Config> {
    let path = global.config.clone().or_else(certfleet_config::find);
    let path = path.ok_or_else(|| {
        let path = certfleet_config::default_path();
        Failure::usage(format!(
            "there is no configuration: write {} or name one with --config (`certfleet --help` shows how), or try `certfleet --sandbox list`, which needs none",
            path.map_or("one".to_owned(), |path| path.display().to_string())
        ))
    })?;
    Ok(Config::load(path)?)
}

/// Follows references, and gives the panic that tests ask for a secret to carry.
struct Followed;

impl SecretSource for Followed {
    fn fetch<'a>(
        &'a self,
        reference: &'a SecretRef,
        context: &'a ReferenceContext<'a>,
    ) -> BoxFuture<'a, certfleet_config::Result<Secret>> {
        Box::pin(async move {
            let secret = reference.resolve(context).await?;
            crash::on_demand("secret", || secret.expose().to_owned());
            Ok(secret)
        })
    }
}

async fn open_sandbox(global: &Global, selection: Selection<'_>) -> Result<Opened> {
    let clock = global.sandbox_time.map_or_else(Clock::real, Clock::fixed);
    let now = clock.now();
    let sandbox = Sandbox::builder()
        .clock(clock.clone())
        .seed(global.sandbox_seed)
        .more_certificates(global.sandbox_certificates as usize)
        .build();
    let Configuration { text, variables } = Configuration::new(&sandbox.accounts(), |vendor| {
        format!("http://localhost{}", vendor.base_path())
    })?;
    let config = Config::parse(&text, "sandbox")?;
    let options = OpenOptions::default()
        .connection(Connection::default().clock(Arc::new(clock)))
        .transport(Arc::new(sandbox))
        .secrets(variables);
    Ok(Opened {
        fleet: config.open(selection, &options).await?,
        now,
    })
}

/// What a provider can do.
pub(crate) fn capabilities(provider: ProviderId) -> Result<Capabilities> {
    certfleet::capabilities(provider)
        .ok_or_else(|| Failure::failed(format!("{provider} is not built in")))
}
