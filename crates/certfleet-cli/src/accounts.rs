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
use certfleet_config::{
    Config, Environment, Location, OpenOptions, ReferenceContext, SecretRef, SecretSource,
    doctor::{Examination, examine},
};
use certfleet_sandbox::{Clock, Sandbox};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Once},
};

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
        let reading = self.fleet.inventory(options);
        let mut inventory = while_waiting("reading the accounts", reading).await;
        // The sandbox's clock may stand still.
        inventory.taken_at = self.now;
        inventory
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

/// Where the configuration says that changes are recorded.
pub(crate) struct JournalSetting {
    /// As it is written.
    pub(crate) text: String,
    /// As the path of a file.
    pub(crate) path: PathBuf,
    /// What a store is opened with.
    pub(crate) options: certfleet_journals::Options,
}

/// Returns where the configuration says that changes are recorded, if there is one and it says so.
pub(crate) fn journal_setting(global: &Global) -> Result<Option<JournalSetting>> {
    if Source::new(global).is_environment() {
        return Ok(None);
    }
    let config = config(global)?;
    let Some(text) = config.journal() else {
        return Ok(None);
    };
    let mut options = certfleet_journals::Options::default();
    options.secrets = secrets();
    options.folder = config.folder().to_owned();
    options.pass_env = config.pass_env().to_vec();
    Ok(Some(JournalSetting {
        text: text.to_owned(),
        path: config.resolve(text),
        options,
    }))
}

/// Returns the variables that commands get which the password of a journal comes from: those of the configuration, if
/// there is one.
pub(crate) fn journal_pass_env(global: &Global) -> Result<Vec<String>> {
    if global.sandbox || Source::new(global).is_environment() {
        return Ok(Vec::new());
    }
    pass_env(global)
}

/// Returns where secrets come from.
pub(crate) fn secrets() -> Arc<dyn SecretSource> {
    Arc::new(Followed)
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

/// Where the accounts come from.
pub(crate) enum Source {
    /// The file that `--config` names.
    Option(PathBuf),
    /// What a program uses that is not told.
    Found(Location),
}

impl Source {
    pub(crate) fn new(global: &Global) -> Self {
        match &global.config {
            Some(path) => Self::Option(path.clone()),
            None => Self::Found(Location::find()),
        }
    }

    /// The configuration file, or where it would be.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Option(path) => Some(path),
            Self::Found(location) => location.path(),
        }
    }

    /// Whether there is no file, so that the environment makes the accounts.
    pub(crate) fn is_environment(&self) -> bool {
        matches!(self, Self::Found(Location::Nowhere(_)))
    }
}

/// Reads the configuration that `--config`, `CERTFLEET_CONFIG` or the platform names. Without a file, the
/// environment makes the accounts.
fn config(global: &Global) -> Result<Config> {
    let source = Source::new(global);
    let path = source.path();
    if let Some(path) = path.filter(|_| !source.is_environment()) {
        return Ok(Config::load(path)?);
    }
    let environment = Environment::read();
    if environment.complete().is_empty() {
        return Err(Failure::usage(format!(
            "there is no configuration: write {} (`certfleet config init` helps) or name one with --config; or set every variable of a provider ({environment}); or try `certfleet --sandbox list`, which needs none",
            path.map_or("one".to_owned(), |path| path.display().to_string())
        )));
    }
    Ok(Config::from_environment(&environment)?)
}

/// Finds out what works of the selected accounts and what does not. Nothing is written.
pub(crate) async fn examined(
    global: &Global,
    selection: Selection<'_>,
) -> Result<Vec<Examination>> {
    let (config, options) = if global.sandbox {
        let sandbox = sandbox(global)?;
        (sandbox.config, sandbox.options)
    } else {
        let config = config(global)?;
        warn_of_ignored_proxy(&config, selection);
        (config, OpenOptions::default().secrets(Followed))
    };
    Ok(examine(&config, selection, &options).await?)
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

/// The sandbox's accounts, before they are opened.
struct InProcess {
    config: Config,
    options: OpenOptions,
    now: DateTime<Utc>,
}

fn sandbox(global: &Global) -> Result<InProcess> {
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
    let options = OpenOptions::default()
        .connection(Connection::default().clock(Arc::new(clock)))
        .transport(Arc::new(sandbox))
        .secrets(variables);
    Ok(InProcess {
        config: Config::parse(&text, "sandbox")?,
        options,
        now,
    })
}

async fn open_sandbox(global: &Global, selection: Selection<'_>) -> Result<Opened> {
    let InProcess {
        config,
        options,
        now,
    } = sandbox(global)?;
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
