//! Every program in `examples/` is run by `cargo test`, is listed in the README, and says what it shows.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_example_is_run_listed_and_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(root.join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // Without a harness the program itself is the test: what it asserts, and what it returns.
        let target = format!("[[example]]\nname = \"{name}\"\nharness = false\ntest = true\n");
        assert!(
            manifest.contains(&target),
            "{name} is not run: add\n{target}"
        );
        let row = format!("| [{name}](examples/{name}.rs) |");
        assert!(
            readme.contains(&row),
            "{name} is not in the README: add {row}"
        );

        let text = fs::read_to_string(&path).unwrap();
        let head = text.lines().take_while(|line| line.starts_with("//! "));
        assert_eq!(head.count(), 2, "{name} says in two lines what it shows");
        let lines = text.lines().count();
        assert!((25..=70).contains(&lines), "{name} has {lines} lines");
        assert!(
            text.contains("assert!(") || text.contains("assert_eq!("),
            "{name}"
        );
        found.insert(name);
    }
    assert!(found.len() >= 12, "{found:?}");
    let rows = readme.lines().filter(|line| line.contains("](examples/"));
    assert_eq!(
        rows.count(),
        found.len(),
        "the README lists one that is not there"
    );
}
