//! New configurations, with a comment for each key.

use crate::{
    Error, Key, KeyKind, Result, key::PROXY, parse, providers, providers::ALL, settings::Provider,
    values,
};
use certfleet::ProviderId;
use std::fmt::Write as _;

/// The columns that comments are written in.
const WIDTH: usize = 78;

/// An account of a new configuration: its provider, and the values that are known already.
///
/// ```
/// # #[cfg(feature = "openai")] {
/// use certfleet::ProviderId;
/// use certfleet_config::{AccountTemplate, Config, new_configuration};
///
/// let mut account = AccountTemplate::new(ProviderId::OPENAI)?;
/// account.set("admin_key", "cmd:pass show openai")?;
/// let text = new_configuration(&[account])?;
/// assert_eq!(Config::parse(&text, "new.toml")?.accounts().len(), 1);
/// # }
/// # Ok::<_, certfleet_config::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AccountTemplate {
    provider: &'static Provider,
    values: Vec<(&'static Key, String)>,
}

impl AccountTemplate {
    /// Returns an account without values: where a value is needed, an example stands.
    ///
    /// # Errors
    /// The provider is not built in.
    pub fn new(provider: ProviderId) -> Result<Self> {
        let provider = providers::named(provider.as_str()).ok_or_else(|| {
            Error::new(format!("{provider} is not a provider"))
                .advise(format!("write one of {}", providers::names()))
        })?;
        Ok(Self {
            provider,
            values: Vec::new(),
        })
    }

    /// Returns the providers that are built in.
    pub fn providers() -> impl Iterator<Item = ProviderId> {
        ALL.iter().map(|provider| provider.kind)
    }

    /// Returns the keys whose values have to be known: those that an account of the provider needs, and of those
    /// that exclude each other the first.
    pub fn questions(&self) -> Vec<Key> {
        let first = self.provider.one_of.first().copied().unwrap_or_default();
        let is_asked = |key: &&Key| {
            key.kind != KeyKind::Provider && (key.required || first.contains(&key.name))
        };
        self.provider.all_keys().filter(is_asked).copied().collect()
    }

    /// Sets the value of a key. A secret is given as a reference to it.
    ///
    /// # Errors
    /// The provider's accounts have no such key, or it cannot have this value. What may be a secret is not
    /// repeated.
    pub fn set(&mut self, key: &str, text: &str) -> Result<()> {
        let found = self.provider.all_keys().find(|known| known.name == key);
        let key = found
            .filter(|key| !matches!(key.kind, KeyKind::Provider | KeyKind::Proxy))
            .ok_or_else(|| Error::new(format!("{key} is not a setting to be given here")))?;
        let value = values::of_text(key, text)?;
        let written = match key.kind {
            KeyKind::Identifiers | KeyKind::Hosts => {
                let all = text.split([',', ' ']).filter(|one| !one.is_empty());
                format!("[{}]", all.map(quoted).collect::<Vec<_>>().join(", "))
            }
            _ => match value {
                values::Value::Number(number) => number.to_string(),
                _ => quoted(text),
            },
        };
        self.values.retain(|(known, _)| known.name != key.name);
        self.values.push((key, written));
        Ok(())
    }

    /// Whether something is set of the set of keys that a key is in, of those that exclude each other.
    fn is_chosen(&self, key: &Key) -> bool {
        let sets = self.provider.one_of;
        let chosen = sets.iter().find(|keys| {
            let mut values = self.values.iter();
            values.any(|(known, _)| keys.contains(&known.name))
        });
        let chosen = chosen.or(sets.first());
        chosen.is_some_and(|keys| keys.contains(&key.name))
    }

    fn write(&self, out: &mut String) {
        let name = self.provider.kind.as_str();
        out.push_str("\n[[account]]\n");
        for key in self.provider.all_keys() {
            let value = self.values.iter().find(|(known, _)| known.name == key.name);
            let (value, is_used) = match value {
                _ if key.kind == KeyKind::Provider => (quoted(name), true),
                Some((_, value)) => (value.clone(), true),
                None => {
                    let is_used = key.required || self.is_chosen(key);
                    (key.example.to_owned(), is_used)
                }
            };
            if key.kind != KeyKind::Provider {
                comment(out, key.about);
            }
            let mark = if is_used { "" } else { "# " };
            let _ = writeln!(out, "{mark}{} = {value}", key.name);
        }
    }
}

/// Writes a configuration of these accounts, with a comment for each key. What an account needs and what is set
/// stands in force, everything else as a comment.
///
/// # Errors
/// It would not be a configuration: there is no account, or two accounts of a provider have the same name.
pub fn new_configuration(accounts: &[AccountTemplate]) -> Result<String> {
    let mut text = String::new();
    for line in [
        "The accounts of certfleet. Secrets are never stored here, only referenced:",
        "  env:NAME     an environment variable",
        "  file:PATH    a file that only its owner can read",
        "  cmd:COMMAND  a program that prints the secret, run without a shell",
        "`certfleet config check` finds mistakes, `certfleet accounts` tries every account.",
        "For an editor: certfleet config schema > schema.json, and at the top of this file",
        "  #:schema ./schema.json",
        "",
        "For all accounts:",
    ] {
        let _ = writeln!(text, "{}", format!("# {line}").trim_end());
    }
    let _ = writeln!(text, "# {} = {}", PROXY.name, PROXY.example);
    text.push_str("# What cmd: gets of the environment besides PATH, HOME and the like:\n");
    text.push_str("# pass_env = [\"VAULT_ADDR\"]\n");
    for account in accounts {
        account.write(&mut text);
    }
    match parse::file(&text) {
        Ok(_) => Ok(text),
        Err(errors) => {
            let first = errors.into_iter().next();
            Err(first.unwrap_or_else(|| Error::new("it is not a configuration")))
        }
    }
}

/// A text in the form of TOML's basic strings, which JSON's are a part of.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007f")
}

/// Writes a comment, in as many lines as it takes.
fn comment(out: &mut String, text: &str) {
    let mut line = "#".to_owned();
    for word in text.split(' ') {
        if line.len() + 1 + word.len() > WIDTH {
            let _ = writeln!(out, "{line}");
            "#".clone_into(&mut line);
        }
        let _ = write!(line, " {word}");
    }
    let _ = writeln!(out, "{line}");
}
