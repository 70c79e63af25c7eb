//! The repository's pages: their links lead somewhere, and the book's contents name all of them.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use xtask::Workspace;

/// Folders that hold no page of ours.
const LEFT_OUT: [&str; 3] = ["target", ".git", "node_modules"];

/// Every Markdown file below a folder, by its path below the root.
fn pages(root: &Path, below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(below)).unwrap() {
        let entry = entry.unwrap();
        let path = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            if !LEFT_OUT.iter().any(|left| entry.file_name() == *left) {
                found.extend(pages(root, &path));
            }
        } else if path.extension().is_some_and(|one| one == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A text without its blocks of code and without code between backticks.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            let parts = line.split('`').enumerate();
            prose.extend(parts.filter(|(at, _)| at % 2 == 0).map(|(_, part)| part));
            prose.push('\n');
        }
    }
    prose
}

/// Where the links of a text lead.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let targets = prose.split("](").skip(1);
    targets
        .map(|rest| rest.split(')').next().unwrap().replace('\n', " "))
        .collect()
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|one| one.is_alphanumeric() || matches!(one, ' ' | '-' | '_'));
            kept.map(|one| if one == ' ' { '-' } else { one }).collect()
        })
        .collect()
}

#[test]
fn every_relative_link_leads_somewhere() {
    let workspace = Workspace::of_this_build();
    let root = workspace.path("");
    let mut checked = 0;
    for page in pages(&root, Path::new("")) {
        let text = fs::read_to_string(root.join(&page)).unwrap();
        for link in links(&text) {
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match path {
                "" => root.join(&page),
                path => root.join(page.parent().unwrap()).join(path),
            };
            assert!(target.exists(), "{}: {link}", page.display());
            if !anchor.is_empty() {
                let there = fs::read_to_string(&target).unwrap();
                let known = anchors(&there);
                assert!(known.contains(anchor), "{}: {link}", page.display());
            }
            checked += 1;
        }
    }
    assert!(checked > 60, "{checked} links");
}

#[test]
fn the_contents_of_the_book_name_every_page() {
    let workspace = Workspace::of_this_build();
    let folder = workspace.path("docs");
    let contents = fs::read_to_string(folder.join("SUMMARY.md")).unwrap();
    let named: Vec<_> = links(&contents).into_iter().map(PathBuf::from).collect();
    let mut there = pages(&folder, Path::new(""));
    there.retain(|page| page != Path::new("SUMMARY.md"));
    let is_missing = |page: &&PathBuf| !named.contains(page);
    let missing: Vec<_> = there.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "add to docs/SUMMARY.md: {missing:?}");
    assert_eq!(named.len(), there.len(), "{named:?}");
}

/// What is odd about a crate's README on a registry's page, where no rustdoc looks at it.
fn oddities(text: &str) -> Vec<String> {
    let mut odd = Vec::new();
    let mut block = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), block) {
            (Some(""), Some(_)) => block = None,
            (Some(language), None) => {
                if !["rust", "console", "toml", "text", "sh"].contains(&language) {
                    odd.push(format!("a block of the language {language:?}"));
                }
                block = Some(language);
            }
            (_, Some("rust")) if line == "#" || line.starts_with("# ") => {
                odd.push(format!("only rustdoc hides the line {line:?}"));
            }
            (_, Some(_)) => {}
            (_, None) => {
                // Only rustdoc makes a link of [`Name`].
                let shortcuts = line.split("[`").skip(1).filter(|rest| {
                    let after = rest.split_once("`]").map(|(_, after)| after);
                    !after.is_some_and(|after| after.starts_with('('))
                });
                odd.extend(shortcuts.map(|rest| format!("only rustdoc makes a link of [`{rest}")));
            }
        }
    }
    odd
}

#[test]
fn the_readme_of_each_crate_reads_well_without_rustdoc() {
    let workspace = Workspace::of_this_build();
    let mut read = 0;
    for entry in fs::read_dir(workspace.path("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(folder.join("README.md")).unwrap();
        // Above the title of a generated one its mark stands.
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let title = lines.find(|line| !line.starts_with("<!--")).unwrap();
        assert_eq!(title, format!("# {name}"));
        assert!(lines.next().unwrap().len() > 30, "{name}: what is it for?");
        let odd = oddities(&text);
        assert!(odd.is_empty(), "{name}: {odd:#?}");
        // Rust in it is compiled: it is the front page of its crate's documentation, or of its tests.
        let root = fs::read_to_string(folder.join("src/lib.rs")).unwrap_or_default();
        let is_compiled = root.contains("doc = include_str!(\"../README.md\")");
        assert!(is_compiled || !text.contains("```rust"), "{name}");
        read += 1;
    }
    assert!(read >= 14, "{read}");
}

#[test]
fn what_only_rustdoc_reads_is_found() {
    for (text, expected) in [
        ("See [`Config`].", 1),
        ("See [`a`](b.md) and `[[account]]`.", 0),
        ("```rust\n# fn main() {}\n#[test]\n```", 1),
        ("```no_run\n# x\n```", 1),
        ("```toml\n# a comment\n```", 0),
    ] {
        assert_eq!(oddities(text).len(), expected, "{text}");
    }
}

#[test]
fn links_are_read_outside_of_code() {
    let text = "[a](b.md#c) `[no](x)`\n```console\n$ [no](y)\n```\n[d](https://e)";
    assert_eq!(links(text), ["b.md#c", "https://e"]);
    assert!(anchors("## Who may: `read`").contains("who-may-read"));
}
