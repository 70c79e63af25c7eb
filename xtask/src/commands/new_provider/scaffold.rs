//! Writes new files from templates, and entries in files that are there.

use super::{
    calls::Call,
    marks::entered,
    templates::{entries, is_manifest, new_files},
    values::values,
};
use crate::{Problem, Workspace, commands::Failure};
use certfleet_codegen::Provider;
use serde_json::Value;
use std::{collections::BTreeMap, fs};

/// The files that were written, as paths below the workspace.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) new: Vec<String>,
    pub(super) entered: Vec<String>,
}

/// Whether everything can be written: there is a way to authenticate that skeletons can use, every mark
/// is there, and no file is in the way.
pub(super) fn check(
    workspace: &Workspace,
    provider: &Provider,
    document: &Value,
) -> Result<(), Failure> {
    // New files say nothing of the calls, which are known only when the client is generated.
    let values = values(provider, document, &[])?;
    for entry in entries(workspace)? {
        let text = fs::read_to_string(workspace.path(&entry.file))?;
        entered(&text, &entry.mark, "", &entry.file)?;
    }
    for (template, file) in new_files(workspace, &provider.name)? {
        let path = workspace.path(&file);
        let text = fs::read_to_string(workspace.path(&template))?;
        // A run that stopped half-way left the very same.
        if path.exists() && fs::read_to_string(path)? != values.fill(&text) {
            return Err(Problem::new(
                file,
                "",
                "is there already",
                "remove what an earlier run left, or choose another name",
            )
            .into());
        }
    }
    Ok(())
}

/// Writes the files and the entries.
pub(super) fn write(
    workspace: &Workspace,
    provider: &Provider,
    document: &Value,
    calls: &[Call],
) -> Result<Written, Failure> {
    let values = values(provider, document, calls)?;
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut written = Written::default();
    for entry in entries(workspace)? {
        let old = match files.remove(&entry.file) {
            Some(text) => text,
            None => {
                written.entered.push(entry.file.clone());
                fs::read_to_string(workspace.path(&entry.file))?
            }
        };
        let new = entered(&old, &entry.mark, &values.fill(&entry.text), &entry.file)?;
        files.insert(entry.file, new);
    }
    for (template, file) in new_files(workspace, &provider.name)? {
        let text = fs::read_to_string(workspace.path(&template))?;
        written.new.push(file.clone());
        files.insert(file, values.fill(&text));
    }
    for (file, text) in in_order(files) {
        let path = workspace.path(&file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        // A file that others need is never there by half.
        let whole = path.with_extension("new-provider");
        fs::write(&whole, text)?;
        fs::rename(whole, path)?;
    }
    Ok(written)
}

/// The manifests last, as they say that a run came to its end, and of them the workspace's first:
/// without its entry, cargo reads no other, and this command does not start.
fn in_order(files: BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by_key(|(file, _)| (is_manifest(file), file != "Cargo.toml"));
    files
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            marks::mark_of,
            name,
            templates::listed,
            tests::{copy, provider},
        },
        *,
    };
    use std::collections::BTreeSet;

    /// Every entry has its mark, and every mark its entry.
    #[test]
    fn marks_and_entries_are_the_same() {
        let workspace = Workspace::of_this_build();
        check(&workspace, &provider("acme"), &Value::Null).unwrap();
        let entries = entries(&workspace).unwrap();
        let entered: BTreeSet<(String, String)> = entries
            .iter()
            .map(|entry| (entry.file.clone(), entry.mark.clone()))
            .collect();
        assert_eq!(entered.len(), entries.len(), "an entry stands twice");
        let mut files = vec!["Cargo.toml".to_owned(), ".gitattributes".to_owned()];
        for folder in ["crates", "tests"] {
            files.extend(listed(&workspace.path(folder), &format!("{folder}/")).unwrap());
        }
        let mut marks = BTreeSet::new();
        for file in files {
            if !file.ends_with(".rs") && !is_manifest(&file) && file != ".gitattributes" {
                continue;
            }
            let text = fs::read_to_string(workspace.path(&file)).unwrap();
            let found = text.lines().filter_map(mark_of);
            marks.extend(found.map(|mark| (file.clone(), mark.to_owned())));
        }
        assert_eq!(marks, entered);
    }

    /// Whatever keeps a run from its end, the next one goes on where it stopped.
    #[test]
    fn a_run_that_stopped_can_be_repeated() {
        let (_root, workspace) = copy();
        let provider = provider("acme");
        let folder = |below: &str| workspace.path(below);
        // The first run is stopped by a folder where a file belongs; before that it has generated.
        fs::create_dir_all(folder("specs/acme")).unwrap();
        fs::write(folder("specs/acme/provider.toml"), "").unwrap();
        fs::create_dir_all(folder("crates/certfleet-acme")).unwrap();
        fs::write(
            folder("crates/certfleet-acme/Cargo.toml"),
            "# @generated by `cargo xtask generate acme` from specs/acme. Do not edit.\n",
        )
        .unwrap();
        let in_the_way = folder("crates/certfleet/Cargo.new-provider");
        fs::create_dir(&in_the_way).unwrap();
        let run = || {
            name::check(&workspace, "acme")?;
            check(&workspace, &provider, &Value::Null)?;
            write(&workspace, &provider, &Value::Null, &[])
        };
        run().unwrap_err();
        let root_manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
        assert!(root_manifest.contains("certfleet-acme"));
        let facade = fs::read_to_string(folder("crates/certfleet/Cargo.toml")).unwrap();
        assert!(!facade.contains("certfleet-acme"));
        // All but manifests is there before them.
        let writes = fs::read_to_string(folder("tests/src/writes/mod.rs")).unwrap();
        assert!(writes.contains("mod acme;"));

        fs::remove_dir(in_the_way).unwrap();
        run().unwrap();
        let values = values(&provider, &Value::Null, &[]).unwrap();
        for entry in entries(&workspace).unwrap() {
            let text = fs::read_to_string(workspace.path(&entry.file)).unwrap();
            let entry_text = values.fill(&entry.text);
            if !entry_text.is_empty() {
                let mark = format!("{entry_text}{}", line_of(&text, &entry.mark));
                assert_eq!(text.matches(&mark).count(), 1, "{}", entry.file);
                assert!(!text.contains(&entry_text.repeat(2)), "{}", entry.file);
            }
        }
        let failure = run().unwrap_err().to_string();
        assert!(failure.contains("is there already"), "{failure}");
    }

    /// The line with a mark.
    fn line_of<'a>(text: &'a str, mark: &str) -> &'a str {
        text.lines()
            .find(|line| mark_of(line) == Some(mark))
            .unwrap()
    }
}
