//! From TOML to the settings of accounts, with the line of whatever is wrong, and all of it.

use crate::{
    Error, Key, KeyKind, Result,
    key::PROXY,
    providers,
    proxy::ProxySetting,
    settings::Provider,
    values::{self, Values},
};
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
    /// Where changes are recorded.
    pub(crate) journal: Option<String>,
}

/// One account of a configuration.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) name: String,
    pub(crate) provider: &'static Provider,
    pub(crate) proxy: Option<ProxySetting>,
    pub(crate) values: Values,
    /// Where it begins, if it is in a file.
    pub(crate) line: Option<usize>,
}

impl Parsed {
    /// Adds to an error which account it is of.
    pub(crate) fn place(&self, error: Error) -> Error {
        let error = error.of_account(self.provider.kind, &self.name);
        match self.line {
            Some(line) => error.on_line(line),
            None => error,
        }
    }
}

/// A text that is being read, and what is wrong with it.
struct Reader<'a> {
    text: &'a str,
    problems: Vec<Error>,
}

/// Reads a configuration.
///
/// # Errors
/// Everything that is wrong with it, in the order of its lines; at least one error.
pub(crate) fn file(text: &str) -> Result<File, Vec<Error>> {
    let mut reader = Reader {
        text,
        problems: Vec::new(),
    };
    let file = reader.file();
    let mut problems = reader.problems;
    if problems.is_empty() {
        return Ok(file);
    }
    // What no line is known of comes last.
    problems.sort_by_key(|error| error.context().line.unwrap_or(usize::MAX));
    Err(problems)
}

