//! `certfleet config`.

use super::write::{answer, can_ask, write_private};
use crate::{
    accounts::Source,
    cli::{
        Global,
        setup::{Config as Options, ConfigCommand, Init},
    },
    exit::{Code, Failure, Result, print_error, print_note},
    output, terminal,
};
use certfleet::ProviderId;
use certfleet_config::{
    AccountTemplate, Config, Environment, Error, Key, KeyKind, Location, new_configuration, schema,
};
use std::{
    collections::BTreeSet,
    io::{self, Write as _},
    path::Path,
};

pub(crate) async fn run(global: &Global, options: &Options) -> Result<()> {
    let needs_file = !matches!(options.what, ConfigCommand::Schema);
    if global.sandbox && needs_file {
        return Err(Failure::usage(
            "the sandbox has no configuration file: drop --sandbox",
        ));
    }
    match &options.what {
        ConfigCommand::Init(options) => init(global, options).await,
        ConfigCommand::Check => check(global),
        ConfigCommand::Path => path(global),
        ConfigCommand::Schema => {
            output::print(|out| output::json::document(out, &schema())).ended(Code::Done)
        }
    }
}

/// Says everything that is wrong with the configuration.
fn check(global: &Global) -> Result<()> {
    let source = Source::new(global);
    let path = source.path().filter(|_| !source.is_environment());
    let path = path.ok_or_else(|| {
        let place = source.path().map_or(String::new(), |path| {
            format!(" at {}", path.display())
        });
        Failure::usage(format!(
            "there is no configuration file{place}: write one (`certfleet config init` helps) or name one with --config"
        ))
    })?;
    let config = Config::check(path).map_err(|problems| {
        for problem in problems {
            print_error(&problem.to_string());
        }
        Failure::said(Code::Usage)
    })?;
    output::print(|out| {
        for account in config.accounts() {
            writeln!(
                out,
                "{}/{}",
                account.provider(),
                terminal::sanitize(account.name())
            )?;
        }
        Ok(())
    })
    .ended(Code::Done)?;
    print_note(&format!("nothing is wrong with {}", path.display()));
    Ok(())
}

/// Says which file is used, and why.
fn path(global: &Global) -> Result<()> {
    let source = Source::new(global);
    let path = source.path().ok_or_else(|| {
        Failure::failed("this account has no folder for configurations: name a file with --config")
    })?;
    output::print(|out| Ok(writeln!(out, "{}", path.display())?)).ended(Code::Done)?;
    let gone = if path.exists() {
        ""
    } else {
        "; there is no such file"
    };
    print_note(&match &source {
        Source::Option(_) => format!("named by --config{gone}"),
        Source::Found(Location::Variable(_)) => format!("named by CERTFLEET_CONFIG{gone}"),
        Source::Found(Location::Nowhere(_)) => format!(
            "there is no such file, so the environment makes the accounts: {}",
            Environment::read()
        ),
        Source::Found(_) => "the platform's place for it".to_owned(),
    });
    Ok(())
}

/// Writes a new configuration.
async fn init(global: &Global, options: &Init) -> Result<()> {
    let source = Source::new(global);
    let path = match source.path() {
        _ if options.print => None,
        Some(path) => Some(path),
        None => {
            return Err(Failure::failed(
                "this account has no folder for configurations: name a file with --config",
            ));
        }
    };
    // Before any question: what was answered must not be lost.
    if let Some(path) = path.filter(|path| path.symlink_metadata().is_ok() && !options.force) {
        return Err(Failure::usage(format!(
            "{} is there already and was not changed: --force replaces it, --config names another file, --print writes none",
            path.display()
        )));
    }
    let accounts = if options.provider.is_empty() {
        if !can_ask() {
            return Err(Failure::usage(
                "not an interactive terminal: name each account's provider with --provider, and replace the examples",
            ));
        }
        asked().await?
    } else {
        let accounts = named(&options.provider)?;
        accounts.into_iter().map(|(account, _)| account).collect()
    };
    let text = new_configuration(&accounts)?;
    let Some(path) = path else {
        return output::print(|out| Ok(out.write_all(text.as_bytes())?)).ended(Code::Done);
    };
    make_folder(path)?;
    write_private(path, text.as_bytes(), options.force)?;
    let next = if options.provider.is_empty() {
        "try it: certfleet accounts"
    } else {
        "replace the examples, then try it: certfleet accounts"
    };
    output::print(|out| Ok(writeln!(out, "{} is written; {next}", path.display())?))
        .ended(Code::Done)
}

