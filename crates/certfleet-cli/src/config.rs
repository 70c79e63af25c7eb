//! The configuration: which accounts there are. Secrets stand in it by reference only.

use crate::{
    exit::{Failure, Result},
    identifier,
    providers::{self, Provider, Settings},
    terminal, trusted_file,
};
use certfleet::BaseUrl;
use serde::de::DeserializeOwned;
use std::{
    fmt,
    path::{Path, PathBuf},
};
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

/// The largest configuration, in bytes.
const LARGEST: u64 = 1024 * 1024;

const NO_ACCOUNTS: &str = "it holds no account: begin one with [[account]] and its provider";

/// A configuration that was read and checked. No secret was fetched yet.
#[derive(Debug)]
pub(crate) struct Config {
    path: PathBuf,
    pub(crate) accounts: Vec<Account>,
}

/// One account of a configuration.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) provider: &'static Provider,
    pub(crate) settings: Box<dyn Settings>,
    /// Where it begins.
    line: usize,
}

/// Says what is wrong with settings beyond what the types say.
fn check(settings: &dyn Settings) -> std::result::Result<(), String> {
    settings.check()?;
    let common = settings.common();
    if let Some(name) = common.name {
        identifier::check(name).map_err(|what| format!("name {what}: write another"))?;
    }
    for (key, value) in settings.identifiers() {
        identifier::check(value)
            .map_err(|what| format!("{key} {value:?} {what}: write the id the vendor shows"))?;
    }
    if let Some(base_url) = common.base_url {
        BaseUrl::parse(base_url).map_err(|error| error.detail().to_owned())?;
    }
    Ok(())
}

impl Config {
    /// Reads the configuration that `--config`, `CERTFLEET_CONFIG` or the platform names.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => match std::env::var_os("CERTFLEET_CONFIG").filter(|path| !path.is_empty()) {
                Some(path) => path.into(),
                None => default_path()?,
            },
        };
        let text = read(&path)?;
        let accounts = parse(&text).map_err(|problem| {
            let place = match problem.offset {
                Some(offset) => format!("{}:{}", path.display(), line(&text, offset)),
                None => path.display().to_string(),
            };
            Failure::usage(format!("{place}: {}", problem.message))
        })?;
        Ok(Self { path, accounts })
    }

    /// The folder that relative paths count from.
    pub(crate) fn folder(&self) -> PathBuf {
        self.path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
            .to_owned()
    }

    /// Something that is wrong with an account.
    pub(crate) fn failure(&self, account: &Account, what: impl fmt::Display) -> Failure {
        Failure::usage(format!(
            "{}:{}: account {}/{}: {what}",
            self.path.display(),
            account.line,
            account.provider.kind,
            account.name
        ))
    }
}

/// The file in the platform's configuration folder, if it is there.
fn default_path() -> Result<PathBuf> {
    let path = folder().map(|folder| folder.join("certfleet").join("config.toml"));
    match path {
        Some(path) if path.exists() => Ok(path),
        path => Err(Failure::usage(format!(
            "there is no configuration: write {} or name one with --config (`certfleet --help` shows how), or try `certfleet --sandbox list`, which needs none",
            path.map_or("one".to_owned(), |path| path.display().to_string())
        ))),
    }
}

/// The platform's folder for configurations.
fn folder() -> Option<PathBuf> {
    let variable = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path: &PathBuf| path.is_absolute())
    };
    if cfg!(windows) {
        variable("APPDATA")
    } else if cfg!(target_os = "macos") {
        Some(std::env::home_dir()?.join("Library/Application Support"))
    } else {
        variable("XDG_CONFIG_HOME").or_else(|| Some(std::env::home_dir()?.join(".config")))
    }
}

fn read(path: &Path) -> Result<String> {
    let failure = |what: &dyn fmt::Display| {
        Failure::usage(format!("{}: the configuration {what}", path.display()))
    };
    let bytes = trusted_file::read_unchangeable(path, LARGEST).map_err(|why| failure(&why))?;
    String::from_utf8(bytes).map_err(|_| failure(&"is not UTF-8 text: name the right file"))
}

/// What is wrong with a configuration, and where.
#[derive(Debug)]
pub(crate) struct Problem {
    message: String,
    offset: Option<usize>,
}

impl Problem {
    fn at(offset: usize, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            offset: Some(offset),
        }
    }
}

