//! The generated crates are what the specs say, and what is wrong with inputs is said.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeMap, fs, path::Path};
use xtask::{
    Workspace,
    commands::{generate, generate_from},
};

/// A copy of what `generate` reads and writes.
fn copy() -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::of_this_build();
    for below in ["specs", "README.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        copy_all(&workspace.path(below), &folder.path().join(below));
    }
    for name in workspace.providers().unwrap() {
        let below = format!("crates/certfleet-{name}");
        copy_all(&workspace.path(&below), &folder.path().join(&below));
    }
    let copy = Workspace::at(folder.path());
    (folder, copy)
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy_all(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// Runs `generate --check` and gives its code and its output, without times and line numbers.
fn check(workspace: &Workspace) -> (u8, String) {
    let mut out = Vec::new();
    let code = generate::run(workspace, &[], true, &mut out).unwrap_or_else(|failure| {
        out.extend(failure.to_string().into_bytes());
        1
    });
    let text = String::from_utf8(out).unwrap();
    let without_times = text
        .lines()
        .filter(|line| !line.ends_with(" s"))
        // Where in a file a difference stands changes with the file.
        .map(|line| {
            if line.trim_start().starts_with("@@") {
                "    @@"
            } else {
                line
            }
        })
        .collect::<Vec<_>>()
        .join("\n");
    (code, without_times)
}

#[test]
fn the_committed_crates_are_fresh() {
    let (code, out) = check(&Workspace::of_this_build());
    assert_eq!(code, generate::FRESH, "{out}\nRun: cargo xtask generate");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (_folder, workspace) = copy();
    let mut out = Vec::new();
    for _ in 0..2 {
        assert_eq!(
            generate::run(&workspace, &[], false, &mut out).unwrap(),
            generate::FRESH
        );
        assert_eq!(check(&workspace).0, generate::FRESH);
    }
}

/// The files below a folder by their paths below `root`.
fn files(root: &Path, below: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(root.join(below)).unwrap() {
        let below = format!("{below}/{}", entry.unwrap().file_name().to_string_lossy());
        let path = root.join(&below);
        if path.is_dir() {
            files.extend(self::files(root, &below));
        } else {
            files.insert(below, fs::read_to_string(path).unwrap());
        }
    }
    files
}

fn is_marked(text: &str) -> bool {
    text.lines()
        .next()
        .is_some_and(|line| line.contains("@generated"))
}

/// Whether a line of .gitattributes says that a file is generated. `*` is any name, `**` at the end is
/// anything.
fn is_listed(attributes: &str, file: &str) -> bool {
    let matches = |pattern: &str| {
        let mut names = file.split('/');
        for part in pattern.split('/') {
            match (part, names.next()) {
                ("**", Some(_)) => return true,
                (part, Some(name)) if part == "*" || part == name => {}
                _ => return false,
            }
        }
        names.next().is_none()
    };
    attributes
        .lines()
        .filter_map(|line| line.strip_prefix('/')?.strip_suffix(" linguist-generated"))
        .any(matches)
}

/// Tools know generated files by a mark in their first line, and reviews fold those that are listed. JSON
/// holds no mark.
#[test]
fn every_generated_file_is_marked_and_listed() {
    let (folder, workspace) = copy();
    fs::remove_dir_all(folder.path().join("crates")).unwrap();
    let names = workspace.providers().unwrap();
    let lowered = |name: &String| format!("specs/{name}/lowered.json");
    for name in &names {
        fs::remove_file(workspace.path(&lowered(name))).unwrap();
    }
    let given = files(folder.path(), "specs");
    generate::run(&workspace, &[], false, &mut Vec::new()).unwrap();

    let mut written = files(folder.path(), "specs");
    written.retain(|file, _| !given.contains_key(file));
    assert!(
        written
            .keys()
            .eq(&names.iter().map(lowered).collect::<Vec<_>>())
    );
    written.extend(files(folder.path(), "crates"));
    assert!(written.len() >= 11 * names.len(), "{:?}", written.keys());
    let attributes = Workspace::of_this_build().path(".gitattributes");
    let attributes = fs::read_to_string(attributes).unwrap();
    for (file, text) in &written {
        assert!(is_listed(&attributes, file), "{file}");
        // A licence is verbatim.
        let is_whole = file.ends_with(".json") || file.contains("/LICENSE-");
        assert!(is_marked(text) || is_whole, "{file}");
    }
    // What is written by hand is reviewed.
    for file in given.keys().map(String::as_str).chain([
        "README.md",
        "crates/certfleet/src/lib.rs",
        "crates/certfleet-http/src/lib.rs",
    ]) {
        assert!(!is_listed(&attributes, file), "{file}");
    }
}

#[test]
fn a_crate_of_any_document_is_marked() {
    let workspace = Workspace::of_this_build();
    let folder = tempfile::tempdir().unwrap();
    let request = generate_from::Request {
        from: workspace.path("docs/add-a-provider/openapi.yaml"),
        operations: Vec::new(),
        overlay: None,
        folder: folder.path().join("any"),
        http: workspace.path("crates/certfleet-http"),
        resolve: false,
        keep_going: true,
    };
    generate_from::run(&request, &mut Vec::new()).unwrap();
    let written = files(folder.path(), "any");
    assert!(
        written.contains_key("any/GENERATION.md"),
        "{:?}",
        written.keys()
    );
    for (file, text) in written {
        assert!(is_marked(&text) || file.ends_with(".json"), "{file}");
    }
}

use Change::{Append, Delete, Replace};

/// What is done to a file.
enum Change {
    Delete,
    Replace(&'static str, &'static str),
    Append(&'static str),
}

/// Changes of files, and the exit codes that they lead to.
const CHANGES: &[(&str, Change, u8)] = &[
    ("crates/certfleet-openai/src/types.rs", Delete, 4),
    (
        "crates/certfleet-openai/src/types.rs",
        Append("// mine\n"),
        4,
    ),
    ("crates/certfleet-openai/Cargo.toml", Append("# mine\n"), 4),
    ("crates/certfleet-openai/README.md", Delete, 4),
    (
        "crates/certfleet-openai/LICENSE-MIT",
        Append("And more.\n"),
        4,
    ),
    (
        "crates/certfleet-openai/src/extra.rs",
        Append("// not generated\n"),
        4,
    ),
    ("specs/cloudflare/lowered.json", Delete, 4),
    (
        "specs/cloudflare/lowered.json",
        Replace("\"openapi\": \"3.0.3\"", "\"openapi\": \"3.0.2\""),
        4,
    ),
    ("README.md", Replace("| list | ", "| lists | "), 4),
    // Vendored documents are not edited: their hash is written down.
    ("specs/openai/openapi.yaml", Append("# mine\n"), 1),
    ("specs/openai/openapi.yaml", Delete, 1),
    ("specs/openai/provenance.toml", Delete, 1),
    (
        "specs/openai/provenance.toml",
        Replace("sha256 = \"", "sha256 = \"0"),
        1,
    ),
    // Overlays: gone, not an overlay, no reason, matches nothing, changes nothing.
    ("specs/openai/overlay.yaml", Delete, 1),
    ("specs/openai/overlay.yaml", Replace("actions:", "acts:"), 1),
    (
        "specs/openai/overlay.yaml",
        Replace("name: include[]", "name: includes[]"),
        4,
    ),
    (
        "specs/openai/overlay.yaml",
        Replace("      name: include[]", "      name: include"),
        1,
    ),
    (
        "specs/openai/overlay.yaml",
        Replace("@.name == 'limit'", "@.name == 'limits'"),
        1,
    ),
    (
        "specs/openai/overlay.yaml",
        Replace(
            "    description: The range 1 to 100 stands in prose only.\n",
            "",
        ),
        1,
    ),
    (
        "specs/openai/overlay.yaml",
        Replace("$.paths[*].get", "$.paths[*.get"),
        1,
    ),
    // provider.toml: not TOML, an unknown key, an operation or a scheme that is not there.
    (
        "specs/openai/provider.toml",
        Replace("name = \"openai\"", "name = "),
        1,
    ),
    (
        "specs/openai/provider.toml",
        Replace("name = \"openai\"", "nome = \"openai\""),
        1,
    ),
    (
        "specs/openai/provider.toml",
        Replace(
            "call = \"GET /organization/certificates\"",
            "call = \"GET /organisation/certificates\"",
        ),
        1,
    ),
    (
        "specs/openai/provider.toml",
        Replace("scheme = \"AdminApiKeyAuth\"", "scheme = \"AdminKeyAuth\""),
        1,
    ),
    (
        "specs/openai/provider.toml",
        Replace("size = \"limit\"", "size = \"order\""),
        1,
    ),
    (
        "specs/openai/provider.toml",
        Replace(
            "operations = [\"modify_certificate\"]",
            "operations = [\"rename_certificate\"]",
        ),
        1,
    ),
    (
        "specs/openai/provider.toml",
        Replace(
            "[operations.modify_certificate]",
            "[operations.change_certificate]",
        ),
        1,
    ),
];

#[test]
fn whatever_is_deleted_or_edited_is_noticed() {
    let mut told = String::new();
    for (below, change, expected) in CHANGES {
        let (folder, workspace) = copy();
        let path = folder.path().join(below);
        let what = match change {
            Delete => {
                fs::remove_file(&path).unwrap();
                "deleted".to_owned()
            }
            Replace(old, new) => {
                let text = fs::read_to_string(&path).unwrap();
                assert!(text.contains(*old), "{below} does not hold {old:?}");
                fs::write(&path, text.replacen(old, new, 1)).unwrap();
                format!("{old:?} is now {new:?}")
            }
            Append(text) => {
                let old = fs::read_to_string(&path).unwrap_or_default();
                fs::write(&path, old + text).unwrap();
                format!("{text:?} was added")
            }
        };
        let (code, out) = check(&workspace);
        assert_eq!(code, *expected, "{below}: {what}\n{out}");
        told.push_str(&format!("### {below}: {what} -> {code}\n{out}\n\n"));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn an_unknown_provider_is_named_with_the_known_ones() {
    let workspace = Workspace::of_this_build();
    let failure =
        generate::run(&workspace, &["acme".to_owned()], true, &mut Vec::new()).unwrap_err();
    let known = workspace.providers().unwrap();
    assert!(known.contains(&"openai".to_owned()), "{known:?}");
    assert_eq!(
        failure.to_string(),
        format!(
            "specs: \"acme\" is not a provider\n  remedy: use one of {}",
            known.join(", ")
        )
    );
}
