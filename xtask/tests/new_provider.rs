//! `docs/add-a-provider.md`, followed to the letter in a copy of the workspace.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this is test code: a panic is how it reports"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use xtask::{
    Workspace,
    commands::new_provider::{self, Request},
    source::Source,
};

const PAGE: &str = include_str!("../../docs/add-a-provider.md");

/// What is not copied.
const LEFT_OUT: [&str; 3] = ["target", ".git", "corpus-cache"];

struct Copy {
    root: PathBuf,
}

impl Copy {
    /// The workspace as it stands here, as a repository of its own.
    fn new() -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("add-a-provider");
        let _ = fs::remove_dir_all(&root);
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        copy(here, &root);
        let copy = Self { root };
        copy.take_another_version();
        for arguments in [
            &["init", "--quiet"][..],
            &["add", "--all"],
            &[
                "-c",
                "user.name=test",
                "-c",
                "user.email=test@localhost",
                "commit",
                "--quiet",
                "--message=before",
            ],
        ] {
            let output = copy.command("git").args(arguments).output().unwrap();
            assert!(output.status.success(), "{}", text(&output));
        }
        copy
    }

    /// Gives the copy's crates a version of their own. They are built into the same folder as the ones here, and would
    /// otherwise take their places, which the tests of documentation after this one need.
    fn take_another_version(&self) {
        let replace = |name: &str, replaced: &dyn Fn(&str) -> String| {
            let path = self.root.join(name);
            let text = fs::read_to_string(&path).unwrap();
            let other = replaced(&text);
            assert_ne!(text, other, "{name}");
            fs::write(path, other).unwrap();
        };
        let version = concat!("version = \"", env!("CARGO_PKG_VERSION"), "\"\n");
        let other = "version = \"0.1.999\"\n";
        replace("Cargo.toml", &|text| text.replacen(version, other, 1));
        replace("Cargo.lock", &|text| {
            let packages = text.split("[[package]]\n");
            let packages = packages.map(|package| match package.contains("\nsource = ") {
                true => package.to_owned(),
                false => package.replacen(version, other, 1),
            });
            packages.collect::<Vec<_>>().join("[[package]]\n")
        });
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        // Dependencies are built already, and where this test's own build has them.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_NET_OFFLINE", "true")
            .env("RUST_BACKTRACE", "0")
            .env("INSTA_UPDATE", "no")
            .env_remove("CERTFLEET_WORKSPACE")
            // The copy is no repository within another one.
            .env("GIT_CEILING_DIRECTORIES", self.root.parent().unwrap());
        // What cargo tells this test about its own package: build scripts that look at it (ring's) would have
        // everything built anew, here and in the next build outside.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_PKG_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Runs a line of the page.
    fn run(&self, line: &str) -> Output {
        let mut words = line.split(' ');
        let program = words.next().unwrap();
        self.command(program).args(words).output().unwrap()
    }

    /// Files that are not as they were, as paths below the root.
    fn changed(&self) -> Vec<String> {
        let output = self.run("git status --porcelain --untracked-files=all");
        let changed = String::from_utf8(output.stdout).unwrap();
        changed.lines().map(|line| line[3..].to_owned()).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if LEFT_OUT.iter().any(|left| name == *left) {
            continue;
        }
        let (from, to) = (entry.path(), to.join(&name));
        if entry.file_type().unwrap().is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The page's commands, each with the heading it stands under.
fn commands() -> Vec<(&'static str, &'static str)> {
    let mut heading = "";
    let mut commands = Vec::new();
    for line in PAGE.lines() {
        if let Some(text) = line.strip_prefix("## ") {
            heading = text;
        }
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push((heading, command));
        }
    }
    commands
}

/// Whether a line as `contract: 30/30 operations, 115/115 documented responses` says that nothing is left out.
fn is_whole(line: &str) -> bool {
    let counts = line.split(' ').filter_map(|word| word.split_once('/'));
    let counts: Vec<_> = counts.collect();
    counts.len() == 2 && counts.iter().all(|(done, all)| done == all && *all != "0")
}

/// Whether the page names a file, or a folder that it is in.
fn is_named(file: &str) -> bool {
    let named = |path: &str| PAGE.contains(&format!("`{path}`"));
    let sandbox = file.strip_prefix("crates/certfleet-sandbox/src/");
    named(file)
        || sandbox.is_some_and(named)
        || Path::new(file)
            .ancestors()
            .any(|folder| named(&format!("{}/", folder.display())))
}

#[test]
fn the_page_adds_a_vendor_and_takes_it_away_again() {
    let copy = Copy::new();
    let commands = commands();
    assert!(commands.len() >= 10, "{commands:?}");
    for (heading, command) in commands {
        let output = copy.run(command);
        let printed = text(&output);
        // The first run says what somebody has to mend.
        let expected = if command.contains("--from") { 3 } else { 0 };
        assert_eq!(
            output.status.code(),
            Some(expected),
            "{heading}: {command}\n{printed}"
        );
        if command.contains("--from") {
            assert!(printed.contains("per_page"), "{printed}");
        }
        if command.contains("--test contract") {
            let covered = printed.lines().find(|line| line.starts_with("contract: "));
            assert!(covered.is_some_and(is_whole), "{printed}");
        }
        if command.contains("--sandbox list") {
            assert!(printed.contains("contoso-partners"), "{printed}");
            let changed = copy.changed();
            assert!(changed.len() > 30, "{changed:#?}");
            let unnamed: Vec<_> = changed.iter().filter(|file| !is_named(file)).collect();
            assert!(unnamed.is_empty(), "not named by the page: {unnamed:#?}");
        }
    }
    assert_eq!(copy.changed(), [""; 0]);
    fs::remove_dir_all(&copy.root).unwrap();
}

/// Nothing is written for any of these.
#[test]
fn wrong_input_is_told() {
    let workspace = Workspace::of_this_build();
    let document = workspace.path("docs/add-a-provider/openapi.yaml");
    let document = document.to_str().unwrap();
    for (name, from, operation, told) in [
        ("Acme", Some(document), None, "cannot be a provider's name"),
        (
            "acme-edge",
            Some(document),
            None,
            "cannot be a provider's name",
        ),
        (
            "../acme",
            Some(document),
            None,
            "cannot be a provider's name",
        ),
        ("", Some(document), None, "cannot be a provider's name"),
        ("type", Some(document), None, "no word of Rust's"),
        ("http", Some(document), None, "taken by another crate"),
        ("openai", None, None, "there already"),
        ("acme", None, None, "say where the vendor's is"),
        ("acme", Some("no-such-file.yaml"), None, "no-such-file.yaml"),
        ("acme", Some(document), Some("listAll"), "\"listAll\""),
    ] {
        let request = Request {
            name: name.to_owned(),
            from: from.map(Source::named),
            operations: operation.into_iter().map(str::to_owned).collect(),
        };
        let failure = new_provider::run(&workspace, &request, &mut Vec::new()).unwrap_err();
        let failure = failure.to_string();
        assert!(failure.contains(told), "{name:?}: {failure}");
        assert!(failure.contains("remedy: "), "{name:?}: {failure}");
    }
    assert!(!workspace.path("specs/acme").exists());
}
