//! The crates can be published, but for the address that a maintainer fills in; and the oldest Rust is true.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use serde_json::Value;
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;
use xtask::{Workspace, commands::release};

fn run(workspace: &Workspace) -> (u8, String) {
    let mut out = Vec::new();
    let code = release::run(workspace, None, &mut out).unwrap();
    (code, String::from_utf8(out).unwrap())
}

#[test]
fn the_crates_can_be_published_in_this_order() {
    let (code, said) = run(&Workspace::of_this_build());
    assert!(!said.contains("problem:"), "{said}");
    let address = said.contains("`repository` in [workspace.package] is not filled in");
    let expected = if address {
        release::NO_ADDRESS
    } else {
        release::READY
    };
    assert_eq!(code, expected, "{said}");
    let at = |name: &str| said.lines().position(|line| line == name).unwrap();
    for (first, then) in [
        ("certfleet-x509", "certfleet-http"),
        ("certfleet-http", "certfleet-openai"),
        ("certfleet-openai", "certfleet"),
        ("certfleet", "certfleet-sandbox"),
        ("certfleet-sandbox", "certfleet-changes"),
        ("certfleet-changes", "certfleet-cli"),
    ] {
        assert!(at(first) < at(then), "{first} before {then}: {said}");
    }
}

/// A workspace of two crates: `b` needs `a`.
fn two() -> (TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let crates = folder.path().join("crates");
    for (name, needs) in [("a", ""), ("b", "a.workspace = true")] {
        let below = crates.join(name);
        fs::create_dir_all(&below).unwrap();
        let manifest = format!(
            "[package]\nname = \"{name}\"\ndescription = \"d\"\nversion = \"1.0.0\"\nrust-version = \"1.89\"\n\
             license = \"MIT\"\nrepository.workspace = true\nhomepage = \"h\"\ndocumentation = \"d\"\n\
             readme = \"README.md\"\nkeywords = [\"k\"]\ncategories = [\"c\"]\n[dependencies]\n{needs}\n"
        );
        fs::write(below.join("Cargo.toml"), manifest).unwrap();
        for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
            fs::write(below.join(file), "").unwrap();
        }
    }
    let root = "[workspace.package]\nrepository = \"https://git.acme.org/x\"\n\
                [workspace.dependencies]\na = { path = \"crates/a\", version = \"1\" }\n\
                b = { path = \"crates/b\", version = \"1\" }\n";
    fs::write(folder.path().join("Cargo.toml"), root).unwrap();
    let workspace = Workspace::at(folder.path());
    (folder, workspace)
}

fn replace(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}");
    fs::write(&path, text.replace(from, to)).unwrap();
}

#[test]
fn what_keeps_a_crate_from_being_published_is_said() {
    let (_folder, workspace) = two();
    assert_eq!(run(&workspace), (release::READY, "a\nb\n".to_owned()));
    for (file, from, to, code, said) in [
        (
            "Cargo.toml",
            "git.acme.org",
            "example.com",
            release::NO_ADDRESS,
            "is not filled in",
        ),
        (
            "crates/a/Cargo.toml",
            "description = \"d\"",
            "",
            release::BROKEN,
            "a: `description` is missing",
        ),
        (
            "crates/b/Cargo.toml",
            "[\"k\"]",
            "[\"with blank\"]",
            release::BROKEN,
            "the keyword \"with blank\"",
        ),
        (
            "crates/b/Cargo.toml",
            "[\"k\"]",
            "[\"1\", \"2\", \"3\", \"4\", \"5\", \"6\"]",
            release::BROKEN,
            "b: has more than 5 keywords",
        ),
        (
            "crates/a/Cargo.toml",
            "[dependencies]",
            "[dev-dependencies]\nb.workspace = true\n[dependencies]",
            release::BROKEN,
            "a, b: each of them needs another one",
        ),
        // By its path alone it is left out of the package.
        (
            "crates/a/Cargo.toml",
            "[dependencies]",
            "[dev-dependencies]\nb = { path = \"../b\" }\n[dependencies]",
            release::READY,
            "a\nb\n",
        ),
    ] {
        let (folder, workspace) = two();
        replace(folder.path(), file, from, to);
        let (found, out) = run(&workspace);
        assert_eq!(found, code, "{out}");
        assert!(out.contains(said), "{out}");
    }
    let (folder, workspace) = two();
    let source = folder.path().join("crates/a/src");
    fs::create_dir_all(&source).unwrap();
    let lines = "const A: &str = include_str!(\"../README.md\");\n\
                 const B: &str = include_str!(\"../../b/README.md\");\n\
                 #[cfg(doctest)]\n#[doc = include_str!(\"../../../README.md\")]\nstruct C;\n";
    fs::write(source.join("lib.rs"), lines).unwrap();
    let (code, out) = run(&workspace);
    assert_eq!(code, release::BROKEN);
    assert_eq!(
        out.matches("problem: a: src/lib.rs includes").count(),
        1,
        "{out}"
    );
    assert!(out.contains("../../b/README.md"), "{out}");
    let (folder, workspace) = two();
    fs::remove_file(folder.path().join("crates/a/LICENSE-MIT")).unwrap();
    let (code, out) = run(&workspace);
    assert_eq!(code, release::BROKEN);
    assert!(out.contains("a: LICENSE-MIT is not in its folder"), "{out}");
}

#[test]
fn notes_are_the_section_of_the_version() {
    let folder = tempfile::tempdir().unwrap();
    let text = "# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2027-01-31\n\n### Added\n\n- A.\n\n## 0.1.0\n\n- B.\n";
    fs::write(folder.path().join("CHANGELOG.md"), text).unwrap();
    let workspace = Workspace::at(folder.path());
    let notes = |version: &str| {
        let mut out = Vec::new();
        let code = release::run(&workspace, Some(version), &mut out);
        code.map(|_| String::from_utf8(out).unwrap())
            .map_err(|failure| failure.to_string())
    };
    assert_eq!(notes("0.2.0").unwrap(), "### Added\n\n- A.\n");
    assert_eq!(notes("0.1.0").unwrap(), "- B.\n");
    for missing in ["0.2", "0.3.0", "Unreleased"] {
        let said = notes(missing).unwrap_err();
        assert!(said.contains("has no section about"), "{said}");
    }
}

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

/// The oldest Rust that the workspace names is the one that its dependencies demand: not lower, which would be
/// untrue, and not higher without a reason.
#[test]
fn the_oldest_rust_is_what_the_dependencies_demand() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        // What other platforms need is not downloaded everywhere.
        .args(["--filter-platform", &host()])
        .current_dir(Workspace::of_this_build().path(""))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |text: &str| {
        let mut parts = text.split('.').map(|part| part.parse::<u32>().unwrap());
        (parts.next().unwrap(), parts.next().unwrap())
    };
    let (mut ours, mut theirs) = ((0, 0), (0, 0));
    for package in metadata["packages"].as_array().unwrap() {
        let Some(version) = package["rust_version"].as_str() else {
            continue;
        };
        let newest = if package["source"].is_null() {
            &mut ours
        } else {
            &mut theirs
        };
        *newest = number(version).max(*newest);
    }
    assert_eq!(ours, theirs);
}