/// Makes the folder of a file, for its owner alone.
fn make_folder(path: &Path) -> Result<()> {
    let Some(folder) = path.parent().filter(|one| !one.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| Failure::failed(format!("{} cannot be made: {error}", folder.display())))
}

/// One account for each provider, each with its name. A further one of a provider gets a name of its own.
fn named(providers: &[ProviderId]) -> Result<Vec<(AccountTemplate, String)>> {
    let mut accounts = Vec::new();
    for (index, provider) in providers.iter().enumerate() {
        let mut account = AccountTemplate::new(*provider)?;
        let mut name = provider.to_string();
        let before = providers.iter().take(index);
        let number = before.filter(|other| *other == provider).count() + 1;
        if number > 1 {
            name = format!("{name}-{number}");
            account.set("name", &name)?;
        }
        accounts.push((account, name));
    }
    Ok(accounts)
}

/// How often an answer that cannot be used is asked for again.
const PATIENCE: usize = 5;

/// Asks for the providers, and for what each account needs.
async fn asked() -> Result<Vec<AccountTemplate>> {
    let known: Vec<_> = AccountTemplate::providers().collect();
    let names: Vec<_> = known.iter().map(|one| one.as_str()).collect();
    let question = format!("Providers ({}): ", names.join(", "));
    let providers = ask(&question, |text| {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        let of = |word: &str| {
            let found = known.iter().find(|one| one.as_str() == word);
            found.copied().ok_or_else(|| {
                Error::new(format!("{word:?} is not a provider"))
                    .advise(format!("write one or more of {}", names.join(", ")))
            })
        };
        let chosen = words
            .map(of)
            .collect::<certfleet_config::Result<Vec<_>>>()?;
        if chosen.is_empty() {
            return Err(Error::new(format!(
                "write one or more of {}",
                names.join(", ")
            )));
        }
        Ok(chosen)
    })
    .await?;
    let mut accounts = Vec::new();
    let mut taken = BTreeSet::new();
    for (provider, (account, suggested)) in providers.iter().zip(named(&providers)?) {
        let question = format!("\nName of this account [{suggested}]: ");
        let (mut account, name) = ask(&question, |text| {
            let account = filled(&account, "name", text, Some(&suggested))?;
            let name = if text.is_empty() {
                suggested.as_str()
            } else {
                text
            };
            // Told now: the file would be refused after all the other answers.
            if taken.contains(&(*provider, name.to_owned())) {
                return Err(Error::new(format!(
                    "another account of {provider} has this name"
                )));
            }
            Ok((account, name.to_owned()))
        })
        .await?;
        taken.insert((*provider, name.clone()));
        for key in account.questions() {
            let default = default(&key);
            let shown = default.map_or(String::new(), |text| format!(" [{text}]"));
            let question = format!(
                "{} {}: {}{}{shown}: ",
                terminal::sanitize(&name),
                key.name,
                key.about,
                form(&key)
            );
            account = ask(&question, |text| filled(&account, key.name, text, default)).await?;
        }
        accounts.push(account);
    }
    Ok(accounts)
}

/// The same account with an answer. The refusal does not repeat what may be a secret.
fn filled(
    account: &AccountTemplate,
    key: &str,
    text: &str,
    default: Option<&str>,
) -> certfleet_config::Result<AccountTemplate> {
    let text = match (text, default) {
        ("", Some(default)) => default,
        ("", None) => return Err(Error::new("it is needed")),
        (text, _) => text,
    };
    let mut account = account.clone();
    account.set(key, text)?;
    Ok(account)
}

/// What an empty answer stands for.
fn default(key: &Key) -> Option<&'static str> {
    (key.kind == KeyKind::Secret).then(|| key.example.trim_matches('"'))
}

fn form(key: &Key) -> &'static str {
    match key.kind {
        KeyKind::Secret => ". Not the secret itself: env:NAME, file:PATH or cmd:COMMAND",
        _ => "",
    }
}

/// Asks until the answer can be used.
async fn ask<T>(question: &str, read: impl Fn(&str) -> certfleet_config::Result<T>) -> Result<T> {
    for _ in 0..PATIENCE {
        let answer = answer(question.to_owned()).await?;
        let answer = answer
            .ok_or_else(|| Failure::new(Code::Interrupted, "interrupted: nothing was written"))?;
        match read(&answer) {
            Ok(value) => return Ok(value),
            Err(why) => {
                let why = why.to_string();
                let why = terminal::sanitize(&why);
                let _ = writeln!(io::stderr(), "  {why}");
            }
        }
    }
    Err(Failure::usage(
        "no answer could be used: nothing was written. `certfleet config init --provider NAME` asks nothing",
    ))
}
