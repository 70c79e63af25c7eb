//! From the command line to a change of one account. Only reads.

use super::{files, secrets, session};
use crate::{
    cli::{
        Global,
        write::{ChangeArgs, RecordArgs, SetActiveArgs, Upload as UploadOptions},
    },
    commands::search::Search,
    exit::{Failure, Result},
};
use certfleet::{
    Account, Change, Inventory, Scope, Upload, Verb,
    change::{Delete, Generate, ReferencePolicy, Rename, Replace, SetActive},
};
use certfleet_changes::{Journal, LookStart, Writer};
use certfleet_config::identifier;

/// What a command line names.
pub(super) struct Named {
    pub(super) account: Account,
    pub(super) change: Change,
    /// What was listed to find it, and the moment before that.
    pub(super) listed: Option<(LookStart, Inventory)>,
}

impl Named {
    pub(super) fn new(account: Account, change: Change) -> Self {
        Self {
            account,
            change,
            listed: None,
        }
    }

    /// Returns a handle that changes the account, and does not list again what was just listed.
    pub(super) fn writer(&self, journal: Journal) -> Writer {
        let writer = Writer::new(self.account.clone(), journal).sharing_looks();
        if let Some((start, inventory)) = &self.listed {
            writer.remember(*start, inventory);
        }
        writer
    }
}

/// Returns the account and the change that the arguments name. Files and secrets are read before any
/// vendor is asked.
pub(super) async fn from_args(
    args: &ChangeArgs,
    global: &Global,
    journal: &Journal,
) -> Result<Named> {
    let start = LookStart::now(journal).await.map_err(Failure::failed)?;
    let mut listed = None;
    let (account, change) = named(args, global, &mut listed).await?;
    Ok(Named {
        account,
        change,
        listed: listed.map(|inventory| (start, inventory)),
    })
}

async fn named(
    args: &ChangeArgs,
    global: &Global,
    listed: &mut Option<Inventory>,
) -> Result<(Account, Change)> {
    let mut find = async |record: &RecordArgs| {
        let search = Search::of_one(global, &record.filter, &record.target).await?;
        let id = search.only()?;
        let account = search.account(&id)?.clone();
        *listed = search.into_inventory();
        Result::Ok((account, id))
    };
    match args {
        ChangeArgs::Upload(options) => {
            let upload = upload(options, global).await?;
            let account = session::only_account(global, &options.account).await?;
            Ok((account, Change::Upload(upload)))
        }
        ChangeArgs::Generate(options) => {
            let account = session::only_account(global, &options.account).await?;
            let generate = Generate {
                validity_days: options.days,
            };
            Ok((account, Change::Generate(generate)))
        }
        ChangeArgs::Rename(options) => {
            let (account, id) = find(&options.record).await?;
            let name = options.to.clone();
            Ok((account, Change::Rename(Rename { id, name })))
        }
        ChangeArgs::Activate(options) => {
            let (account, set) = set_active(options, Verb::Activate, global, listed).await?;
            Ok((account, Change::Activate(set)))
        }
        ChangeArgs::Deactivate(options) => {
            let (account, set) = set_active(options, Verb::Deactivate, global, listed).await?;
            Ok((account, Change::Deactivate(set)))
        }
        ChangeArgs::Replace(options) => {
            let certificate = files::read(&options.with)?;
            let scopes = environments(&options.environment)?;
            let (account, id) = find(&options.record).await?;
            let mut replace = Replace::new(id, &certificate, scopes, options.references)
                .map_err(|error| files::failure_of(&options.with, &error))?;
            if let Some(alias) = &options.alias {
                replace = replace.alias(alias);
            }
            if let Some(description) = &options.description {
                replace = replace.description(description);
            }
            Ok((account, Change::Replace(replace)))
        }
        ChangeArgs::Delete(options) => {
            let (account, id) = find(&options.record).await?;
            let references = references(&account, options.references)?;
            Ok((account, Change::Delete(Delete { id, references })))
        }
    }
}

