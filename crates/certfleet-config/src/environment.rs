//! Accounts without a configuration file: the variables of the environment that stand for a provider's settings.

use crate::{
    Error, Key, KeyKind, Result, SecretRef,
    parse::Parsed,
    providers::ALL,
    settings::Provider,
    values::{self, Value, Values},
};
use certfleet::ProviderId;
use std::{env, ffi::OsString, fmt};

/// The environment's variables that make accounts where there is no configuration file: one account of a provider
/// whose variables are all set.
///
/// ```
/// use certfleet_config::Environment;
///
/// let environment = Environment::new(|name| (name == "CLOUDFLARE_API_TOKEN").then(|| "made-up".into()));
/// # if cfg!(feature = "cloudflare") {
/// let (_, missing) = environment.incomplete().remove(0);
/// assert_eq!(missing, ["CLOUDFLARE_ACCOUNT_ID"]);
/// # }
/// ```
#[derive(Clone)]
pub struct Environment(Vec<(&'static Provider, Vec<Set>)>);

/// A key with a variable, and what that is set to.
#[derive(Clone)]
struct Set {
    key: &'static Key,
    name: &'static str,
    value: Option<OsString>,
}

/// A variable of the environment that stands for a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The provider whose account it is for.
    pub provider: ProviderId,
    /// The setting that it stands for.
    pub key: &'static str,
    /// Whether it is set, and not empty.
    pub is_set: bool,
}

impl Environment {
    /// Reads this process's variables.
    pub fn read() -> Self {
        Self::new(|name| env::var_os(name))
    }

    /// Reads the variables that a function knows. Secrets are only looked for: they are fetched, as `env:NAME`,
    /// when an account is opened.
    pub fn new(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let variables = |provider: &'static Provider| {
            let keys = provider.all_keys();
            let set = |key: &'static Key| {
                let name = key.variable?;
                let value = lookup(name).filter(|value| !value.is_empty());
                Some(Set { key, name, value })
            };
            (provider, keys.filter_map(set).collect::<Vec<_>>())
        };
        let all = ALL.iter().map(variables);
        Self(all.filter(|(_, keys)| !keys.is_empty()).collect())
    }

    /// Returns every variable that stands for a setting, provider by provider.
    pub fn variables(&self) -> Vec<Variable> {
        let of = |(provider, keys): &(&'static Provider, Vec<Set>)| {
            let kind = provider.kind;
            let variable = move |set: &Set| Variable {
                name: set.name,
                provider: kind,
                key: set.key.name,
                is_set: set.value.is_some(),
            };
            keys.iter().map(variable).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).collect()
    }

    /// Returns the providers whose variables are all set: each makes an account.
    pub fn complete(&self) -> Vec<ProviderId> {
        let whole = self.0.iter().filter(|(_, keys)| is_whole(keys));
        whole.map(|(provider, _)| provider.kind).collect()
    }

    /// Returns the providers of which some variables are set, and those that are missing: they make no account.
    pub fn incomplete(&self) -> Vec<(ProviderId, Vec<&'static str>)> {
        let missing = |(provider, keys): &(&'static Provider, Vec<Set>)| {
            let missing: Vec<_> = keys
                .iter()
                .filter(|set| set.value.is_none())
                .map(|set| set.name)
                .collect();
            let is_begun = !missing.is_empty() && missing.len() < keys.len();
            is_begun.then_some((provider.kind, missing))
        };
        self.0.iter().filter_map(missing).collect()
    }
}

/// Says of each variable whether it is set, never what it is.
impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |is_set| if is_set { "set" } else { "missing" };
        for (index, one) in self.variables().iter().enumerate() {
            let before = if index == 0 { "" } else { ", " };
            write!(f, "{before}{} is {}", one.name, word(one.is_set))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.variables()).finish()
    }
}

/// Returns the accounts of the providers whose variables are all set.
pub(crate) fn accounts(environment: &Environment) -> Result<Vec<Parsed>> {
    let whole = environment.0.iter().filter(|(_, keys)| is_whole(keys));
    whole
        .map(|(provider, keys)| account(provider, keys))
        .collect()
}

fn is_whole(keys: &[Set]) -> bool {
    keys.iter().all(|set| set.value.is_some())
}

fn account(provider: &'static Provider, keys: &[Set]) -> Result<Parsed> {
    let mut account = Parsed {
        name: provider.kind.as_str().to_owned(),
        provider,
        proxy: None,
        values: Values::default(),
        line: None,
    };
    for set in keys {
        let value = value(set).map_err(|error| {
            let error = error.about(format_args!("the environment variable {}: ", set.name));
            account.place(error)
        })?;
        account.values.insert(set.key, value);
    }
    provider
        .check(&account.values)
        .map_err(|error| account.place(error))?;
    Ok(account)
}

fn value(set: &Set) -> Result<Value> {
    if set.key.kind == KeyKind::Secret {
        return Ok(Value::Secret(SecretRef::Env(set.name.to_owned())));
    }
    let text = set.value.as_ref().and_then(|value| value.to_str());
    let text = text.ok_or_else(|| Error::new("it is not UTF-8 text").advise("set it again"))?;
    values::of_text(set.key, text)
}
