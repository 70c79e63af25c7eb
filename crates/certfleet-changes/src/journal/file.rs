//! A journal in a file: lines of JSON, only ever appended.

use super::{
    Contents, Damaged, Entry, Holder, Lease, LockGuard, LockKey, Locking, Store,
    file_lock::{self, appending},
};
use certfleet::{Error, ErrorKind, Result};
use futures_util::{FutureExt, future::BoxFuture};
use std::{
    fs,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// A file of entries. It is opened anew for every append, so that several processes can share it.
#[derive(Clone, Debug)]
pub(super) struct File {
    path: PathBuf,
}

impl File {
    /// A file that is there, or is made.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = Self {
            path: path.to_owned(),
        };
        file.make().map_err(|error| file.failed("opened", &error))?;
        Ok(file)
    }

    fn make(&self) -> io::Result<()> {
        if let Some(directory) = self.directory()
            && !directory.is_dir()
        {
            make_directory(directory)?;
        }
        match fs::symlink_metadata(&self.path) {
            Ok(found) if !found.is_file() => {
                return Err(io::Error::other("it is a link, or not a regular file"));
            }
            Ok(found) => restrict(&self.path, &found)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                appending(&self.path)?.sync_all()?;
                self.sync_directory()?;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn directory(&self) -> Option<&Path> {
        self.path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
    }

    /// Flushes the directory, so that the file's name outlasts a loss of power.
    fn sync_directory(&self) -> io::Result<()> {
        #[cfg(unix)]
        fs::File::open(self.directory().unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }

    /// Adds one line and waits until the disk has it.
    fn append_now(&self, entry: &Entry) -> Result<()> {
        self.write(entry)
            .map_err(|error| self.failed("written", &error))
    }

    fn write(&self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let mut file = appending(&self.path)?;
        file.lock()?;
        // A line that a crash cut off is ended, not removed: what follows stays readable.
        if !ends_with_newline(&mut file)? {
            line.insert(0, b'\n');
        }
        file.write_all(&line)?;
        file.sync_data()
    }

    fn read_now(&self) -> Result<Contents> {
        let read = || {
            let mut bytes = Vec::new();
            let mut file = fs::File::open(&self.path)?;
            // Not while another process is in the middle of a line.
            file.lock_shared()?;
            file.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        read()
            .map(|bytes| parse(&bytes))
            .map_err(|error| self.failed("read", &error))
    }

    fn failed(&self, what: &str, error: &io::Error) -> Error {
        Error::new(
            ErrorKind::Journal,
            format!(
                "the journal {} cannot be {what}: {error}",
                self.path.display()
            ),
        )
    }
}

impl Store for File {
    fn path(&self) -> Option<&Path> {
        Some(&self.path)
    }

    fn read(&self) -> BoxFuture<'_, Result<Contents>> {
        let file = self.clone();
        in_background(move || file.read_now()).boxed()
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn append<'a>(&'a self, entry: Entry, _: &'a LockGuard) -> BoxFuture<'a, Result<()>> {
        let file = self.clone();
        in_background(move || file.append_now(&entry)).boxed()
    }

    fn try_lock(&self, key: LockKey, holder: Holder) -> BoxFuture<'_, Result<Locking>> {
        let file = self.clone();
        in_background(move || {
            let locking = file_lock::take(&file.path, key, holder);
            locking.map_err(|error| file.failed("locked", &error))
        })
        .boxed()
    }

    fn leases(&self) -> BoxFuture<'_, Result<Vec<Lease>>> {
        let file = self.clone();
        in_background(move || {
            let leases = file_lock::held(&file.path);
            leases.map_err(|error| file.failed("read", &error))
        })
        .boxed()
    }
}

/// Runs what waits for a disk, or for another process, on a thread where waiting holds up nothing else.
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

/// Every line, read or counted as damaged. Never fails.
fn parse(bytes: &[u8]) -> Contents {
    let mut contents = Contents::default();
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').enumerate();
    let mut add = |number: usize, line: &[u8]| {
        let torn = !line.ends_with(b"\n");
        let text = line.trim_ascii();
        if text.is_empty() {
            return;
        }
        match serde_json::from_slice(text) {
            // Whole JSON without its line's end was not acknowledged, but it is true.
            Ok(entry) => contents.entries.push(entry),
            Err(error) => contents.damaged.push(Damaged {
                line: number + 1,
                bytes: text.len(),
                // A later write ended the line.
                torn: torn || error.is_eof(),
            }),
        }
    };
    lines.by_ref().for_each(|(number, line)| add(number, line));
    contents
}

fn ends_with_newline(file: &mut fs::File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Takes from others what they may do with a file that was there already.
fn restrict(path: &Path, found: &fs::Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if found.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    let _ = (path, found);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Ending, Event, Intent, OperationId};
    use certfleet::{CertificateId, Change, ProviderId, change::Rename};
    use chrono::DateTime;
    use proptest::prelude::*;

    fn entry(name: &str, ended: bool) -> Entry {
        let at = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let id = CertificateId::new(ProviderId::OPENAI, "acme", "cert_1");
        let event = if ended {
            Event::Ended(Box::new(Ending::NotApplied))
        } else {
            Event::Begun(Box::new(Intent {
                change: Change::Rename(Rename {
                    id,
                    name: name.to_owned(),
                }),
                seen: vec![name.to_owned()],
                replaced: Vec::new(),
                held_in: Vec::new(),
                deleted: Vec::new(),
                displaced: Vec::new(),
                about: Vec::new(),
                rotation: None,
                plan: None,
                asked_by: None,
                vendor_time: None,
            }))
        };
        Entry {
            at,
            operation: OperationId::new(at),
            provider: ProviderId::OPENAI,
            account: "acme".to_owned(),
            event,
        }
    }

    fn text(entry: &Entry) -> String {
        serde_json::to_string(entry).unwrap()
    }

    /// The power goes at any byte: every entry that was acknowledged is there, nothing fails, and
    /// what is written later is there too.
    #[test]
    fn cut_at_every_byte() {
        let directory = tempfile::tempdir().unwrap();
        let whole = directory.path().join("whole.jsonl");
        let file = File::open(&whole).unwrap();
        let entries = [
            entry("one\n\"é\"", false),
            entry("", true),
            entry("ü", false),
        ];
        let mut acknowledged = vec![0];
        for one in &entries {
            file.append_now(one).unwrap();
            acknowledged.push(fs::metadata(&whole).unwrap().len() as usize);
        }
        let bytes = fs::read(&whole).unwrap();
        let later = entry("later", false);
        for cut in 0..=bytes.len() {
            let path = directory.path().join("cut.jsonl");
            fs::write(&path, &bytes[..cut]).unwrap();
            let file = File::open(&path).unwrap();
            let read = file.read_now().unwrap();
            let least = acknowledged.iter().filter(|end| **end <= cut).count() - 1;
            let came: Vec<_> = read.entries.iter().map(text).collect();
            let all: Vec<_> = entries.iter().map(text).collect();
            assert!(came.len() >= least, "{cut}: {} of {least}", came.len());
            assert_eq!(came, all[..came.len()], "{cut}");
            assert!(read.damaged.iter().all(|line| line.torn), "{cut}");

            file.append_now(&later).unwrap();
            let read = file.read_now().unwrap();
            let now: Vec<_> = read.entries.iter().map(text).collect();
            assert_eq!(now, [came, vec![text(&later)]].concat(), "{cut}");
            // What was cut off is still there, and named as what it is.
            assert!(read.damaged.iter().all(|line| line.torn), "{cut}");
            assert!(fs::read(&path).unwrap().starts_with(&bytes[..cut]), "{cut}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn whatever_stands_in_it_is_read(
            lines in proptest::collection::vec(
                prop_oneof![
                    any::<Vec<u8>>(),
                    (".*", any::<bool>()).prop_map(|(name, ended)| text(&entry(&name, ended)).into()),
                ],
                0..8,
            ),
            cut in any::<prop::sample::Index>(),
        ) {
            let bytes = lines.join(&b'\n');
            let bytes = &bytes[..cut.index(bytes.len() + 1)];
            let contents = parse(bytes);
            let lines = bytes.split(|byte| *byte == b'\n');
            let filled = lines.filter(|line| !line.trim_ascii().is_empty()).count();
            prop_assert_eq!(contents.entries.len() + contents.damaged.len(), filled);
        }
    }

    #[test]
    fn several_writers_share_one_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    let file = File::open(path).unwrap();
                    for number in 0..25 {
                        file.append_now(&entry(&format!("{writer} {number}"), false))
                            .unwrap();
                    }
                });
            }
        });
        let read = File::open(&path).unwrap().read_now().unwrap();
        assert_eq!((read.entries.len(), read.damaged.len()), (100, 0));
        assert_eq!(read.pending().len(), 100);
    }

    #[cfg(unix)]
    #[test]
    fn others_cannot_read_it_and_links_are_refused() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        File::open(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let link = directory.path().join("link.jsonl");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let error = File::open(&link).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Journal, "{error}");
    }
}
