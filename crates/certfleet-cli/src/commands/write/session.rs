//! The accounts of a command that writes, and its journal.

use crate::{
    accounts::{self, Selection},
    cli::{Global, write::JournalFile},
    exit::{Code, Failure, Result},
};
use certfleet::{Account, Error, Fleet, ProviderId};
use certfleet_changes::Journal;

/// Accounts whose writes go into a journal.
pub(crate) struct Session {
    pub(crate) fleet: Fleet,
    pub(crate) journal: Journal,
}

/// Refuses what `--read-only` forbids.
pub(crate) fn refuse_if_read_only(global: &Global, only_plans: bool) -> Result<()> {
    if global.read_only && !only_plans {
        return Err(Failure::usage(
            "--read-only is in force and this command changes something: nothing was read or sent (--dry-run shows the plan)",
        ));
    }
    Ok(())
}

impl Session {
    /// Opens the selected accounts, and the journal where one is needed. Nothing is sent.
    pub(crate) async fn open(
        global: &Global,
        file: Option<&JournalFile>,
        selection: Selection<'_>,
    ) -> Result<Self> {
        let opened = accounts::open(global, selection).await?;
        let journal = match file {
            Some(file) => journal(global, file)?,
            None => Journal::memory(),
        };
        let accounts = opened
            .fleet
            .accounts()
            .iter()
            .map(|account| account.clone().with_journal(journal.clone()));
        let fleet = Fleet::new(accounts).map_err(|error| Failure::of_call(&error))?;
        Ok(Self { fleet, journal })
    }

    /// The one account that a text names.
    pub(crate) fn only_account(&self, text: &str) -> Result<Account> {
        match self.fleet.accounts() {
            [account] => Ok(account.clone()),
            several => {
                let names: Vec<_> = several
                    .iter()
                    .map(|account| format!("{}/{}", account.provider(), account.name()))
                    .collect();
                Err(Failure::usage(format!(
                    "{text} could be {}: write PROVIDER/NAME. Nothing was sent",
                    names.join(" or ")
                )))
            }
        }
    }

    /// The account of this name.
    pub(crate) fn account(&self, provider: ProviderId, name: &str) -> Option<&Account> {
        self.fleet
            .accounts()
            .iter()
            .find(|account| account.provider() == provider && account.name() == name)
    }
}

/// The journal that a command writes or shows. The built-in sandbox is gone when the command ends,
/// and so is its journal, unless a file is named.
pub(crate) fn journal(global: &Global, file: &JournalFile) -> Result<Journal> {
    let failure = |error: Error| Failure::new(Code::Failed, error);
    match &file.journal {
        Some(path) => Journal::file(path).map_err(failure),
        None if global.sandbox => Ok(Journal::memory()),
        None => Journal::user().map_err(failure),
    }
}
