//! What is built in: licences, sources and bans as `deny.toml` lists them, the features of the HTTP stack,
//! and that no crate of this workspace may be unsafe. `cargo deny check` is stricter where it is installed;
//! this runs everywhere.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path, process::Command, sync::LazyLock};

/// All packages with all features, as cargo resolves them.
static METADATA: LazyLock<Value> = LazyLock::new(|| {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--locked",
            "--all-features",
            "--format-version",
            "1",
        ])
        .args(["--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
});

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
}

fn toml(path: &Path) -> toml::Table {
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// The texts of a list in `deny.toml`; of tables, their crate.
fn denied(section: &str, list: &str) -> BTreeSet<String> {
    let file = toml(&workspace().join("deny.toml"));
    let items = file[section][list].as_array().unwrap().iter();
    let names = items.map(|item| {
        item.as_str()
            .or_else(|| item.get("crate")?.as_str())
            .unwrap()
            .to_owned()
    });
    names.collect()
}

fn packages() -> &'static Vec<Value> {
    METADATA["packages"].as_array().unwrap()
}

/// Those that are not of this workspace.
fn foreign() -> Vec<&'static Value> {
    let foreign: Vec<_> = packages()
        .iter()
        .filter(|package| !is_ours(package))
        .collect();
    assert!(foreign.len() > 100, "{}", foreign.len());
    foreign
}

fn is_ours(package: &Value) -> bool {
    METADATA["workspace_members"]
        .as_array()
        .unwrap()
        .contains(&package["id"])
}

#[test]
fn licences_are_allowed_ones() {
    let allowed = denied("licenses", "allow");
    for package in foreign() {
        let text = package["license"].as_str().unwrap_or("none");
        let expression = spdx::Expression::parse_mode(text, spdx::ParseMode::LAX);
        let expression = expression.unwrap_or_else(|error| panic!("{}: {error}", package["id"]));
        let is_allowed = expression.evaluate(|licence| allowed.contains(&licence.to_string()));
        assert!(is_allowed, "{}: {text}", package["id"]);
    }
}

#[test]
fn everything_comes_from_crates_io() {
    for package in foreign() {
        let source = package["source"].as_str();
        assert_eq!(
            source,
            Some("registry+https://github.com/rust-lang/crates.io-index"),
            "{}",
            package["id"]
        );
    }
}

#[test]
fn nothing_banned_is_built_in() {
    let banned = denied("bans", "deny");
    for package in packages() {
        assert!(
            !banned.contains(package["name"].as_str().unwrap()),
            "{}",
            package["id"]
        );
    }
    for package in packages().iter().filter(|package| is_ours(package)) {
        for dependency in package["dependencies"].as_array().unwrap() {
            let is_wild = dependency["req"] == "*" && dependency["path"].is_null();
            assert!(!is_wild, "{}: {}", package["name"], dependency["name"]);
        }
    }
}

#[test]
fn the_http_stack_does_only_what_is_needed() {
    const NOT_NEEDED: [&str; 15] = [
        "gzip",
        "brotli",
        "zstd",
        "deflate",
        "cookies",
        "native-tls",
        "default-tls",
        "http2",
        "http3",
        "system-proxy",
        "blocking",
        "multipart",
        "hickory-dns",
        "charset",
        "default",
    ];
    let nodes = METADATA["resolve"]["nodes"].as_array().unwrap();
    let reqwest: Vec<_> = nodes
        .iter()
        .filter(|node| node["id"].as_str().unwrap().contains("#reqwest@"))
        .collect();
    assert_eq!(reqwest.len(), 1);
    for feature in reqwest[0]["features"].as_array().unwrap() {
        let feature = feature.as_str().unwrap();
        assert!(!NOT_NEEDED.contains(&feature), "{feature}");
    }
}

#[test]
fn no_crate_may_be_unsafe() {
    let root = toml(&workspace().join("Cargo.toml"));
    assert_eq!(
        root["workspace"]["lints"]["rust"]["unsafe_code"].as_str(),
        Some("forbid")
    );
    let ours = packages().iter().filter(|package| is_ours(package));
    for manifest in ours.map(|package| package["manifest_path"].as_str().unwrap()) {
        let lints = toml(Path::new(manifest))
            .get("lints")
            .and_then(|lints| lints.get("workspace")?.as_bool());
        assert_eq!(
            lints,
            Some(true),
            "{manifest} has no [lints] workspace = true"
        );
    }
}
