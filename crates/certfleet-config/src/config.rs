//! A configuration: which accounts there are.

use crate::{
    Environment, Error, OpenOptions, ReferenceContext, Result, Selection, environment, location,
    parse::{self, Parsed},
    proxy::ProxySetting,
    settings::Common,
    trusted_file,
};
use certfleet::{Account, Coverage, Fleet, ProviderId, reading::UnopenedAccount};
use certfleet_http::{Proxy, Url};
use std::path::{Path, PathBuf};

/// The largest configuration, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// A configuration that was read and checked. No secret was fetched yet.
#[derive(Debug)]
pub struct Config {
    /// `None` where the environment makes the accounts.
    path: Option<PathBuf>,
    accounts: Vec<AccountConfig>,
    proxy: Option<ProxySetting>,
    pass_env: Vec<String>,
    journal: Option<String>,
    /// What the environment lacks for further accounts.
    missing: Vec<(ProviderId, Vec<&'static str>)>,
}

/// One account of a configuration.
#[derive(Debug)]
pub struct AccountConfig(pub(crate) Parsed);

impl AccountConfig {
    /// The account's provider.
    pub fn provider(&self) -> ProviderId {
        self.0.provider.kind
    }

    /// The account's name, unique at its provider.
    pub fn name(&self) -> &str {
        &self.0.name
    }
}

impl Config {
    /// Reads a configuration from a file that only the user and root can change.
    /// [`Location::find`](crate::Location::find) knows where the command's is.
    ///
    /// # Errors
    /// The file cannot be read, another user can change it, or it is larger than 1 MiB; as
    /// [`parse`](Self::parse).
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::check(path).map_err(first)
    }

