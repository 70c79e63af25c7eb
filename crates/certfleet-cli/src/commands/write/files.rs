//! Files that are read, and files that only their owner may read.

use crate::exit::{Failure, Result};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::Path,
};

/// The largest input, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// A file's bytes; `-` is stdin.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    read_at_most(path, LARGEST)
}

/// The bytes of a file that is no larger than `largest`; `-` is stdin.
pub(crate) fn read_at_most(path: &Path, largest: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(largest + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(largest + 1).read_to_end(&mut bytes))
    };
    let failure =
        |what: &dyn std::fmt::Display| Failure::usage(format!("{} {what}", path.display()));
    read.map_err(|error| {
        failure(&format!(
            "cannot be read: {error}{}",
            how_to_dial(path, &error)
        ))
    })?;
    if bytes.len() as u64 > largest {
        let mebibytes = largest / (1024 * 1024);
        return Err(failure(&format!(
            "is larger than {mebibytes} MiB: name the right file"
        )));
    }
    Ok(bytes)
}

/// Returns the failure of a file whose content is not what it has to be.
pub(super) fn failure_of(path: &Path, why: &impl std::fmt::Display) -> Failure {
    let name = if path == Path::new("-") {
        "stdin".into()
    } else {
        path.to_string_lossy()
    };
    Failure::usage(format!("{name}: {why}"))
}

/// Returns what to do where a server's address was given for a file.
fn how_to_dial(file: &Path, error: &io::Error) -> String {
    let address = file.to_str().and_then(|text| text.rsplit_once(':'));
    match address {
        Some((host, port))
            if error.kind() == io::ErrorKind::NotFound
                && port.parse::<u16>().is_ok()
                && !host.is_empty()
                && host
                    .chars()
                    .all(|one| one.is_ascii_alphanumeric() || ".-:[]".contains(one)) =>
        {
            format!("; to see what a server presents: certfleet inspect {host}:{port}")
        }
        _ => String::new(),
    }
}

/// The rights of a file that only its owner can read.
const PRIVATE: u32 = 0o600;

/// The rights of a file that other users can read, as far as the umask lets them.
const PUBLIC: u32 = 0o644;

/// Writes a file that only its owner can read: whole or not at all, and over another one only if
/// that is wanted.
pub(crate) fn write_private(path: &Path, bytes: &[u8], replace: bool) -> Result<()> {
    let failure = |error: &io::Error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return Failure::usage(format!(
                "{} is there already: name another file, or move it away",
                path.display()
            ));
        }
        Failure::failed(format!("{} cannot be written: {error}", path.display()))
    };
    if !replace {
        return write_new(path, bytes, PRIVATE).map_err(|error| {
            if error.kind() != io::ErrorKind::AlreadyExists {
                // What was begun is of no use to anybody.
                drop(std::fs::remove_file(path));
            }
            failure(&error)
        });
    }
    write_over(path, bytes, PRIVATE).map_err(|error| failure(&error))
}

/// Writes a file that other users can read, such as the user of an agent: whole or not at all, and over another
/// one.
pub(crate) fn write_public(path: &Path, bytes: &[u8]) -> Result<()> {
    write_over(path, bytes, PUBLIC).map_err(|error| {
        Failure::failed(format!(
            "{} cannot be written: {error}. What was there is still there",
            path.display()
        ))
    })
}

/// Writes a file beside another one and puts it in that one's place.
fn write_over(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    // A device or a folder is not replaced, also where a link leads to it.
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    write_new(&part, bytes, mode)
        .and_then(|()| std::fs::rename(&part, path))
        .inspect_err(|_| drop(std::fs::remove_file(&part)))
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
