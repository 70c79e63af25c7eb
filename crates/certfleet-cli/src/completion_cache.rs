//! What the last listings named: for completions in a shell, which ask no vendor.
//!
//! The file holds addresses, names and scopes, no content and no secret. Only its owner can read it.

use crate::{commands::write_private, terminal};
use certfleet::{Inventory, Scope};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::PathBuf,
};

/// Set to `none`, nothing is kept and nothing is completed from it.
const VARIABLE: &str = "CERTFLEET_COMPLETION_CACHE";

/// The most records of an account that are kept.
const RECORDS: usize = 5000;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// What was listed, by the accounts' full names.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) accounts: BTreeMap<String, ListedAccount>,
}

/// What was listed of one account.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ListedAccount {
    /// Where its certificates are.
    pub(crate) scopes: BTreeSet<Scope>,
    /// The records' addresses and names.
    pub(crate) records: Vec<(String, Option<String>)>,
}

/// Returns what was kept; nothing where nothing can be read.
pub(crate) fn read() -> Listed {
    let read = || {
        let path = path()?;
        if fs::metadata(&path).ok()?.len() > LARGEST {
            return None;
        }
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    };
    read().unwrap_or_default()
}

/// Keeps what a whole listing of some accounts named, beside what is known of others. Where that fails, completions
/// are as they were.
pub(crate) fn keep(inventory: &Inventory) {
    let Some(path) = path() else {
        return;
    };
    let mut listed = read();
    for report in inventory.accounts.iter().filter(|report| report.complete) {
        let account = (report.provider, report.account.as_str());
        let name = format!("{}/{}", report.provider, report.account);
        let mut known = ListedAccount::default();
        let records = inventory.certificates.iter();
        for one in records.filter(|one| (one.id.provider, &*one.id.account) == account) {
            for placement in &one.placements {
                if known.scopes.len() < RECORDS && is_plain(&placement.scope.to_string()) {
                    known.scopes.insert(placement.scope.clone());
                }
            }
            let address = one.id.to_string();
            if known.records.len() < RECORDS && is_plain(&address) {
                let name = one.name.clone().filter(|name| is_plain(name));
                known.records.push((address, name));
            }
        }
        listed.accounts.insert(name, known);
    }
    if let (Some(folder), Ok(bytes)) = (path.parent(), serde_json::to_vec(&listed)) {
        // A longer one would not be read.
        if bytes.len() as u64 <= LARGEST {
            let _ = fs::create_dir_all(folder);
            let _ = write_private(&path, &bytes, true);
        }
    }
}

/// Whether a shell can show a text as it is.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(terminal::is_steering)
}

/// The file: certfleet/listed.json in $XDG_CACHE_HOME or ~/.cache.
fn path() -> Option<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
    if variable(VARIABLE).is_some_and(|value| value == "none") {
        return None;
    }
    let folder = match variable("XDG_CACHE_HOME") {
        Some(folder) => PathBuf::from(folder),
        None if cfg!(windows) => PathBuf::from(variable("LOCALAPPDATA")?),
        None => PathBuf::from(variable("HOME")?).join(".cache"),
    };
    Some(folder.join("certfleet").join("listed.json"))
}