    /// Reads a configuration as [`load`](Self::load) does, and finds everything that is wrong with it. Nothing is
    /// sent, and no secret fetched.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file's lines; at least one error.
    pub fn check(path: impl AsRef<Path>) -> Result<Self, Vec<Error>> {
        let path = path.as_ref();
        let failure = |error: Error| vec![error.about("the configuration ").in_file(path)];
        let bytes = trusted_file::read_unchangeable(path, LARGEST).map_err(failure)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| failure(Error::new("is not UTF-8 text").advise("name the right file")))?;
        Self::check_text(&text, path)
    }

    /// Reads a configuration from a text. `path` is where it came from: errors name it, and relative
    /// paths count from its folder. No file is read.
    ///
    /// # Errors
    /// The text is not TOML, a provider or a setting is unknown or missing, or two accounts have the same
    /// name. The error names the line.
    pub fn parse(text: &str, path: impl AsRef<Path>) -> Result<Self> {
        Self::check_text(text, path).map_err(first)
    }

    /// Reads a configuration from a text as [`parse`](Self::parse) does, and finds everything that is wrong with
    /// it.
    ///
    /// ```
    /// # #[cfg(feature = "openai")] {
    /// let text = "[[account]]\nprovider = \"openai\"\nadmin_kee = \"env:KEY\"\nprojects = 5\n";
    /// let problems = certfleet_config::Config::check_text(text, "fleet.toml").unwrap_err();
    /// let lines: Vec<_> = problems.iter().map(|one| one.context().line).collect();
    /// assert_eq!(lines, [Some(1), Some(3), Some(4)]);
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn check_text(text: &str, path: impl AsRef<Path>) -> Result<Self, Vec<Error>> {
        let path = path.as_ref();
        let file = parse::file(text).map_err(|errors| {
            let errors = errors.into_iter().map(|error| error.in_file(path));
            errors.collect::<Vec<_>>()
        })?;
        Ok(Self {
            path: Some(path.to_owned()),
            accounts: file.accounts.into_iter().map(AccountConfig).collect(),
            proxy: file.proxy,
            pass_env: file.pass_env,
            journal: file.journal,
            missing: Vec::new(),
        })
    }

    /// Returns the accounts that the environment's variables make, each named after its provider. They are reached
    /// through the proxy that the environment names, if it names one.
    ///
    /// # Errors
    /// A variable holds what its setting cannot be, or no account is made.
    pub fn from_environment(environment: &Environment) -> Result<Self> {
        let accounts = environment::accounts(environment)?;
        if accounts.is_empty() {
            return Err(
                Error::new(format!("the environment makes no account: {environment}"))
                    .advise("set every variable of a provider, or write a configuration file"),
            );
        }
        Ok(Self {
            path: None,
            accounts: accounts.into_iter().map(AccountConfig).collect(),
            proxy: Some(ProxySetting::Environment),
            pass_env: Vec::new(),
            journal: None,
            missing: environment.incomplete(),
        })
    }

    /// The file that it was read from; `None` where the environment makes the accounts.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The accounts, in the order of the file.
    pub fn accounts(&self) -> &[AccountConfig] {
        &self.accounts
    }

    /// The names of the environment's variables that commands get besides those that every program needs
    /// (`pass_env`).
    pub fn pass_env(&self) -> &[String] {
        &self.pass_env
    }

    /// Where changes are recorded (`journal`): the path of a file or the address of a store, as it is written.
    pub fn journal(&self) -> Option<&str> {
        self.journal.as_deref()
    }

    /// The folder that relative paths count from.
    pub fn folder(&self) -> &Path {
        location::folder(self.path.as_deref().unwrap_or(Path::new("")))
    }

    /// Returns a path as the configuration means it: relative ones count from its folder, and `~` is the user's home.
    pub fn resolve(&self, path: impl AsRef<Path>) -> PathBuf {
        location::resolve(path.as_ref(), self.folder())
    }

    /// Returns the variable of the environment that names a proxy which none of the settings mention,
    /// although a selected account's host would be reached through it. The proxy is not used.
    pub fn ignored_proxy(&self, selection: Selection<'_>) -> Option<&'static str> {
        let variable = Proxy::variable()?;
        let environment = Proxy::from_environment().ok().flatten();
        let is_ignored = |account: &Parsed| {
            let base_url = Common::from(&account.values).base_url;
            let goes_there = base_url
                .and_then(|text| Url::parse(text).ok())
                .zip(environment.as_ref())
                .is_none_or(|(url, proxy)| proxy.carries(&url));
            account.proxy.is_none() && goes_there
        };
        let selected = self.selected(selection).ok()?;
        let is_ignored =
            self.proxy.is_none() && selected.iter().any(|account| is_ignored(&account.0));
        is_ignored.then_some(variable)
    }

    pub(crate) fn selected(&self, selection: Selection<'_>) -> Result<Vec<&AccountConfig>> {
        let selected = selection.select(&self.accounts, |account| {
            (account.provider(), account.name())
        });
        // Says why the environment made no such account.
        selected.map_err(|error| {
            let missing = self.missing.iter();
            missing.fold(error, |error, (provider, variables)| {
                let advice = error.advice().unwrap_or_default();
                let names = variables.join(" and ");
                let advice = format!("{advice}; for one at {provider}, set {names} too");
                error.advise(advice)
            })
        })
    }

    /// Opens every account. Their secrets are fetched; nothing is sent.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn fleet(&self) -> Result<Fleet> {
        self.open(Selection::default(), &OpenOptions::default())
            .await
    }

    /// Opens the selected accounts. Only their secrets are fetched; nothing is sent.
    ///
    /// # Errors
    /// No account is selected, a named one is not there, a secret or a `ca_file` cannot be read, or an address
    /// or a credential is unusable. The error names the account.
    pub async fn open(&self, selection: Selection<'_>, options: &OpenOptions) -> Result<Fleet> {
        let (opened, failed) = self.open_each(selection, options).await?;
        match failed.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(Fleet::new(opened)?),
        }
    }

    /// Opens the selected accounts that can be opened, for a program that only reads: of several accounts, one
    /// that cannot be opened is among the fleet's [`unopened`](Fleet::unopened), and each listing reports that it
    /// failed.
    ///
    /// # Errors
    /// As [`open`](Self::open), where no account is selected, a named one is not there, or only one is selected.
    pub async fn open_available(
        &self,
        selection: Selection<'_>,
        options: &OpenOptions,
    ) -> Result<Fleet> {
        let (opened, mut failed) = self.open_each(selection, options).await?;
        if opened.is_empty() && failed.len() == 1 {
            return Err(failed.remove(0).1);
        }
        let unopened = failed.into_iter().map(|(account, error)| UnopenedAccount {
            provider: account.provider(),
            name: account.name().to_owned(),
            coverage: certfleet::capabilities(account.provider())
                .map_or(Coverage::Complete, |can| can.coverage()),
            error: error.report(),
        });
        Ok(Fleet::new(opened)?.with_unopened(unopened))
    }

    /// Opens the selected accounts, each by itself.
    async fn open_each(
        &self,
        selection: Selection<'_>,
        options: &OpenOptions,
    ) -> Result<(Vec<Account>, Vec<(&AccountConfig, Error)>)> {
        let mut networks = options.networks(self.proxy.as_ref(), self.context());
        let (mut opened, mut failed) = (Vec::new(), Vec::new());
        for account in self.selected(selection)? {
            match options.open(&account.0, &mut networks).await {
                Ok(one) => opened.push(one),
                Err(error) => failed.push((account, self.place(account, error))),
            }
        }
        Ok((opened, failed))
    }

    /// What references of this configuration are followed with.
    pub(crate) fn context(&self) -> ReferenceContext<'_> {
        ReferenceContext::new(self.folder()).pass_env(&self.pass_env)
    }

    /// The proxy of all accounts.
    pub(crate) fn proxy(&self) -> Option<&ProxySetting> {
        self.proxy.as_ref()
    }

    /// Adds to an error which account of which file it is of.
    pub(crate) fn place(&self, account: &AccountConfig, error: Error) -> Error {
        let error = account.0.place(error);
        match &self.path {
            Some(path) => error.in_file(path),
            None => error,
        }
    }
}

/// The first of several errors.
fn first(errors: Vec<Error>) -> Error {
    let first = errors.into_iter().next();
    first.unwrap_or_else(|| Error::new("the configuration cannot be read"))
}
