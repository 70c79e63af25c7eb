//! A folder that is there with all its files, or not at all.

use crate::Workspace;
use std::{fs, io, path::Path};

/// Writes a new folder, under another name first. `folder` and `files`, as path and text, are below the
/// workspace and below the folder.
pub(crate) fn write<'a>(
    workspace: &Workspace,
    folder: &str,
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> io::Result<()> {
    // In the root: every folder of `specs` is a provider, every one of `crates` a crate.
    let unfinished = workspace.path(&format!(".unfinished-{}", folder.replace('/', "-")));
    let written = fill(&unfinished, files)
        .and_then(|()| create_parent(&workspace.path(folder)))
        .and_then(|()| fs::rename(&unfinished, workspace.path(folder)));
    if written.is_err() {
        // The first error says more than one of tidying up.
        let _ = fs::remove_dir_all(&unfinished);
    }
    written
}

fn fill<'a>(
    unfinished: &Path,
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> io::Result<()> {
    // What a run that was killed left.
    if unfinished.exists() {
        fs::remove_dir_all(unfinished)?;
    }
    fs::create_dir_all(unfinished)?;
    for (file, text) in files {
        let path = unfinished.join(file);
        create_parent(&path)?;
        fs::write(path, text)?;
    }
    Ok(())
}

fn create_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_whole_or_not_there() {
        let root = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(root.path());
        let good = [("a.toml", "a"), ("src/b.rs", "b")];
        // A file cannot have files in it.
        let bad = good.into_iter().chain([("a.toml/c", "c")]);
        write(&workspace, "crates/x", bad).unwrap_err();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);

        // Of one that was killed.
        fs::create_dir(workspace.path(".unfinished-crates-x")).unwrap();
        fs::write(workspace.path(".unfinished-crates-x/old"), "").unwrap();
        write(&workspace, "crates/x", good).unwrap();
        let left: Vec<_> = fs::read_dir(root.path()).unwrap().flatten().collect();
        assert_eq!(left.len(), 1);
        for (file, text) in good {
            let path = workspace.path("crates/x").join(file);
            assert_eq!(fs::read_to_string(path).unwrap(), text);
        }
        assert!(!workspace.path("crates/x/old").exists());
    }
}