impl From<toml::de::Error> for Problem {
    /// Only message and place: the error's own text shows the line, which may hold a secret.
    fn from(error: toml::de::Error) -> Self {
        Self {
            message: error.message().lines().collect::<Vec<_>>().join(", "),
            offset: error.span().map(|span| span.start),
        }
    }
}

/// The number of the line that an offset is on.
fn line(text: &str, offset: usize) -> usize {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    before.matches('\n').count() + 1
}

fn parse(text: &str) -> std::result::Result<Vec<Account>, Problem> {
    let table = DeTable::parse(text).map_err(|error| Problem {
        message: format!("this is not TOML: {}", Problem::from(error.clone()).message),
        ..Problem::from(error)
    })?;
    let mut items = None;
    for (key, value) in table.into_inner() {
        match (key.get_ref().as_ref(), value.into_inner()) {
            ("account", DeValue::Array(array)) => items = Some(array),
            ("account", _) => {
                return Err(Problem::at(
                    key.span().start,
                    "account is no list: write [[account]] with two brackets",
                ));
            }
            (other, _) => {
                return Err(Problem::at(
                    key.span().start,
                    format!(
                        "unknown key {:?}: the only one here is [[account]]",
                        terminal::sanitize(other)
                    ),
                ));
            }
        }
    }
    let mut accounts: Vec<Account> = Vec::new();
    for item in items.into_iter().flatten() {
        let account = account(text, item)?;
        if let Some(other) = accounts.iter().find(|other| {
            (other.provider.kind, &other.name) == (account.provider.kind, &account.name)
        }) {
            return Err(Problem {
                message: format!(
                    "the {} account {:?} is there already, on line {}: give each its own name",
                    account.provider.kind, account.name, other.line
                ),
                offset: offset_of_line(text, account.line),
            });
        }
        accounts.push(account);
    }
    if accounts.is_empty() {
        return Err(Problem {
            message: NO_ACCOUNTS.to_owned(),
            offset: None,
        });
    }
    Ok(accounts)
}

fn offset_of_line(text: &str, line: usize) -> Option<usize> {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    Some(lines.map(str::len).sum())
}

fn account(text: &str, item: Spanned<DeValue<'_>>) -> std::result::Result<Account, Problem> {
    let start = item.span().start;
    let kinds = providers::names();
    let DeValue::Table(table) = item.get_ref() else {
        return Err(Problem::at(
            start,
            "an account is no table: write [[account]]",
        ));
    };
    let Some((key, value)) = table.get_key_value("provider") else {
        return Err(Problem::at(
            start,
            format!("the account has no provider: write provider = one of {kinds}"),
        ));
    };
    let at = key.span().start;
    let given = value.get_ref().as_str();
    let Some(provider) = given.and_then(Provider::named) else {
        let given = given.map_or("this".to_owned(), |text| format!("{text:?}"));
        return Err(Problem::at(
            at,
            format!("{given} is not a provider: write one of {kinds}"),
        ));
    };
    let settings = (provider.read)(item)?;
    let name = settings.common().name;
    let name = name.unwrap_or(provider.kind.as_str()).to_owned();
    check(settings.as_ref())
        .map_err(|what| Problem::at(start, format!("account {}/{name}: {what}", provider.kind)))?;
    Ok(Account {
        name,
        provider,
        settings,
        line: line(text, start),
    })
}

/// Reads an account's table as a vendor's settings.
pub(crate) fn read_as<T: DeserializeOwned>(
    item: Spanned<DeValue<'_>>,
) -> std::result::Result<T, Problem> {
    let start = item.span().start;
    T::deserialize(ValueDeserializer::from(item)).map_err(|error| {
        let mut problem = Problem::from(error);
        problem.offset.get_or_insert(start);
        if problem.message.starts_with("missing field") {
            problem.message.push_str(": add it to the account");
        }
        problem
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts() {
        let accounts = parse(
            r#"
            [[account]]
            provider = "openai"
            name = "production"
            admin_key = "env:OPENAI_ADMIN_KEY"
            projects = ["proj_abc"]

            [[account]]
            provider = "cloudflare"
            account_id = "abc"
            api_email = "env:EMAIL"
            api_key = "cmd:pass show cloudflare"
            "#,
        )
        .unwrap();
        let shown: Vec<_> = accounts
            .iter()
            .map(|account| {
                format!(
                    "{} {} {}",
                    account.provider.kind, account.name, account.line
                )
            })
            .collect();
        assert_eq!(shown, ["openai production 2", "cloudflare cloudflare 8"]);
    }
}
