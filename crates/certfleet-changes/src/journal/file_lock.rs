//! The locks of accounts beside a journal's file: one file each, which says who holds it.

use super::{Holder, Lease, LockGuard, LockKey, Locking};
use chrono::Utc;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

/// The longest text of a holder that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// A lock that is held. The system gives it back when the process ends.
struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        // A name that stays behind is told from a holder's by the lock itself.
        let _ = self.0.set_len(0);
    }
}

/// Takes an account's lock, unless another process holds it.
pub(super) fn take(journal: &Path, key: LockKey, holder: Holder) -> io::Result<Locking> {
    let mut file = appending(&path(journal, &key))?;
    match file.try_lock() {
        Ok(()) => {
            // Who holds it is for people to know: that it cannot be written holds up nothing.
            let _ = write(&mut file, &key, &holder);
            Ok(Locking::Taken(LockGuard::new(key, holder, Held(file))))
        }
        Err(TryLockError::WouldBlock) => Ok(Locking::Busy(read(&mut file).map(Box::new))),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Returns the locks that are held.
pub(super) fn held(journal: &Path) -> io::Result<Vec<Lease>> {
    let folder = journal.parent().filter(|one| !one.as_os_str().is_empty());
    let name = journal.file_name().unwrap_or_default().to_string_lossy();
    let begin = format!("{name}.");
    let mut leases = Vec::new();
    for entry in fs::read_dir(folder.unwrap_or(Path::new(".")))? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(&begin) || !name.ends_with(".lock") {
            continue;
        }
        let Ok(mut file) = File::open(entry.path()) else {
            continue;
        };
        let Some(lease) = read(&mut file) else {
            continue;
        };
        // A process that was killed leaves its name, and not its lock.
        if matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) {
            leases.push(lease);
        }
    }
    leases.sort_by_key(|lease| lease.since);
    Ok(leases)
}

/// Opens a file to be appended to, which is made where it is not there: for its owner alone.
pub(super) fn appending(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn path(journal: &Path, key: &LockKey) -> PathBuf {
    let mut name = journal.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}.lock", fnv(key)));
    journal.with_file_name(name)
}

fn write(file: &mut File, key: &LockKey, holder: &Holder) -> io::Result<()> {
    let lease = Lease {
        provider: key.provider,
        account: key.account.clone(),
        holder: holder.clone(),
        since: Utc::now(),
        until: None,
        has_ended: false,
    };
    file.set_len(0)?;
    file.write_all(&serde_json::to_vec(&lease)?)
}

fn read(file: &mut File) -> Option<Lease> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(LONGEST).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// FNV-1a of an account's full name: every build of every version has to come to the same file name. Two
/// accounts that share one wait for each other, and nothing worse.
fn fnv(key: &LockKey) -> u64 {
    format!("{}/{}", key.provider, key.account)
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::AskedBy;
    use certfleet::ProviderId;

    #[test]
    fn an_accounts_lock_is_held_by_one_who_is_known() {
        let directory = tempfile::tempdir().unwrap();
        let journal = directory.path().join("journal.jsonl");
        let take = |account: &str, purpose: &str| {
            let key = LockKey {
                provider: ProviderId::OPENAI,
                account: account.to_owned(),
            };
            take(
                &journal,
                key,
                Holder::new(&AskedBy::new("ada", "one"), purpose),
            )
            .unwrap()
        };
        let Locking::Taken(first) = take("a", "rename") else {
            panic!("it is free");
        };
        let Locking::Busy(Some(lease)) = take("a", "delete") else {
            panic!("it is held");
        };
        assert_eq!(lease.holder, *first.holder());
        assert_eq!((lease.until, lease.has_ended), (None, false));
        assert!(matches!(take("b", "rename"), Locking::Taken(_)));
        assert_eq!(held(&journal).unwrap(), [*lease]);
        drop(first);
        assert_eq!(held(&journal).unwrap(), []);
        assert!(matches!(take("a", "delete"), Locking::Taken(_)));
    }

    /// A process that was killed leaves its name in the file, and the system gives its lock back.
    #[test]
    fn a_name_without_its_lock_holds_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let journal = directory.path().join("journal.jsonl");
        let key = LockKey {
            provider: ProviderId::OPENAI,
            account: "a".to_owned(),
        };
        let holder = Holder::new(&AskedBy::new("ada", "one"), "rename");
        write(
            &mut appending(&path(&journal, &key)).unwrap(),
            &key,
            &holder,
        )
        .unwrap();
        assert_eq!(held(&journal).unwrap(), []);
        let locking = take(&journal, key, holder).unwrap();
        assert!(matches!(locking, Locking::Taken(_)));
    }
}
