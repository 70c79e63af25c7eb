//! The program works on the workspace around the current folder, wherever it was built.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path, process::Command};
use tempfile::tempdir;
use xtask::Workspace;

/// Runs the program in a folder; its exit code and what it said.
fn xtask(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("CERTFLEET_WORKSPACE")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn the_nearest_workspace_above_counts() {
    let folder = tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let inner = root.join("crates").join("deep");
    fs::create_dir_all(&inner).unwrap();
    fs::create_dir_all(root.join("specs")).unwrap();
    assert!(Workspace::around(&inner).is_none());
    fs::create_dir_all(root.join("xtask")).unwrap();
    fs::write(root.join("xtask").join("Cargo.toml"), "").unwrap();
    for start in [&inner, &root] {
        assert_eq!(Workspace::around(start).unwrap().path(""), root.join(""));
    }
    // A workspace of no vendor has nothing to generate; that of the build is not touched.
    assert_eq!(xtask(&inner, &["generate", "--check"]).0, Some(0));
    fs::create_dir_all(root.join("specs").join("acme")).unwrap();
    let (code, said) = xtask(&inner, &["generate", "--check"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("acme") && !said.contains("openai"), "{said}");
}

#[test]
fn outside_of_a_workspace_it_says_so() {
    let folder = tempdir().unwrap();
    fs::write(
        folder.path().join("api.yaml"),
        "openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths: {}\n",
    )
    .unwrap();
    for arguments in [
        &["generate"][..],
        &["generate", "--from", "api.yaml", "--out", "client"],
    ] {
        let (code, said) = xtask(folder.path(), arguments);
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains("run the command inside the workspace"),
            "{said}"
        );
    }
    assert!(!folder.path().join("client").exists());
}
