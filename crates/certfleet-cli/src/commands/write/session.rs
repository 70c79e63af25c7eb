//! The accounts of a command that changes something, and its journal.

use crate::{
    accounts::{self, Selection},
    cli::Global,
    exit::{Failure, Result},
};
use certfleet::{Account, Error, ErrorKind, ErrorReport, Fleet, ProviderId};
use certfleet_changes::rotation::{Rotation, RotationPart};
use std::collections::BTreeMap;

/// Opens accounts by their full names, `provider/name`. Nothing is sent.
pub(super) async fn open(global: &Global, names: &[String]) -> Result<Fleet> {
    let selection = Selection {
        providers: &[],
        accounts: names,
    };
    Ok(accounts::open(global, selection).await?.fleet)
}

/// Opens the one account that a text names. Nothing is sent.
pub(super) async fn only_account(global: &Global, text: &str) -> Result<Account> {
    let fleet = open(global, &[text.to_owned()]).await?;
    match fleet.accounts() {
        [account] => Ok(account.clone()),
        several => {
            let names: Vec<_> = several.iter().map(Account::full_name).collect();
            Err(Failure::usage(format!(
                "{text} could be {}: write PROVIDER/NAME. Nothing was sent",
                names.join(" or ")
            )))
        }
    }
}

/// Opens the accounts that rotations are of. Nothing is sent.
pub(super) async fn open_accounts_of(global: &Global, rotations: &[Rotation]) -> Result<Fleet> {
    let names: Vec<_> = rotations
        .iter()
        .map(|one| full_name(one.provider, &one.account))
        .collect();
    open(global, &names).await
}

/// Opens the accounts that rotations are of, each for itself: returns a fleet of those that could be opened,
/// their rotations, and the others with the reason. Nothing is sent.
pub(super) async fn open_accounts_of_all(
    global: &Global,
    rotations: Vec<Rotation>,
) -> Result<(Fleet, Vec<Rotation>, Vec<RotationPart>)> {
    let mut accounts: BTreeMap<String, std::result::Result<Account, ErrorReport>> = BTreeMap::new();
    let (mut opened, mut failed) = (Vec::new(), Vec::new());
    for rotation in rotations {
        let name = full_name(rotation.provider, &rotation.account);
        if !accounts.contains_key(&name) {
            let account = only_account(global, &name)
                .await
                .map_err(|failure| Error::new(ErrorKind::Config, failure.to_string()).report());
            accounts.insert(name.clone(), account);
        }
        match accounts.get(&name) {
            Some(Err(why)) => failed.push(RotationPart::failed(rotation, why.clone())),
            _ => opened.push(rotation),
        }
    }
    let fleet = Fleet::new(accounts.into_values().flatten()).map_err(Failure::failed)?;
    Ok((fleet, opened, failed))
}

/// Returns an account's full name.
pub(super) fn full_name(provider: ProviderId, account: &str) -> String {
    format!("{provider}/{account}")
}
