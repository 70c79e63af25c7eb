//! Files that are only used if no other user can read them, or change them. The open file is checked, not its
//! path, so that it cannot be exchanged in between. On Windows nothing is checked.
//!
//! Why this is not the crate `fs-mistrust`, which would also check the folders above: it checks a path before
//! it is opened, so neither the open file nor a pipe (`--config <(...)`); and it brings 16 crates more, with a
//! further `syn`, to a command that has few reasons for any of them.

#[cfg(unix)]
use crate::access;
use crate::{Error, Result};
use std::{
    fs::{File, Metadata},
    io::{self, Read as _},
    path::Path,
};

/// Reads a secret: a regular file, not a link, that belongs to the user or root and that no other user can read.
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

/// Reads what decides where secrets go: a file or pipe that belongs to the user or root and that no other user
/// can change. A link is followed, and its target checked.
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
