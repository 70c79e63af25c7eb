//! From TOML to the settings of accounts, with the line of whatever is wrong.

use crate::{
    Error, Result, identifier, providers,
    proxy::{ProxySetting, Unreadable},
    secret_ref::Malformed,
    settings::{Provider, Settings},
};
use certfleet_http::BaseUrl;
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

/// What a configuration says.
#[derive(Debug)]
pub(crate) struct File {
    /// At least one.
    pub(crate) accounts: Vec<Parsed>,
    /// Of every account without one of its own.
    pub(crate) proxy: Option<ProxySetting>,
    /// The variables that commands get.
    pub(crate) pass_env: Vec<String>,
}

/// One account of a configuration.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) name: String,
    pub(crate) provider: &'static Provider,
    pub(crate) proxy: Option<ProxySetting>,
    pub(crate) settings: Box<dyn Settings>,
    /// Where it begins.
    line: usize,
}

impl Parsed {
    /// Adds to an error which account it is of.
    pub(crate) fn place(&self, error: Error) -> Error {
        error
            .of_account(self.provider.kind, &self.name)
            .on_line(self.line)
    }
}

/// Reads a configuration.
pub(crate) fn file(text: &str) -> Result<File> {
    let table =
        DeTable::parse(text).map_err(|error| of_toml(text, &error).about("this is not TOML: "))?;
    let mut items = DeArray::new();
    let (mut all, mut pass_env) = (None, Vec::new());
    for (key, value) in table.into_inner() {
        let at = line(text, key.span().start);
        match (key.get_ref().as_ref(), value) {
            ("account", value) => match value.into_inner() {
                DeValue::Array(array) => items = array,
                _ => {
                    return Err(Error::new("account is not a list")
                        .advise("write [[account]] with two brackets")
                        .on_line(at));
                }
            },
            ("proxy", value) => all = Some(proxy(text, value)?),
            ("pass_env", value) => {
                pass_env = variables(value).ok_or_else(|| {
                    Error::new("pass_env is not a list of names")
                        .advise("write those of environment variables, as in [\"VAULT_ADDR\"]")
                        .on_line(at)
                })?;
            }
            (other, _) => {
                return Err(Error::new(format!("unknown key {other:?}"))
                    .advise("the only ones here are [[account]], proxy and pass_env")
                    .on_line(at));
            }
        }
    }
    Ok(File {
        accounts: accounts(text, items)?,
        proxy: all,
        pass_env,
    })
}

/// Reads the accounts of a configuration, at least one.
fn accounts(text: &str, items: DeArray<'_>) -> Result<Vec<Parsed>> {
    let mut accounts: Vec<Parsed> = Vec::new();
    for item in items {
        let account = account(text, item)?;
        let key = |one: &Parsed| (one.provider.kind, one.name.clone());
        if let Some(other) = accounts.iter().find(|one| key(one) == key(&account)) {
            return Err(Error::new(format!(
                "the {} account {:?} is there already, on line {}",
                account.provider.kind, account.name, other.line
            ))
            .advise("give each its own name")
            .on_line(account.line));
        }
        accounts.push(account);
    }
    if accounts.is_empty() {
        return Err(
            Error::new("it holds no account").advise("begin one with [[account]] and its provider")
        );
    }
    Ok(accounts)
}

/// The value of `proxy`.
fn proxy(text: &str, value: Spanned<DeValue<'_>>) -> Result<ProxySetting> {
    let at = line(text, value.span().start);
    ProxySetting::read(value).map_err(|unreadable| match unreadable {
        Unreadable::Toml(error) => of_toml(text, &error).about("proxy: ").on_line(at),
        Unreadable::Wrong(error) => error.on_line(at),
    })
}

/// Names of environment variables.
fn variables(value: Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    let DeValue::Array(items) = value.into_inner() else {
        return None;
    };
    let name = |item: Spanned<DeValue<'_>>| {
        let name = item.get_ref().as_str()?.to_owned();
        let is_name = !name.is_empty() && !name.contains(['=', '\0', '$']);
        is_name.then_some(name)
    };
    items.into_iter().map(name).collect()
}

fn account(text: &str, mut item: Spanned<DeValue<'_>>) -> Result<Parsed> {
    let start = line(text, item.span().start);
    let provider = provider(text, &item).map_err(|error| error.on_line(start))?;
    let own = match item.get_mut() {
        DeValue::Table(table) => table.remove("proxy"),
        _ => None,
    };
    let own = own.map(|value| proxy(text, value)).transpose();
    let settings = (provider.read)(item).map_err(|error| {
        let error = of_toml(text, &error).on_line(start);
        if error.message().starts_with("missing field") {
            return error.advise("add it to the account");
        }
        error
    })?;
    let name = settings.common().name.unwrap_or(provider.kind.as_str());
    let mut account = Parsed {
        name: name.to_owned(),
        provider,
        proxy: None,
        settings,
        line: start,
    };
    account.proxy = own.map_err(|error| account.place(error))?;
    check(account.settings.as_ref()).map_err(|error| account.place(error))?;
    Ok(account)
}

/// The provider that an account's table names.
fn provider(text: &str, item: &Spanned<DeValue<'_>>) -> Result<&'static Provider> {
    let DeValue::Table(table) = item.get_ref() else {
        return Err(Error::new("an account is not a table").advise("write [[account]]"));
    };
    let (key, value) = table.get_key_value("provider").ok_or_else(|| {
        let advice = format!("write provider = one of {}", providers::names());
        Error::new("the account has no provider").advise(advice)
    })?;
    let given = value.get_ref().as_str();
    given.and_then(providers::named).ok_or_else(|| {
        let given = given.map_or("this".to_owned(), |text| format!("{text:?}"));
        Error::new(format!("{given} is not a provider"))
            .advise(format!("write one of {}", providers::names()))
            .on_line(line(text, key.span().start))
    })
}

/// Checks settings beyond what the types say.
fn check(settings: &dyn Settings) -> Result<()> {
    settings.check()?;
    let common = settings.common();
    if let Some(name) = common.name {
        identifier::check(name)
            .map_err(|what| Error::new(format!("name {what}")).advise("write another"))?;
    }
    for (key, value) in settings.identifiers() {
        identifier::check(value).map_err(|what| {
            Error::new(format!("{key} {value:?} {what}")).advise("write the id the vendor shows")
        })?;
    }
    if let Some(base_url) = common.base_url {
        BaseUrl::parse(base_url).map_err(|error| Error::new(error.detail()))?;
    }
    Ok(())
}

/// Takes only message and place: the error's own text shows the line, which may hold a secret.
fn of_toml(text: &str, error: &toml::de::Error) -> Error {
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    let of_reference = Malformed::from_text(&message).map(Error::from);
    let found = of_reference.unwrap_or_else(|| Error::new(message));
    match error.span() {
        Some(span) => found.on_line(line(text, span.start)),
        None => found,
    }
}

/// The number of the line that an offset is on.
fn line(text: &str, offset: usize) -> usize {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    before.matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(feature = "openai", feature = "cloudflare"))]
    #[test]
    fn each_account_has_its_line() {
        let accounts = file(
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
        .unwrap()
        .accounts;
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

    #[cfg(feature = "openai")]
    #[test]
    fn the_example_is_a_configuration() {
        let accounts = file(&providers::example()).unwrap().accounts;
        assert_eq!(
            accounts.len(),
            providers::example().matches("[[account]]").count()
        );
    }
}
