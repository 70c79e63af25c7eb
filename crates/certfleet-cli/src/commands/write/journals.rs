//! The journal of a command: a file, memory, or a store that a team shares.

use crate::{
    accounts,
    cli::{Global, write::JournalFile},
    exit::{Failure, Result, print_warning},
};
use certfleet::{Error, ErrorKind};
use certfleet_changes::{Journal, journal::Lease};
use certfleet_journals::{Address, Options};
use std::path::{Path, PathBuf};

/// Where a journal is.
pub(crate) enum Place {
    /// It lasts as long as the command.
    Memory,
    File(PathBuf),
    Shared(Box<Address>, Options),
}

impl Place {
    /// Returns where the journal of a command is: where the option says, or the configuration, or where this machine's
    /// user has it. The built-in sandbox is gone when the command ends, and so is its journal, unless one is named.
    pub(crate) fn find(global: &Global, file: &JournalFile) -> Result<Self> {
        if let Some(path) = &file.journal {
            return Self::named(global, path);
        }
        if global.sandbox {
            return Ok(Self::Memory);
        }
        if let Some(set) = accounts::journal_setting(global)? {
            if !Address::is_address(&set.text) {
                return Ok(Self::File(set.path));
            }
            let address = Address::parse(&set.text).map_err(failure)?;
            return Ok(Self::Shared(Box::new(address), set.options));
        }
        let path = Journal::default_path().ok_or_else(|| {
            Failure::failed("there is no home directory to keep the journal in: name a file for it")
        })?;
        Ok(Self::File(path))
    }

    /// Returns what an argument names.
    pub(crate) fn named(global: &Global, path: &Path) -> Result<Self> {
        let Some(text) = path.to_str().filter(|text| Address::is_address(text)) else {
            return Ok(Self::File(path.to_owned()));
        };
        let address = Address::parse(text).map_err(failure)?;
        let mut options = Options::default();
        options.secrets = accounts::secrets();
        options.pass_env = accounts::journal_pass_env(global)?;
        Ok(Self::Shared(Box::new(address), options))
    }

    /// Opens it, to be written.
    pub(crate) async fn open(&self) -> Result<Journal> {
        match self {
            Self::Memory => Ok(Journal::memory()),
            Self::File(path) => Journal::open(path).map_err(Failure::failed),
            Self::Shared(address, options) => {
                let journal = certfleet_journals::open(address, options).await;
                Ok(journal.map_err(failure)?.on_waiting(waiting))
            }
        }
    }

    /// Opens it, only to be read: where there is no file, none is made.
    pub(crate) async fn open_existing(&self) -> Result<Journal> {
        match self {
            Self::File(path) if !path.exists() => Ok(Journal::memory()),
            _ => self.open().await,
        }
    }

    /// Returns its file or address; `None` where it is in memory.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Memory => None,
            Self::File(path) => Some(path.clone()),
            Self::Shared(address, _) => Some(PathBuf::from(address.to_string())),
        }
    }
}

/// Opens the journal that a command writes.
pub(super) async fn journal(global: &Global, file: &JournalFile) -> Result<Journal> {
    Place::find(global, file)?.open().await
}

/// Opens the journal that a command only reads.
pub(crate) async fn existing_journal(global: &Global, file: &JournalFile) -> Result<Journal> {
    Place::find(global, file)?.open_existing().await
}

/// Returns how a command ends whose journal cannot be opened.
pub(crate) fn failure(error: Error) -> Failure {
    match error.kind() {
        ErrorKind::Config => Failure::usage(error),
        _ => Failure::failed(error),
    }
}

/// Says whose lease is waited for.
fn waiting(lease: &Lease) {
    let time = "%Y-%m-%d %H:%M:%S UTC";
    let until = lease.until.map_or_else(String::new, |until| {
        let until = until.format(time);
        format!("; unless that is heard of, it ends at {until}")
    });
    print_warning(&format!(
        "waiting for the lock of {}/{}: {} has it since {}{until}",
        lease.provider,
        lease.account,
        lease.holder,
        lease.since.format(time)
    ));
}
