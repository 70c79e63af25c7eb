//! Deleting what is not there any more: the journal tells whether certfleet deleted it.

use super::{
    change::{self, Named},
    session::{full_name, only_account},
};
use crate::{
    cli::{
        Global,
        write::{ChangeArgs, Delete as DeleteArgs},
    },
    commands::target,
    exit::{Failure, Result},
};
use certfleet::{CertificateId, Change, change::Delete};
use certfleet_changes::{
    Journal,
    journal::{About, Contents},
};

/// As [`change::from_args`]. Where no record is what a deletion names, the one that certfleet deleted under that
/// name is meant: planning it again finds that there is nothing to do.
pub(super) async fn from_args(
    args: &ChangeArgs,
    global: &Global,
    journal: &Journal,
) -> Result<Named> {
    let named = change::from_args(args, global, journal).await;
    let (Err(failure), ChangeArgs::Delete(options)) = (&named, args) else {
        return named;
    };
    if !failure.is_nothing_found() {
        return named;
    }
    let contents = journal.read().await.map_err(Failure::failed)?;
    let Some(id) = deleted(options, &contents) else {
        return named;
    };
    let account = only_account(global, &full_name(id.provider, &id.account)).await?;
    let references = change::references(&account, options.references)?;
    let delete = Change::Delete(Delete { id, references });
    Ok(Named::new(account, delete))
}

/// The record that was deleted last under the name, id or SHA-256 that the options give, in the accounts that
/// they give.
fn deleted(options: &DeleteArgs, contents: &Contents) -> Option<CertificateId> {
    let text = options.record.target.as_str();
    let print = target::fingerprint(text);
    let filter = &options.record.filter;
    let is_meant = |about: &&About, id: &CertificateId| {
        let is_named = id.native == text
            || about.name.as_deref() == Some(text)
            || print.as_ref().is_some_and(|print| {
                let mut prints = about.sha256.iter();
                prints.any(|sha256| print.is_beginning_of(*sha256))
            });
        let account = full_name(id.provider, &id.account);
        let of_account = filter.account.is_empty()
            || filter
                .account
                .iter()
                .any(|name| *name == *id.account || *name == account);
        is_named
            && of_account
            && (filter.provider.is_empty() || filter.provider.contains(&id.provider))
    };
    let deleted = contents.deleted();
    deleted.into_iter().find_map(|about| {
        let id = about.id.as_ref()?;
        is_meant(&about, id).then(|| id.clone())
    })
}
