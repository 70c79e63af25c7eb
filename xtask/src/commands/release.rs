//! `cargo xtask release`: what keeps the crates from being published, and the notes of a release.

use crate::{Problem, Workspace, commands::Failure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::Path,
};
use toml::{Table, Value};

/// Every crate can be published.
pub const READY: u8 = 0;
/// A crate cannot be published.
pub const BROKEN: u8 = 1;
/// A maintainer has to fill in the repository's address.
pub const NO_ADDRESS: u8 = 3;

/// What the address begins with until it is filled in.
const EXAMPLE: &str = "https://example.com/";

/// What a registry wants to know of each crate.
const KEYS: [&str; 10] = [
    "description",
    "version",
    "rust-version",
    "license",
    "repository",
    "homepage",
    "documentation",
    "readme",
    "keywords",
    "categories",
];

/// The files that each package has to hold.
const FILES: [&str; 3] = ["README.md", "LICENSE-APACHE", "LICENSE-MIT"];

/// Keywords that a registry takes: so many, of so many characters.
const KEYWORDS: (usize, usize) = (5, 20);

/// Writes the crates in the order in which they are published, and what keeps one of them from that. Given a version,
/// writes its section in CHANGELOG.md instead.
///
/// # Errors
/// A manifest that cannot be read, no such section, or an output that cannot be written.
pub fn run(
    workspace: &Workspace,
    notes_of: Option<&str>,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    match notes_of {
        Some(version) => notes(workspace, version, out),
        None => check(workspace, out),
    }
}

fn check(workspace: &Workspace, out: &mut dyn Write) -> Result<u8, Failure> {
    let root = manifest(workspace, "Cargo.toml")?;
    let empty = Table::new();
    let shared = table(&root, &["workspace", "package"]).unwrap_or(&empty);
    let packages = packages(workspace)?;
    let mut problems = Vec::new();
    for (name, package) in &packages {
        problems.extend(metadata(package, shared).map(|problem| format!("{name}: {problem}")));
        for file in FILES {
            if !workspace.path(&format!("crates/{name}/{file}")).is_file() {
                problems.push(format!("{name}: {file} is not in its folder"));
            }
        }
        let folder = workspace.path(&format!("crates/{name}"));
        let mut outside = Vec::new();
        included_from_outside(&folder, &folder.join("src"), &mut outside)?;
        problems.extend(outside.iter().map(|file| format!("{name}: {file}")));
    }
    match order(&packages, table(&root, &["workspace", "dependencies"])) {
        Ok(order) => {
            for name in order {
                writeln!(out, "{name}")?;
            }
        }
        Err(circle) => problems.push(format!(
            "{}: each of them needs another one to be published first; name what is for tests only by its path alone",
            circle.join(", ")
        )),
    }
    for problem in &problems {
        writeln!(out, "problem: {problem}")?;
    }
    let address = shared.get("repository").and_then(Value::as_str);
    let is_filled_in = address.is_some_and(|address| !address.starts_with(EXAMPLE));
    if !is_filled_in {
        writeln!(
            out,
            "Cargo.toml: `repository` in [workspace.package] is not filled in: write the repository's address there"
        )?;
    }
    Ok(match (problems.is_empty(), is_filled_in) {
        (false, _) => BROKEN,
        (true, false) => NO_ADDRESS,
        (true, true) => READY,
    })
}

fn notes(workspace: &Workspace, version: &str, out: &mut dyn Write) -> Result<u8, Failure> {
    let below = "CHANGELOG.md";
    let text = read(workspace, below)?;
    let mut lines = text
        .lines()
        .skip_while(|line| !is_heading(line, version))
        .skip(1);
    let section: Vec<&str> = lines
        .by_ref()
        .take_while(|line| !line.starts_with("## "))
        .collect();
    let section = section.join("\n");
    if section.trim().is_empty() {
        return Err(Problem::new(
            below,
            "",
            format!("has no section about {version}"),
            format!("close the section `Unreleased` as `## {version} - YEAR-MONTH-DAY`"),
        )
        .into());
    }
    writeln!(out, "{}", section.trim())?;
    Ok(READY)
}

/// Whether a line is the heading of a version, with a date after it or without.
fn is_heading(line: &str, version: &str) -> bool {
    line.strip_prefix("## ")
        .and_then(|title| title.split(' ').next())
        .is_some_and(|first| first.trim_matches(['[', ']']) == version)
}

fn read(workspace: &Workspace, below: &str) -> Result<String, Failure> {
    fs::read_to_string(workspace.path(below)).map_err(|error| {
        let what = format!("cannot be read: {error}");
        Problem::new(below, "", what, "run the command inside the workspace").into()
    })
}

fn manifest(workspace: &Workspace, below: &str) -> Result<Table, Failure> {
    toml::from_str(&read(workspace, below)?).map_err(|error| {
        let what = format!("is not TOML: {}", error.message());
        Problem::new(below, "", what, "mend it").into()
    })
}

