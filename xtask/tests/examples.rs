//! Every item in the root of the crate `certfleet` shows by an example what it is for.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeSet, fs, path::Path};
use syn::{Item, UseTree, Visibility};
use xtask::Workspace;

/// The names that a `use` makes public. A glob stands for the functions of its module.
fn names(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => self::names(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| self::names(tree, names)),
        UseTree::Name(name) => {
            names.insert(name.ident.to_string());
        }
        UseTree::Rename(_) | UseTree::Glob(_) => {}
    }
}

/// The public items in the root, without modules and whole crates.
fn root(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in syn::parse_file(text).unwrap().items {
        if let Item::Use(item) = item
            && matches!(item.vis, Visibility::Public(_))
        {
            names(&item.tree, &mut found);
        }
    }
    found
}

/// Whether an item of this name is defined in a text, and whether its documentation has an example. Read as text,
/// because macros define some.
fn has_example(text: &str, name: &str) -> Option<bool> {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let is_definition = |line: &&str| {
        ["struct", "enum", "type", "fn"].iter().any(|kind| {
            let rest = line.strip_prefix(&format!("pub {kind} {name}"));
            rest.is_some_and(|rest| {
                !rest.starts_with(|one: char| one.is_alphanumeric() || one == '_')
            })
        })
    };
    let at = lines.iter().position(is_definition)?;
    let above = lines[..at].iter().rev();
    let documentation = above.take_while(|line| !line.is_empty() && !line.starts_with('}'));
    Some(
        documentation
            .into_iter()
            .any(|line| line.starts_with("/// ```")),
    )
}

fn sources(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, texts);
        } else {
            texts.push(fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_item_in_the_root_of_certfleet_has_an_example() {
    let workspace = Workspace::of_this_build();
    let text = fs::read_to_string(workspace.path("crates/certfleet/src/lib.rs")).unwrap();
    let mut names = root(&text);
    assert!(names.len() >= 38, "{names:?}");
    // The functions of the glob.
    names.extend(["capabilities", "rules"].map(str::to_owned));
    let mut texts = Vec::new();
    sources(&workspace.path("crates/certfleet/src"), &mut texts);
    sources(&workspace.path("crates/certfleet-http/src"), &mut texts);
    let without: Vec<_> = names
        .iter()
        .filter(|name| {
            !texts
                .iter()
                .any(|text| has_example(text, name) == Some(true))
        })
        .collect();
    assert!(
        without.is_empty(),
        "{} without an example: {without:?}",
        without.len()
    );
}

#[test]
fn examples_are_found_in_the_documentation_of_their_item() {
    let text = "/// A.\n///\n/// ```\n/// a();\n/// ```\n#[derive(Debug)]\npub struct A {\n}\n\n/// B.\npub enum B {}\n";
    assert_eq!(has_example(text, "A"), Some(true));
    assert_eq!(has_example(text, "B"), Some(false));
    assert_eq!(has_example(text, "C"), None);
    let text = "pub use a::{A, b::B};\npub use c as d;\npub use e::*;\nuse f::F;\npub mod g;\n";
    assert_eq!(root(text), ["A", "B"].map(str::to_owned).into());
}
