//! Files that are only used if nobody else can read them, or change them. The open file is checked, not its
//! path, so that it cannot be exchanged in between. On Windows nothing is checked.
//!
//! Why this is not the crate `fs-mistrust`, which would also check the folders above: it checks a path before
//! it is opened, so neither the open file nor a pipe (`--config <(...)`); and it brings 16 crates more, with a
//! further `syn`, to a command that has few reasons for any of them.

use crate::{Error, Result};
use std::{
    fs::{File, Metadata},
    io::{self, Read as _},
    path::Path,
};

/// Reads a secret: a regular file of one's own (or root's), no link, that nobody else can read.
pub(crate) fn read_private(path: &Path, largest: u64) -> Result<Vec<u8>> {
    let file = open_without_links(path)?;
    let metadata = metadata(&file)?;
    if !metadata.is_file() {
        return Err(Error::new("is not a regular file").advise("put the secret into one"));
    }
    #[cfg(unix)]
    access::private(&access::Access::of(&metadata))?;
    read(file, largest, "it should hold the secret and nothing else")
}

/// Reads what decides where secrets go: a file or pipe of one's own (or root's) that nobody else can
/// change. A link is followed, and its target checked.
pub(crate) fn read_unchangeable(path: &Path, largest: u64) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(cannot("opened"))?;
    #[cfg(unix)]
    access::unchangeable(&access::Access::of(&metadata(&file)?))?;
    read(file, largest, "name the right file")
}

/// An error of the operating system.
fn cannot<E: Into<io::Error>>(what: &str) -> impl Fn(E) -> Error {
    move |error| Error::new(format!("cannot be {what}: {}", error.into()))
}

fn metadata(file: &File) -> Result<Metadata> {
    file.metadata().map_err(cannot("examined"))
}

/// Reads at most `largest` bytes. `advice` says what to do where there are more.
fn read(file: File, largest: u64, advice: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(largest + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot("read"))?;
    if bytes.len() as u64 > largest {
        let message = format!("is larger than {} KiB", largest / 1024);
        return Err(Error::new(message).advise(advice));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn open_without_links(path: &Path) -> Result<File> {
    use rustix::{
        fs::{Mode, OFlags},
        io::Errno,
    };
    // NONBLOCK: opening a pipe without a writer would wait for ever.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(file.into()),
        Err(Errno::LOOP | Errno::MLINK) => {
            Err(Error::new("is a symbolic link").advise("name the file it leads to"))
        }
        Err(error) => Err(cannot("opened")(error)),
    }
}

#[cfg(not(unix))]
fn open_without_links(path: &Path) -> Result<File> {
    File::open(path).map_err(cannot("opened"))
}

#[cfg(unix)]
mod access {
    use crate::{Error, Result};
    use std::os::unix::fs::MetadataExt as _;

    const OWN: &str = "use a file of your own";

    /// Who may do what with an open file.
    pub(super) struct Access {
        mode: u32,
        owner: u32,
        /// The user this process acts as.
        user: u32,
    }

    impl Access {
        pub(super) fn of(metadata: &std::fs::Metadata) -> Self {
            Self {
                mode: metadata.mode() & 0o777,
                owner: metadata.uid(),
                user: rustix::process::geteuid().as_raw(),
            }
        }

        /// Root can read and change everything anyway.
        fn is_foreign(&self) -> bool {
            self.owner != self.user && self.owner != 0
        }
    }

    pub(super) fn private(access: &Access) -> Result<()> {
        if access.mode & 0o077 != 0 {
            return Err(
                Error::new(format!("can be read by others (mode {:o})", access.mode))
                    .advise("run chmod 600 on it, and treat the secret as exposed"),
            );
        }
        if access.is_foreign() {
            return Err(Error::new("belongs to another user").advise(OWN));
        }
        Ok(())
    }

    pub(super) fn unchangeable(access: &Access) -> Result<()> {
        if access.mode & 0o022 != 0 {
            return Err(Error::new(format!(
                "can be changed by others (mode {:o}), who could so get at the secrets",
                access.mode
            ))
            .advise("see that it is as you wrote it, then run chmod go-w on it"));
        }
        if access.is_foreign() {
            return Err(
                Error::new("belongs to another user, who could so get at the secrets").advise(OWN),
            );
        }
        Ok(())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn who_may_do_what() {
            const ME: u32 = 1000;
            for (mode, owner, is_private, is_unchangeable) in [
                (0o600, ME, true, true),
                (0o400, ME, true, true),
                (0o700, ME, true, true),
                (0o600, 0, true, true),
                (0o600, 1001, false, false),
                (0o644, ME, false, true),
                (0o644, 1001, false, false),
                (0o640, ME, false, true),
                (0o604, ME, false, true),
                (0o610, ME, false, true),
                (0o601, ME, false, true),
                (0o620, ME, false, false),
                (0o602, ME, false, false),
                (0o664, ME, false, false),
                (0o666, 0, false, false),
            ] {
                let access = Access {
                    mode,
                    owner,
                    user: ME,
                };
                assert_eq!(private(&access).is_ok(), is_private, "{mode:o} {owner}");
                assert_eq!(
                    unchangeable(&access).is_ok(),
                    is_unchangeable,
                    "{mode:o} {owner}"
                );
            }
        }

        #[test]
        fn root_trusts_itself_only() {
            for (owner, trusted) in [(0, true), (1000, false)] {
                let access = Access {
                    mode: 0o600,
                    owner,
                    user: 0,
                };
                assert_eq!(private(&access).is_ok(), trusted);
                assert_eq!(unchangeable(&access).is_ok(), trusted);
            }
        }
    }
}