/// The manifests of the crates that are published, by their names.
fn packages(workspace: &Workspace) -> Result<BTreeMap<String, Table>, Failure> {
    let mut packages = BTreeMap::new();
    for entry in fs::read_dir(workspace.path("crates"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let manifest = manifest(workspace, &format!("crates/{name}/Cargo.toml"))?;
        let is_published = table(&manifest, &["package"])
            .and_then(|package| package.get("publish"))
            .is_none_or(|publish| publish.as_bool() != Some(false));
        if is_published {
            packages.insert(name, manifest);
        }
    }
    Ok(packages)
}

/// The table at a path of keys.
fn table<'a>(from: &'a Table, path: &[&str]) -> Option<&'a Table> {
    path.iter()
        .try_fold(from, |table, key| table.get(*key)?.as_table())
}

/// What is wrong with what a crate says of itself.
fn metadata(manifest: &Table, shared: &Table) -> impl Iterator<Item = String> {
    let mut problems = Vec::new();
    let package = table(manifest, &["package"]);
    for key in KEYS {
        let value = package.and_then(|package| package.get(key));
        // `key.workspace = true`.
        let value = match value.and_then(Value::as_table) {
            Some(_) => shared.get(key),
            None => value,
        };
        let is_given = value.is_some_and(|value| match value {
            Value::String(text) => !text.trim().is_empty(),
            Value::Array(list) => !list.is_empty(),
            _ => false,
        });
        if !is_given {
            problems.push(format!("`{key}` is missing"));
        }
    }
    let keywords = package.and_then(|package| package.get("keywords")?.as_array());
    let keywords = keywords.into_iter().flatten().filter_map(Value::as_str);
    let (most, longest) = KEYWORDS;
    if keywords.clone().count() > most {
        problems.push(format!("has more than {most} keywords"));
    }
    let is_taken = |word: &&str| {
        let mut letters = word.chars();
        word.len() <= longest
            && letters.next().is_some_and(char::is_alphanumeric)
            && letters.all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '+'))
    };
    problems.extend(
        keywords
            .filter(|word| !is_taken(word))
            .map(|word| format!("no registry takes the keyword {word:?}")),
    );
    problems.into_iter()
}

/// Finds the sources below a folder that include a file from outside their package, which then is not there. Tests, and
/// what only rustdoc's tests see, are not built from a package.
fn included_from_outside(
    package: &Path,
    folder: &Path,
    found: &mut Vec<String>,
) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        if path.is_dir() {
            included_from_outside(package, &path, found)?;
            continue;
        }
        if path.extension().is_none_or(|end| end != "rs") || path.ends_with("tests.rs") {
            continue;
        }
        let depth = path
            .strip_prefix(package)
            .map_or(0, |below| below.components().count());
        let text = fs::read_to_string(&path)?;
        let mut before = "";
        for line in text.lines() {
            let steps = line.split("include_str!(\"").nth(1).unwrap_or_default();
            let steps = steps.split('/').take_while(|step| *step == "..").count();
            if steps >= depth && depth > 0 && before.trim() != "#[cfg(doctest)]" {
                let file = path.strip_prefix(package).unwrap_or(&path).display();
                found.push(format!(
                    "{file} includes a file that is not in the package: {}",
                    line.trim()
                ));
            }
            before = line;
        }
    }
    Ok(())
}

/// The crates in an order in which each comes after what it needs; or those that need each other.
fn order(
    packages: &BTreeMap<String, Table>,
    shared: Option<&Table>,
) -> Result<Vec<String>, Vec<String>> {
    let mut left: BTreeMap<&str, BTreeSet<&str>> = packages
        .iter()
        .map(|(name, manifest)| (name.as_str(), needed(manifest, packages, shared)))
        .collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let is_next = |needed: &BTreeSet<&str>| needed.iter().all(|one| !left.contains_key(one));
        let next: Vec<&str> = left
            .iter()
            .filter(|(_, needed)| is_next(needed))
            .map(|(name, _)| *name)
            .collect();
        if next.is_empty() {
            return Err(left.keys().map(|name| (*name).to_owned()).collect());
        }
        for name in next {
            left.remove(name);
            order.push(name.to_owned());
        }
    }
    Ok(order)
}

/// The crates of the workspace that have to be published before this one: everything it names with a version, for
/// tests too. What it names by its path alone, cargo leaves out of the package.
fn needed<'a>(
    manifest: &'a Table,
    packages: &BTreeMap<String, Table>,
    shared: Option<&Table>,
) -> BTreeSet<&'a str> {
    let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
    let mut needed = BTreeSet::new();
    for (name, value) in sections
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flatten()
    {
        let is_shared = value.get("workspace").is_some();
        let named = if is_shared {
            shared.and_then(|shared| shared.get(name))
        } else {
            Some(value)
        };
        let has_version =
            named.is_some_and(|value| value.is_str() || value.get("version").is_some());
        if has_version && packages.contains_key(name) {
            needed.insert(name.as_str());
        }
    }
    needed
}
