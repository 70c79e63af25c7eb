//! Files that are only used if nobody else can read them, or change them. What is checked is the open
//! file, so that it cannot be exchanged in between. On Windows nothing is checked.

use std::{fs::File, io::Read as _, path::Path};

/// Reads a secret: a regular file of one's own (or root's), no link, that nobody else can read.
pub(crate) fn read_private(path: &Path, largest: u64) -> Result<Vec<u8>, String> {
    let file = open_without_links(path)?;
    let metadata = file
        .metadata()
        .map_err(|error| format!("cannot be examined: {error}"))?;
    if !metadata.is_file() {
        return Err("is not a regular file: put the secret into one".to_owned());
    }
    #[cfg(unix)]
    access::private(&access::Access::of(&metadata))?;
    read(file, largest)?.ok_or_else(|| {
        format!(
            "is larger than {} KiB: it should hold the secret and nothing else",
            largest / 1024
        )
    })
}

/// Reads what decides where secrets go: a file or pipe of one's own (or root's) that nobody else can
/// change. A link is followed, and its target checked.
pub(crate) fn read_unchangeable(path: &Path, largest: u64) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| format!("cannot be opened: {error}"))?;
    #[cfg(unix)]
    {
        let metadata = file
            .metadata()
            .map_err(|error| format!("cannot be examined: {error}"))?;
        access::unchangeable(&access::Access::of(&metadata))?;
    }
    read(file, largest)?
        .ok_or_else(|| format!("is larger than {} KiB: name the right file", largest / 1024))
}

/// The bytes; nothing if there are more than `largest`.
fn read(file: File, largest: u64) -> Result<Option<Vec<u8>>, String> {
    let mut bytes = Vec::new();
    file.take(largest + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot be read: {error}"))?;
    Ok((bytes.len() as u64 <= largest).then_some(bytes))
}

#[cfg(unix)]
fn open_without_links(path: &Path) -> Result<File, String> {
    use rustix::{
        fs::{Mode, OFlags},
        io::Errno,
    };
    // NONBLOCK: opening a pipe without a writer would wait for ever.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(file.into()),
        Err(Errno::LOOP | Errno::MLINK) => {
            Err("is a symbolic link: name the file it leads to".to_owned())
        }
        Err(error) => Err(format!("cannot be opened: {error}")),
    }
}

#[cfg(not(unix))]
fn open_without_links(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| format!("cannot be opened: {error}"))
}

#[cfg(unix)]
mod access {
    use std::os::unix::fs::MetadataExt as _;

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

    pub(super) fn private(access: &Access) -> Result<(), String> {
        if access.mode & 0o077 != 0 {
            return Err(format!(
                "can be read by others (mode {:o}): run chmod 600 on it, and treat the secret as exposed",
                access.mode
            ));
        }
        if access.is_foreign() {
            return Err("belongs to another user: use a file of your own".to_owned());
        }
        Ok(())
    }

    pub(super) fn unchangeable(access: &Access) -> Result<(), String> {
        if access.mode & 0o022 != 0 {
            return Err(format!(
                "can be changed by others (mode {:o}), who could so get at the secrets: see that it is as you wrote it, then run chmod go-w on it",
                access.mode
            ));
        }
        if access.is_foreign() {
            return Err(
                "belongs to another user, who could so get at the secrets: use a file of your own"
                    .to_owned(),
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
