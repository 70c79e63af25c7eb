//! The files below a folder.

use std::{
    collections::{BTreeSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
};

/// Every file below a folder, those of a folder before those of its folders, each once whatever links lead to it.
///
/// Links to files are followed, links to folders are not: Kubernetes mounts `tls.crt` as a link into a hidden folder
/// beside it. What cannot be looked at is added to `unread`.
pub(super) fn files(folder: &Path, unread: &mut Vec<(PathBuf, io::Error)>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    let mut folders = VecDeque::from([folder.to_owned()]);
    while let Some(folder) = folders.pop_front() {
        for path in entries(&folder, unread) {
            match look(&path) {
                Ok(Kind::Folder) => folders.push_back(path),
                Ok(Kind::File(real)) => {
                    if seen.insert(real) {
                        files.push(path);
                    }
                }
                Ok(Kind::Other) => {}
                Err(error) => unread.push((path, error)),
            }
        }
    }
    files
}

enum Kind {
    /// A file, and its path without links.
    File(PathBuf),
    Folder,
    /// A socket, a device, a link to a folder or to nothing.
    Other,
}

fn look(path: &Path) -> io::Result<Kind> {
    if fs::symlink_metadata(path)?.is_dir() {
        return Ok(Kind::Folder);
    }
    match fs::metadata(path) {
        Ok(target) if target.is_file() => Ok(Kind::File(fs::canonicalize(path)?)),
        Ok(_) => Ok(Kind::Other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kind::Other),
        Err(error) => Err(error),
    }
}

/// What stands in a folder, by name.
fn entries(folder: &Path, unread: &mut Vec<(PathBuf, io::Error)>) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()
    });
    match listed {
        Ok(mut paths) => {
            paths.sort();
            paths
        }
        Err(error) => {
            unread.push((folder.to_owned(), error));
            Vec::new()
        }
    }
}
