//! A configuration: which accounts there are.

use crate::{
    Error, OpenOptions, ReferenceContext, Result, Selection, location,
    parse::{self, Parsed},
    proxy::ProxySetting,
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
    path: PathBuf,
    accounts: Vec<AccountConfig>,
    proxy: Option<ProxySetting>,
    pass_env: Vec<String>,
}

/// One account of a configuration.
#[derive(Debug)]
pub struct AccountConfig(Parsed);

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
    /// [`find`](crate::find) knows where the command's is.
    ///
    /// # Errors
    /// The file cannot be read, another user can change it, or it is larger than 1 MiB; as
    /// [`parse`](Self::parse).
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let failure = |error: Error| error.about("the configuration ").in_file(path);
        let bytes = trusted_file::read_unchangeable(path, LARGEST).map_err(failure)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| failure(Error::new("is not UTF-8 text").advise("name the right file")))?;
        Self::parse(&text, path)
    }

    /// Reads a configuration from a text. `path` is where it came from: errors name it, and relative
    /// paths count from its folder. No file is read.
    ///
    /// # Errors
    /// The text is not TOML, a provider or a setting is unknown or missing, or two accounts have the same
    /// name. The error names the line.
    pub fn parse(text: &str, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = parse::file(text).map_err(|error| error.in_file(path))?;
        Ok(Self {
            path: path.to_owned(),
            accounts: file.accounts.into_iter().map(AccountConfig).collect(),
            proxy: file.proxy,
            pass_env: file.pass_env,
        })
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

    /// Returns the variable of the environment that names a proxy which none of the settings mention,
    /// although a selected account's host would be reached through it. The proxy is not used.
    pub fn ignored_proxy(&self, selection: Selection<'_>) -> Option<&'static str> {
        let variable = Proxy::variable()?;
        let environment = Proxy::from_environment().ok().flatten();
        let is_ignored = |account: &Parsed| {
            let base_url = account.settings.common().base_url;
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

    fn selected(&self, selection: Selection<'_>) -> Result<Vec<&AccountConfig>> {
        selection.select(&self.accounts, |account| {
            (account.provider(), account.name())
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
        let context = ReferenceContext::new(location::folder(&self.path)).pass_env(&self.pass_env);
        let mut networks = options.networks(self.proxy.as_ref(), context);
        let (mut opened, mut failed) = (Vec::new(), Vec::new());
        for account in self.selected(selection)? {
            match options.open(&account.0, &mut networks).await {
                Ok(one) => opened.push(one),
                Err(error) => {
                    let error = account.0.place(error).in_file(&self.path);
                    failed.push((account, error));
                }
            }
        }
        Ok((opened, failed))
    }
}