impl Reader<'_> {
    fn file(&mut self) -> File {
        let mut file = File {
            accounts: Vec::new(),
            proxy: None,
            pass_env: Vec::new(),
            journal: None,
        };
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if !errors.is_empty() {
            // What could be read of it would only add what follows from these.
            self.of_toml(&errors);
            return file;
        }
        let mut items = DeArray::new();
        for (key, value) in table.into_inner() {
            let at = self.line(key.span().start);
            match key.get_ref().as_ref() {
                "account" => match value.into_inner() {
                    DeValue::Array(array) => items = array,
                    _ => self.add(
                        at,
                        Error::new("account is not a list")
                            .advise("write [[account]] with two brackets"),
                    ),
                },
                "proxy" => file.proxy = self.proxy(&value, |error| error),
                "pass_env" => match variables(value.get_ref()) {
                    Some(names) => file.pass_env = names,
                    None => self.add(
                        at,
                        Error::new("pass_env is not a list of names")
                            .advise("write those of environment variables, as in [\"VAULT_ADDR\"]"),
                    ),
                },
                "journal" => match value.get_ref().as_str().filter(|text| !text.is_empty()) {
                    Some(text) => file.journal = Some(text.to_owned()),
                    None => self.add(
                        at,
                        Error::new("journal is not a text")
                            .advise("write the path of a file, or postgres://USER@HOST/DATABASE"),
                    ),
                },
                other => self.add(
                    at,
                    Error::new(format!("unknown key {other:?}"))
                        .advise("the only ones here are [[account]], journal, proxy and pass_env"),
                ),
            }
        }
        let is_empty = items.is_empty();
        for item in &items {
            self.account(item, &mut file.accounts);
        }
        if is_empty && self.problems.is_empty() {
            self.problems.push(
                Error::new("it holds no account")
                    .advise("begin one with [[account]] and its provider"),
            );
        }
        file
    }

    /// Reads an account and adds it to those before it.
    fn account(&mut self, item: &Spanned<DeValue<'_>>, accounts: &mut Vec<Parsed>) {
        let start = self.line(item.span().start);
        let DeValue::Table(table) = item.get_ref() else {
            let error = Error::new("an account is not a table").advise("write [[account]]");
            return self.add(start, error);
        };
        let provider = match self.provider(table) {
            Ok(provider) => provider,
            Err(error) => return self.add(start, error),
        };
        let name = table.get("name").and_then(|name| name.get_ref().as_str());
        let mut account = Parsed {
            name: name.unwrap_or(provider.kind.as_str()).to_owned(),
            provider,
            proxy: None,
            values: Values::default(),
            line: Some(start),
        };
        let before = self.problems.len();
        let keys: Vec<_> = provider.all_keys().collect();
        let place = |error: Error| error.of_account(provider.kind, &account.name);
        account.values = self.table(start, table, &keys, place);
        account.proxy = table
            .get(PROXY.name)
            .and_then(|value| self.proxy(value, place));
        // A misspelt key would be reported a second time, as a missing one.
        if self.problems.len() == before
            && let Err(error) = provider.check(&account.values)
        {
            self.add(start, account.place(error));
        }
        let is_it = |one: &&Parsed| {
            (one.provider.kind, &one.name) == (account.provider.kind, &account.name)
        };
        match accounts.iter().find(is_it) {
            Some(other) => {
                let line = other.line.unwrap_or_default();
                let error = Error::new(format!(
                    "the {} account {:?} is there already, on line {line}",
                    provider.kind, account.name
                ));
                self.add(start, error.advise("give each its own name"));
            }
            None => accounts.push(account),
        }
    }

    /// Reads a table by its keys.
    fn table(
        &mut self,
        start: usize,
        table: &DeTable<'_>,
        keys: &[&'static Key],
        place: impl Fn(Error) -> Error,
    ) -> Values {
        let mut values = Values::default();
        for (written, value) in table {
            let name = written.get_ref().as_ref();
            let Some(key) = keys.iter().find(|key| key.name == name) else {
                let names: Vec<_> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
                let error = Error::new(format!(
                    "unknown key `{name}`, expected one of {}",
                    names.join(", ")
                ));
                self.add(self.line(written.span().start), place(error));
                continue;
            };
            if key.kind == KeyKind::Proxy {
                continue;
            }
            match values::read(key, value.get_ref()) {
                Ok(value) => values.insert(key, value),
                Err(error) => self.add(self.line(value.span().start), place(error)),
            }
        }
        for key in keys.iter().filter(|key| key.required) {
            if table.get(key.name).is_none() {
                let error = Error::new(format!("missing key `{}`", key.name));
                self.add(start, place(error.advise("add it to the account")));
            }
        }
        values
    }

    /// Reads the value of `proxy`.
    fn proxy(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        place: impl Fn(Error) -> Error,
    ) -> Option<ProxySetting> {
        let at = self.line(value.span().start);
        let before = self.problems.len();
        let read = match value.get_ref() {
            DeValue::String(text) => ProxySetting::of_text(text),
            DeValue::Table(table) => {
                let keys: Vec<_> = ProxySetting::KEYS.iter().collect();
                let values = self.table(at, table, &keys, |error| place(error.about("proxy: ")));
                if self.problems.len() > before {
                    return None;
                }
                ProxySetting::of_values(&values)
            }
            _ => Err(Error::new("proxy is neither a text nor a table")
                .advise("write an address, \"environment\", \"none\", or a table with url")),
        };
        read.map_err(|error| self.add(at, place(error))).ok()
    }

    /// The provider that an account's table names.
    fn provider(&self, table: &DeTable<'_>) -> Result<&'static Provider> {
        let (key, value) = table.get_key_value("provider").ok_or_else(|| {
            let advice = format!("write provider = one of {}", providers::names());
            Error::new("the account has no provider").advise(advice)
        })?;
        let given = value.get_ref().as_str();
        given.and_then(providers::named).ok_or_else(|| {
            let given = given.map_or("this".to_owned(), |text| format!("{text:?}"));
            Error::new(format!("{given} is not a provider"))
                .advise(format!("write one of {}", providers::names()))
                .on_line(self.line(key.span().start))
        })
    }

    /// Keeps a problem, on this line unless a nearer one is known.
    fn add(&mut self, line: usize, error: Error) {
        self.problems.push(error.on_line(line));
    }

    /// Takes only message and place of TOML's errors, the first of each line: their own text shows the line,
    /// which may hold a secret.
    fn of_toml(&mut self, errors: &[toml::de::Error]) {
        for error in errors {
            let line = error.span().map(|span| self.line(span.start));
            let is_known = |other: &Error| other.context().line == line;
            if self.problems.iter().any(is_known) {
                continue;
            }
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            let found = Error::new(message).about("this is not TOML: ");
            self.problems.push(match line {
                Some(line) => found.on_line(line),
                None => found,
            });
        }
    }

    /// The number of the line that an offset is on.
    fn line(&self, offset: usize) -> usize {
        let before = self.text.get(..offset.min(self.text.len()));
        before.unwrap_or(self.text).matches('\n').count() + 1
    }
}

/// Names of environment variables.
fn variables(value: &DeValue<'_>) -> Option<Vec<String>> {
    let name = |item: &Spanned<DeValue<'_>>| {
        let name = item.get_ref().as_str()?.to_owned();
        let is_name = !name.is_empty() && !name.contains(['=', '\0', '$']);
        is_name.then_some(name)
    };
    value.as_array()?.iter().map(name).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
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
                    account.provider.kind,
                    account.name,
                    account.line.unwrap()
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
