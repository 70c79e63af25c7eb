//! How the sources are laid out: no files that import each other in a circle, no file and no function that is too long.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod arrows;
mod made_up;
mod modules;
mod sizes;

use std::{fs, path::Path};

use xtask::Workspace;

use crate::arrows::{arrows, circles};
use crate::modules::{Crate, Files};

/// The folders of hand-written packages. Those that `generate` writes are left out.
fn packages(workspace: &Workspace) -> Vec<String> {
    let providers = workspace.providers().unwrap();
    let generated = |name: &String| {
        let provider = name.strip_prefix("certfleet-");
        provider.is_some_and(|provider| providers.iter().any(|one| one == provider))
    };
    let crates = fs::read_dir(workspace.path("crates")).unwrap();
    let names = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut folders: Vec<String> = names
        .filter(|name| !generated(name))
        .map(|name| format!("crates/{name}"))
        .collect();
    folders.extend(["examples/outside-provider", "tests", "xtask"].map(str::to_owned));
    folders.sort();
    folders
}

/// The Rust files below a folder, by their path below it.
fn files(folder: &Path) -> Files {
    fn add(files: &mut Files, folder: &Path, below: &str) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let below = format!("{below}{name}");
            if path.is_dir() {
                add(files, &path, &format!("{below}/"));
            } else if name.ends_with(".rs") {
                files.insert(below, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut files = Files::new();
    add(&mut files, folder, "");
    files
}

fn assert_none(found: Vec<String>, remedy: &str) {
    assert!(found.is_empty(), "{}\n{remedy}", found.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let workspace = Workspace::of_this_build();
    let mut found = Vec::new();
    for package in packages(&workspace) {
        let files = files(&workspace.path(&format!("{package}/src")));
        let is_root = |path: &&String| {
            matches!(path.as_str(), "lib.rs" | "main.rs") || path.starts_with("bin/")
        };
        for root in files.keys().filter(is_root) {
            for circle in circles(&arrows(&Crate::read(&files, root))) {
                found.push(format!(
                    "{package}/src: {}\n  {}",
                    circle.files.join(", "),
                    circle.arrows.join("\n  ")
                ));
            }
        }
    }
    assert_none(
        found,
        "move what both files need into a file that imports neither",
    );
}

#[test]
fn no_file_and_no_function_is_too_long() {
    let workspace = Workspace::of_this_build();
    let mut found = Vec::new();
    for package in packages(&workspace) {
        for folder in ["src", "tests"] {
            for (below, text) in files(&workspace.path(&format!("{package}/{folder}"))) {
                let path = format!("{package}/{folder}/{below}");
                found.extend(sizes::long_file(&path, &text));
                if folder == "src" {
                    found.extend(sizes::long_functions(&path, &text));
                }
            }
        }
    }
    assert_none(
        found,
        "split it by purpose, or give the reason in a comment `// long: ..` at its top",
    );
}
