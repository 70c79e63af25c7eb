//! From the command line to a change of one account.

use super::{Session, files, target};
use crate::{
    accounts::Selection,
    cli::{
        Global,
        write::{ChangeArgs, JournalFile, SetActiveArgs, Upload as UploadOptions, UploadSecrets},
    },
    exit::{Failure, Result},
};
use certfleet::{Account, CertificateId, Change, Error, Scope, Secret, Upload, Verb, change::{Delete, Generate, ReferencePolicy, Rename, Replace, SetActive}};
use certfleet_changes::checks;
use certfleet_config::{SecretRef, identifier};
use std::path::Path;

/// The account, and the change. Files and secrets are read before any vendor is asked.
pub(super) async fn of(
    args: &ChangeArgs,
    global: &Global,
    journal: Option<&JournalFile>,
) -> Result<(Account, Change)> {
    let find = async |filter, target: &String| {
        let targets = std::slice::from_ref(target);
        let (session, ids) = target::find(global, journal, filter, targets).await?;
        first_with_account(&session, ids)
    };
    match args {
        ChangeArgs::Upload(options) => {
            let upload = upload(options).await?;
            let account = account(global, journal, &options.account).await?;
            Ok((account, Change::Upload(upload)))
        }
        ChangeArgs::Generate(options) => {
            let account = account(global, journal, &options.account).await?;
            let generate = Generate {
                validity_days: options.days,
            };
            Ok((account, Change::Generate(generate)))
        }
        ChangeArgs::Rename(options) => {
            let (account, id) = find(&options.filter, &options.target).await?;
            let name = options.to.clone();
            Ok((account, Change::Rename(Rename { id, name })))
        }
        ChangeArgs::Activate(options) => {
            let (account, set) = switch(options, Verb::Activate, global, journal).await?;
            Ok((account, Change::Activate(set)))
        }
        ChangeArgs::Deactivate(options) => {
            let (account, set) = switch(options, Verb::Deactivate, global, journal).await?;
            Ok((account, Change::Deactivate(set)))
        }
        ChangeArgs::Replace(options) => {
            let certificate = files::read(&options.with)?;
            let scopes = environments(&options.environment)?;
            let (account, id) = find(&options.filter, &options.target).await?;
            let mut replace =
                Replace::new(id, &certificate, scopes, options.references).map_err(refused)?;
            if let Some(alias) = &options.alias {
                replace = replace.alias(alias);
            }
            if let Some(description) = &options.description {
                replace = replace.description(description);
            }
            Ok((account, Change::Replace(replace)))
        }
        ChangeArgs::Delete(options) => {
            let (account, id) = find(&options.filter, &options.target).await?;
            let references = references(&account, options.references)?;
            Ok((account, Change::Delete(Delete { id, references })))
        }
    }
}

/// What is wrong with an input before anything is sent.
fn refused(error: Error) -> Failure {
    Failure::usage(error)
}

/// The one account that is named.
async fn account(global: &Global, journal: Option<&JournalFile>, name: &str) -> Result<Account> {
    let names = [name.to_owned()];
    let selection = Selection {
        providers: &[],
        accounts: &names,
    };
    Session::open(global, journal, selection)
        .await?
        .only_account(name)
}

fn first_with_account(
    session: &Session,
    ids: Vec<CertificateId>,
) -> Result<(Account, CertificateId)> {
    let id = ids
        .into_iter()
        .next()
        .ok_or_else(|| Failure::usage("no certificate is named. Nothing was sent"))?;
    let account = session
        .fleet
        .account(&id)
        .map_err(|error| Failure::of_call(&error))?;
    Ok((account.clone(), id))
}

async fn upload(options: &UploadOptions) -> Result<Upload> {
    let (key, passphrase) = secrets(&options.secrets).await?;
    let mut upload = match (key, &options.file) {
        (Some(key), None) => Upload::with_key(key).map_err(refused)?,
        (Some(key), Some(file)) => {
            let certificate = Upload::new(&files::read(file)?).map_err(refused)?;
            Upload::with_key(certificate_with_key(&certificate.certificate, &key))
                .map_err(refused)?
        }
        (None, Some(file)) => Upload::new(&files::read(file)?).map_err(refused)?,
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

/// A certificate and its key in one text, as vendors take them.
pub(super) fn certificate_with_key(certificate: &str, key: &Secret) -> Secret {
    if key.expose().contains("-----BEGIN CERTIFICATE-----") {
        return key.clone();
    }
    Secret::new(format!("{certificate}{}", key.expose()))
}

/// The key and the passphrase that references lead to.
pub(crate) async fn secrets(options: &UploadSecrets) -> Result<(Option<Secret>, Option<Secret>)> {
    Ok((
        secret("--key-ref", options.key_ref.as_deref(), true).await?,
        secret("--passphrase-ref", options.passphrase_ref.as_deref(), false).await?,
    ))
}

/// The secret that an option's reference leads to.
pub(crate) async fn secret(
    option: &str,
    reference: Option<&str>,
    of_several_lines: bool,
) -> Result<Option<Secret>> {
    let Some(text) = reference else {
        return Ok(None);
    };
    let failure = |what: &dyn std::fmt::Display| Failure::usage(format!("{option}: {what}"));
    let reference = SecretRef::parse(text).map_err(|what| failure(&what))?;
    let here = Path::new(".");
    let resolved = if of_several_lines {
        reference.resolve_text(here).await
    } else {
        reference.resolve(here).await
    };
    resolved.map(Some).map_err(|what| failure(&what))
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

async fn switch(
    options: &SetActiveArgs,
    verb: Verb,
    global: &Global,
    journal: Option<&JournalFile>,
) -> Result<(Account, SetActive)> {
    let (session, ids) = target::find(global, journal, &options.filter, &options.targets).await?;
    let (account, first) = first_with_account(&session, ids.clone())?;
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
    let scope = match (&options.at, account.scopes().as_deref()) {
        (Some(scope), _) => scope.clone(),
        (None, Some([only])) => only.clone(),
        (None, places) => {
            let places: Vec<_> = places.unwrap_or_default().iter().map(written).collect();
            return Err(Failure::usage(format!(
                "the account has several places: say which with --at {}. Nothing was sent",
                places.join(" or ")
            )));
        }
    };
    let mut set = SetActive::new(ids, scope);
    set.allow_partial = options.allow_partial;
    Ok((account, set))
}

/// A place as options write it.
fn written(scope: &Scope) -> String {
    match scope {
        Scope::Project { id } => format!("project:{id}"),
        other => other.to_string(),
    }
}

/// The choice about references; where a vendor leaves none, it need not be said.
pub(crate) fn references(account: &Account, given: Option<References>) -> Result<References> {
    let choices = checks::rules(account.provider()).delete_references;
    match (given, choices) {
        (Some(given), _) => Ok(given),
        (None, [only]) => Ok(*only),
        (None, choices) => {
            let names: Vec<_> = choices.iter().map(|choice| choice.as_str()).collect();
            Err(Failure::usage(format!(
                "{} has references to certificates: say with --references what becomes of them, {}. Nothing was sent",
                account.provider(),
                names.join(" or ")
            )))
        }
    }
}
