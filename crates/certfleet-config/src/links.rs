//! Where a path leads, and whether another user could make it lead elsewhere.

use crate::access::{self, Access};
use std::{
    collections::VecDeque,
    ffi::OsString,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Component, Path, PathBuf},
};

/// How many links are followed.
const MOST: usize = 40;

/// A path without links.
pub(crate) struct Resolved {
    pub(crate) path: PathBuf,
    /// The first folder on the way in which another user could exchange what the way goes on with.
    pub(crate) changeable: Option<PathBuf>,
}

/// A step of a path.
enum Step {
    Root,
    Up,
    To(OsString),
}

fn steps(path: &Path) -> impl DoubleEndedIterator<Item = Step> {
    path.components().filter_map(|component| match component {
        Component::RootDir => Some(Step::Root),
        Component::ParentDir => Some(Step::Up),
        Component::Normal(name) => Some(Step::To(name.to_owned())),
        Component::CurDir | Component::Prefix(_) => None,
    })
}

/// Follows a path and every link on its way.
pub(crate) fn resolve(path: &Path) -> io::Result<Resolved> {
    let mut ahead: VecDeque<_> = steps(&std::path::absolute(path)?).collect();
    let mut resolved = Resolved {
        path: PathBuf::from("/"),
        changeable: None,
    };
    let mut links = 0;
    while let Some(step) = ahead.pop_front() {
        let name = match step {
            Step::Root => {
                resolved.path = PathBuf::from("/");
                continue;
            }
            Step::Up => {
                resolved.path.pop();
                continue;
            }
            Step::To(name) => name,
        };
        let entry = resolved.path.join(name);
        let metadata = fs::symlink_metadata(&entry)?;
        let folder = fs::symlink_metadata(&resolved.path)?;
        if resolved.changeable.is_none() && is_changeable(&folder, &metadata) {
            resolved.changeable = Some(resolved.path.clone());
        }
        if metadata.is_symlink() {
            links += 1;
            if links > MOST {
                return Err(io::Error::other("too many links follow each other"));
            }
            for step in steps(&fs::read_link(&entry)?).rev() {
                ahead.push_front(step);
            }
        } else {
            resolved.path = entry;
        }
    }
    Ok(resolved)
}

/// Whether another user could exchange an entry of a folder. In a sticky one only an entry's owner can.
fn is_changeable(folder: &fs::Metadata, entry: &fs::Metadata) -> bool {
    const STICKY: u32 = 0o1000;
    let of_folder = Access::of(folder);
    if of_folder.is_foreign() {
        return true;
    }
    let is_kept = folder.mode() & STICKY != 0 && !Access::of(entry).is_foreign();
    !is_kept && access::unchangeable(&of_folder).is_err()
}
