//! The templates of a provider's files, and the entries in files that are there.

use crate::{Problem, Workspace, commands::Failure};
use serde::Deserialize;
use std::{collections::BTreeSet, fs, path::Path};

/// Where the templates are.
pub(super) const TEMPLATES: &str = "xtask/templates/new-provider";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    entry: Vec<Entry>,
}

/// Text that is put before the line with a mark.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) file: String,
    pub(super) mark: String,
    pub(super) text: String,
}

/// The folders in which a provider becomes a module.
pub(super) fn folders(workspace: &Workspace) -> Result<BTreeSet<String>, Failure> {
    // The facade shows its adapters' modules beside its own.
    let mut folders = BTreeSet::from(["crates/certfleet/src".to_owned()]);
    for (template, _) in new_files(workspace, "")? {
        let below = template.strip_prefix(&format!("{TEMPLATES}/files/"));
        if let Some((folder, _)) = below.and_then(|below| below.split_once("/PROVIDER")) {
            folders.insert(folder.to_owned());
        }
    }
    Ok(folders)
}

/// The Rust files in which a provider is named: those with marks, and the templates.
pub(super) fn sources(workspace: &Workspace) -> Result<BTreeSet<String>, Failure> {
    let marked = entries(workspace)?.into_iter().map(|entry| entry.file);
    let templates = new_files(workspace, "")?.into_iter();
    Ok(marked
        .filter(|file| file.ends_with(".rs"))
        .chain(templates.map(|(template, _)| template))
        .collect())
}

/// The entries in files that are there.
pub(super) fn entries(workspace: &Workspace) -> Result<Vec<Entry>, Failure> {
    let below = format!("{TEMPLATES}/entries.toml");
    let text = fs::read_to_string(workspace.path(&below))?;
    let Entries { entry } = toml::from_str(&text).map_err(|error| {
        Problem::new(
            &below,
            "",
            format!("is not understood: {}", error.message()),
            "restore it",
        )
    })?;
    Ok(entry)
}

/// Each template, and the file that it becomes.
pub(super) fn new_files(
    workspace: &Workspace,
    name: &str,
) -> Result<Vec<(String, String)>, Failure> {
    let folder = format!("{TEMPLATES}/files");
    let files = listed(&workspace.path(&folder), "")?.into_iter();
    let becomes = |template: String| {
        let file = template.replace("PROVIDER", name);
        let file = file.trim_end_matches(".in").to_owned();
        (format!("{folder}/{template}"), file)
    };
    Ok(files.map(becomes).collect())
}

/// Files below a folder, as paths below it, sorted.
pub(super) fn listed(folder: &Path, below: &str) -> Result<Vec<String>, std::io::Error> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let below = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files.extend(listed(&entry.path(), &format!("{below}/"))?);
        } else {
            files.push(below);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a file is a `Cargo.toml`.
pub(super) fn is_manifest(file: &str) -> bool {
    Path::new(file).ends_with("Cargo.toml")
}