async fn upload(options: &UploadOptions, global: &Global) -> Result<Upload> {
    let (key, passphrase) = secrets::resolve(&options.secrets, global).await?;
    let mut upload = match (key, &options.file) {
        (Some(key), None) => {
            Upload::with_key(key).map_err(|error| Failure::usage(format!("--key-ref: {error}")))?
        }
        (Some(key), Some(file)) => Upload::with_separate_key(&files::read(file)?, key)
            .map_err(|error| files::failure_of(file, &error))?,
        (None, Some(file)) => {
            Upload::new(&files::read(file)?).map_err(|error| files::failure_of(file, &error))?
        }
        (None, None) => return Err(Failure::usage("name a certificate's file")),
    };
    if let Some(passphrase) = passphrase {
        upload = upload.passphrase(passphrase);
    }
    if let Some(name) = &options.name {
        identifier::check(name)
            .map_err(|what| Failure::usage(format!("--name {what}: write another")))?;
        upload = upload.name(name);
    }
    if let Some(description) = &options.description {
        upload = upload.description(description);
    }
    if let Some(alias) = &options.alias {
        upload = upload.alias(alias);
    }
    if let Some(id) = &options.connector {
        upload = upload.at(Scope::Connector { id: id.clone() });
    }
    for scope in environments(&options.environment)? {
        upload = upload.at(scope);
    }
    Ok(upload)
}

fn environments(names: &[String]) -> Result<Vec<Scope>> {
    names
        .iter()
        .map(|name| {
            if name.trim().is_empty() {
                return Err(Failure::usage("--environment names none: write its name"));
            }
            Ok(Scope::Environment { name: name.clone() })
        })
        .collect()
}

async fn set_active(
    options: &SetActiveArgs,
    verb: Verb,
    global: &Global,
    listed: &mut Option<Inventory>,
) -> Result<(Account, SetActive)> {
    let search = Search::open(global, &options.filter, &options.targets).await?;
    let ids = search.one_each()?;
    let first = search.only()?;
    let account = search.account(&first)?.clone();
    if let Some(other) = ids
        .iter()
        .find(|id| (id.provider, &id.account) != (first.provider, &first.account))
    {
        return Err(Failure::usage(format!(
            "{first} and {other} are of different accounts: one command changes one account. Nothing was sent"
        )));
    }
    account
        .capability(verb)
        .map_err(|error| Failure::of_call(&error))?;
    let known = account.scopes().unwrap_or_default();
    // A certificate comes into force there after it is in force elsewhere: that is always named.
    let rests = |scope: &&Scope| {
        let rules = account.rules().scope(scope.kind());
        rules.is_some_and(|rules| rules.needs.is_some())
    };
    let first: Vec<_> = known.iter().filter(|scope| !rests(scope)).collect();
    let scope = match (&options.at, first.as_slice()) {
        (Some(scope), _) => scope.clone(),
        (None, [only]) => (*only).clone(),
        (None, _) => {
            let scopes: Vec<_> = known.iter().map(written).collect();
            return Err(Failure::usage(format!(
                "{} has several scopes: name one with --at {}. Nothing was sent",
                account.full_name(),
                scopes.join(" or ")
            )));
        }
    };
    let mut set = SetActive::new(ids, scope);
    set.allow_partial = options.allow_partial;
    *listed = search.into_inventory();
    Ok((account, set))
}

/// Returns a scope as options write it.
fn written(scope: &Scope) -> String {
    match scope {
        Scope::Project { id } => format!("project:{id}"),
        other => other.to_string(),
    }
}

/// Returns the choice about references; where a vendor leaves none, it need not be made.
pub(super) fn references(
    account: &Account,
    given: Option<ReferencePolicy>,
) -> Result<ReferencePolicy> {
    match (given, account.rules().delete_references) {
        (Some(given), _) => Ok(given),
        (None, [only]) => Ok(*only),
        (None, choices) => {
            let names: Vec<_> = choices.iter().map(|choice| choice.as_str()).collect();
            Err(Failure::usage(format!(
                "{} has references to certificates: say with --references what becomes of them, {}. Nothing was sent",
                account.full_name(),
                names.join(" or ")
            )))
        }
    }
}
