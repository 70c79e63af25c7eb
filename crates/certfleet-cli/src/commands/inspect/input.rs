//! What the arguments are.

use crate::dial::{Reading, Target};
use std::{io, path::Path};

/// What an argument is.
pub(super) enum Input<'a> {
    File(&'a Path),
    Folder(&'a Path),
    Server(Target),
    /// It would be a server, and cannot be dialled.
    Wrong(String),
}

impl<'a> Input<'a> {
    /// An argument is the path of what exists, whatever else it could mean.
    pub(super) fn new(path: &'a Path) -> Self {
        if path.is_dir() {
            return Self::Folder(path);
        }
        let exists = match path.symlink_metadata() {
            Ok(_) => true,
            Err(error) => !matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ),
        };
        if is_stdin(path) || exists {
            return Self::File(path);
        }
        match path.to_str().map(Target::read) {
            Some(Reading::Server(target)) => Self::Server(target),
            Some(Reading::Wrong(why)) => Self::Wrong(why),
            Some(Reading::HostOnly(_) | Reading::Other) | None => Self::File(path),
        }
    }
}

/// What to do where a server's name may have been given for a file.
pub(super) fn how_to_dial(file: &Path, error: &io::Error) -> String {
    // A file of this kind that is not there is a slip, not a server.
    const FILES: [&str; 10] = [
        "pem", "crt", "cer", "der", "p7b", "p7c", "p12", "pfx", "key", "txt",
    ];
    let is_file = |extension: &str| {
        FILES
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    };
    let extension = file.extension().and_then(|extension| extension.to_str());
    if error.kind() != io::ErrorKind::NotFound || extension.is_some_and(is_file) {
        return String::new();
    }
    match file.to_str().map(Target::read) {
        Some(Reading::HostOnly(target)) => {
            format!("; if a server is meant, add its port: certfleet inspect {target}")
        }
        _ => String::new(),
    }
}

pub(super) fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}
