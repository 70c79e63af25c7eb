//! The journal: what was about to be done, and what became of it.
//!
//! A line is written and flushed to the disk before a change is sent, and another when its outcome
//! is known. After a crash, what has no outcome is what [`Account::resume`](crate::Account::resume)
//! looks for.

mod entry;
mod file;

pub use entry::{Ending, Entry, Event, Intent, OperationId, Saved};

use crate::{Error, ErrorKind, Result, rotation::Rotation};
use file::File;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Where entries are kept. Cheap to clone; clones share it.
#[derive(Clone, Debug)]
pub struct Journal(Arc<Store>);

#[derive(Debug)]
enum Store {
    Memory(Mutex<Vec<Entry>>),
    File(File),
}

/// A journal, read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Contents {
    /// Every entry that could be read, oldest first.
    pub entries: Vec<Entry>,
    /// Lines that could not: what a crash left half-written, or somebody edited.
    pub damaged: Vec<Damaged>,
}

/// A line of a journal that could not be read. It is left where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Damaged {
    /// Its number, from 1.
    pub line: usize,
    /// Its length in bytes.
    pub bytes: usize,
    /// Whether it has no end: a write that was cut off, and was never acknowledged. What it was to say
    /// was not acted upon. Of other lines that cannot be told.
    pub torn: bool,
}

/// A write that is not known to have ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Open {
    /// Its beginning.
    pub begun: Entry,
    /// The last thing that was found out, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Ending>,
}

impl Journal {
    /// A journal that lasts as long as the process: a crash loses it.
    pub fn memory() -> Self {
        Self(Arc::new(Store::Memory(Mutex::default())))
    }

    /// A journal in a file, made if it is not there (mode 0600, its directory 0700). Several
    /// processes may share it.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: the file cannot be made or opened, is a link or no file.
    pub fn file(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Self(Arc::new(Store::File(File::open(path.as_ref())?))))
    }

    /// The journal of this machine's user, at [`default_path`](Self::default_path).
    ///
    /// # Errors
    /// As [`file`](Self::file), and where the user has no home.
    pub fn user() -> Result<Self> {
        let path = Self::default_path().ok_or_else(|| {
            Error::new(
                ErrorKind::Journal,
                "there is no home directory to keep the journal in: name a file for it",
            )
        })?;
        Self::file(path)
    }

    /// `$XDG_STATE_HOME/certfleet/journal.jsonl`, else `~/.local/state/certfleet/journal.jsonl`
    /// (Windows: `%LOCALAPPDATA%\certfleet\journal.jsonl`). `None` where the user has no home.
    pub fn default_path() -> Option<PathBuf> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let state = if cfg!(windows) {
            PathBuf::from(variable("LOCALAPPDATA")?)
        } else if let Some(state) = variable("XDG_STATE_HOME") {
            PathBuf::from(state)
        } else {
            PathBuf::from(variable("HOME")?).join(".local/state")
        };
        Some(state.join("certfleet").join("journal.jsonl"))
    }

    /// Where it is, unless it is in memory.
    pub fn path(&self) -> Option<&Path> {
        match &*self.0 {
            Store::Memory(_) => None,
            Store::File(file) => Some(file.path()),
        }
    }

    /// Everything in it. What cannot be read is named, never an error.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: the file itself cannot be read.
    pub fn read(&self) -> Result<Contents> {
        match &*self.0 {
            Store::Memory(entries) => Ok(Contents {
                entries: entries
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone(),
                damaged: Vec::new(),
            }),
            Store::File(file) => file.read(),
        }
    }

    /// The writes that are not known to have ended, oldest first.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn open(&self) -> Result<Vec<Open>> {
        Ok(self.read()?.open())
    }

    /// The last state of every rotation that is not done, oldest first.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn rotations(&self) -> Result<Vec<Rotation>> {
        Ok(self.read()?.rotations())
    }

    /// Adds an entry. When it returns, the entry is on the disk.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: it could not be written.
    pub(crate) async fn append(&self, entry: Entry) -> Result<()> {
        let journal = self.clone();
        in_background(move || match &*journal.0 {
            Store::Memory(entries) => {
                entries
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(entry);
                Ok(())
            }
            Store::File(file) => file.append(&entry),
        })
        .await
    }

    /// Says that a change is being applied, until the guard is dropped: as long as one is, nobody
    /// takes it for one that a crash left open.
    pub(crate) async fn applying(&self) -> Result<Option<Guard>> {
        self.guard(false).await
    }

    /// Says that what was left open is being settled, until the guard is dropped.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`]: a change is being applied, in this or another process.
    pub(crate) async fn settling(&self) -> Result<Option<Guard>> {
        self.guard(true).await
    }

    async fn guard(&self, alone: bool) -> Result<Option<Guard>> {
        let journal = self.clone();
        in_background(move || match &*journal.0 {
            Store::Memory(_) => Ok(None),
            Store::File(file) => file.guard(alone).map(Some),
        })
        .await
    }
}

/// Holds the lock that [`Journal::applying`] and [`Journal::settling`] take.
#[derive(Debug)]
pub(crate) struct Guard(#[allow(dead_code, reason = "its drop is what counts")] std::fs::File);

impl Contents {
    /// The writes that are not known to have ended, oldest first.
    pub fn open(&self) -> Vec<Open> {
        let mut open: BTreeMap<&OperationId, (usize, Open)> = BTreeMap::new();
        for (number, entry) in self.entries.iter().enumerate() {
            match &entry.event {
                Event::Begun(_) => {
                    let begun = Open {
                        begun: entry.clone(),
                        last: None,
                    };
                    open.insert(&entry.operation, (number, begun));
                }
                Event::Ended(ending) if ending.is_final() => {
                    open.remove(&entry.operation);
                }
                Event::Ended(ending) => {
                    if let Some((_, open)) = open.get_mut(&entry.operation) {
                        open.last = Some((**ending).clone());
                    }
                }
                Event::Rotation(_) => {}
            }
        }
        let mut open: Vec<_> = open.into_values().collect();
        open.sort_by_key(|(number, _)| *number);
        open.into_iter().map(|(_, open)| open).collect()
    }

    /// The last state of every rotation that is not done, oldest first.
    pub fn rotations(&self) -> Vec<Rotation> {
        let mut last: Vec<(&OperationId, &Rotation)> = Vec::new();
        for entry in &self.entries {
            if let Event::Rotation(rotation) = &entry.event {
                last.retain(|(id, _)| **id != entry.operation);
                last.push((&entry.operation, rotation));
            }
        }
        last.into_iter()
            .map(|(_, rotation)| rotation.clone())
            .filter(|rotation| !rotation.is_over())
            .collect()
    }
}

/// Runs what waits for a disk where it holds up nobody.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            Err(Error::new(
                ErrorKind::Journal,
                format!("writing the journal was cut off: {error}"),
            ))
        })
}
