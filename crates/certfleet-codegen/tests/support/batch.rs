//! Many generated crates as modules of one, so that the compiler runs once.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A crate under construction.
pub(crate) struct Batch {
    folder: PathBuf,
    modules: Vec<String>,
    tests: String,
}

/// A transport for the generated tests, and what they compare with.
const DOUBLE: &str = include_str!("double.rs");

impl Batch {
    /// An empty crate, in a folder of Cargo's for tests. What an earlier run left there goes.
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(folder.join("src"));
        fs::create_dir_all(folder.join("src")).expect("a folder");
        Self {
            folder,
            modules: Vec::new(),
            tests: String::new(),
        }
    }

    /// Adds a generated crate as a module.
    pub(crate) fn add(&mut self, module: &str, files: &BTreeMap<String, String>) {
        let folder = self.folder.join("src").join(module);
        fs::create_dir_all(&folder).expect("a folder");
        for (below, text) in files {
            let Some(file) = below.strip_prefix("src/") else {
                continue;
            };
            let text = text
                .replace("#![doc = include_str!(\"../README.md\")]\n", "")
                .replace("crate::", &format!("crate::{module}::"));
            let file = if file == "lib.rs" { "mod.rs" } else { file };
            fs::write(folder.join(file), text).expect("a file");
        }
        self.modules.push(module.to_owned());
    }

    /// Adds tests, as Rust.
    pub(crate) fn add_tests(&mut self, text: &str) {
        self.tests.push_str(text);
    }

    /// Compiles everything and runs the tests.
    ///
    /// # Errors
    /// What the compiler or a test says.
    pub(crate) fn run(&self) -> Result<String, String> {
        let workspace = super::here().join("../..");
        let http = fs::canonicalize(super::http()).expect("certfleet-http");
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
             [lib]\ndoctest = false\n\n\
             [dependencies]\ncertfleet-http = {{ path = {http:?} }}\nregress = \"0.12.0\"\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt\", \"time\"] }}\n\
             [profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n",
            self.folder.file_name().expect("a name").to_string_lossy()
        );
        let modules: String = self
            .modules
            .iter()
            .map(|module| format!("pub mod {module};\n"))
            .collect();
        let write = |file: &str, text: &str| {
            fs::write(self.folder.join(file), text).expect("a file");
        };
        write("Cargo.toml", &manifest);
        write(
            "src/lib.rs",
            &format!(
                "#![allow(warnings)]\n{modules}#[cfg(test)]\nmod double;\n#[cfg(test)]\nmod tests;\n"
            ),
        );
        write("src/double.rs", DOUBLE);
        write("src/tests.rs", &self.tests);
        fs::copy(workspace.join("Cargo.lock"), self.folder.join("Cargo.lock")).expect("a lock");
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .expect("the target folder");
        let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
        // What cargo tells this test about its own package: build scripts that look at it (ring's) would have
        // everything built anew, here and in the next build outside.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_PKG_") {
                cargo.env_remove(&name);
            }
        }
        let output = cargo
            .args(["test", "--lib", "--quiet", "--manifest-path"])
            .arg(self.folder.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_NET_OFFLINE", "true")
            .env("RUST_BACKTRACE", "0")
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs");
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        if output.status.success() {
            Ok(text)
        } else {
            Err(text)
        }
    }
}
