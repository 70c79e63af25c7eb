//! Where things are.

use certfleet_codegen::{
    Dependencies, Lowered, Package, Problem, Provider, Result, Source, document, lower,
};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The workspace's folders.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace at a folder.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The workspace around a folder: it, or the nearest one above it, that has `specs` and `xtask`. `None` where
    /// there is none. Where this program was built says nothing: a target directory may serve several workspaces.
    pub fn around(folder: &Path) -> Option<Self> {
        let is_workspace = |one: &&Path| {
            one.join("specs").is_dir() && one.join("xtask").join("Cargo.toml").is_file()
        };
        folder.ancestors().find(is_workspace).map(Self::at)
    }

    /// The workspace that this program was built in, for its tests.
    pub fn of_this_build() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::at(here.parent().unwrap_or(here))
    }

    /// A path below the root.
    pub fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The names of all providers, sorted.
    ///
    /// # Errors
    /// There is no `specs` folder.
    pub fn providers(&self) -> Result<Vec<String>> {
        let folder = self.path("specs");
        let entries = std::fs::read_dir(&folder).map_err(|error| {
            Problem::new(
                "specs",
                "",
                format!("cannot be read: {error}"),
                "run the command inside the workspace",
            )
        })?;
        let mut names: Vec<String> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                entry
                    .path()
                    .is_dir()
                    .then(|| entry.file_name().into_string().ok())?
            })
            .collect();
        names.sort();
        Ok(names)
    }

    /// The named providers, or all.
    pub(crate) fn select(&self, names: &[String]) -> Result<Vec<String>> {
        let known = self.providers()?;
        for name in names {
            if !known.contains(name) {
                return Err(Problem::new(
                    "specs",
                    "",
                    format!("{name:?} is not a provider"),
                    format!("use one of {}", known.join(", ")),
                )
                .into());
            }
        }
        Ok(if names.is_empty() {
            known
        } else {
            names.to_vec()
        })
    }

    pub(crate) fn provider(&self, name: &str) -> Result<Provider> {
        let below = format!("specs/{name}/provider.toml");
        Provider::read(&self.path(&below), &below)
    }
    /// A provider's document with everything that belongs to it.
    pub(crate) fn source(&self, name: &str) -> Result<Source> {
        let provider = self.provider(name)?;
        let below = format!("specs/{name}/{}", provider.document);
        check_provenance(self, name, &below)?;
        let document = document::read(&self.path(&below), &below)?;
        let overlay = format!("specs/{name}/overlay.yaml");
        let corrections = document::read(&self.path(&overlay), &overlay)?;
        Ok(Source {
            name: below,
            configuration: format!("specs/{name}/provider.toml"),
            document,
            overlay: Some((overlay, corrections)),
            package: Package {
                name: format!("certfleet-{name}"),
                description: format!(
                    "Client for the certificates of {}, generated from its OpenAPI description",
                    provider.title
                ),
                generated_by: format!("`cargo xtask generate {name}` from specs/{name}"),
                kept_in: Some(format!("specs/{name}")),
                lowered: format!("specs/{name}/lowered.json"),
                dependencies: Dependencies::Workspace,
            },
            provider,
        })
    }

    /// Where a provider's document came from.
    pub(crate) fn provenance(&self, name: &str) -> Result<toml::Table> {
        let below = format!("specs/{name}/provenance.toml");
        let text = std::fs::read_to_string(self.path(&below)).map_err(|error| {
            Problem::new(
                &below,
                "",
                format!("cannot be read: {error}"),
                "restore it: `git checkout -- specs`",
            )
        })?;
        toml::from_str(&text).map_err(|error| {
            Problem::new(
                &below,
                "",
                format!("is not TOML: {}", error.message()),
                "mend it",
            )
            .into()
        })
    }

    /// A provider's lowered document.
    pub(crate) fn lower(&self, name: &str, record: bool) -> Result<Lowered> {
        lower(self.source(name)?, record)
    }
}

/// A provider's effective document: the vendored one with its overlay applied. Contract tests hold
/// everything against it.
///
/// # Errors
/// An unknown provider, or problems of its document or overlay.
pub fn effective(workspace: &Workspace, provider: &str) -> Result<serde_json::Value> {
    workspace.select(&[provider.to_owned()])?;
    workspace
        .lower(provider, false)
        .map(|lowered| lowered.effective)
}

/// Checks that the vendored document is the one whose origin is written down.
fn check_provenance(workspace: &Workspace, name: &str, document: &str) -> Result<()> {
    let below = format!("specs/{name}/provenance.toml");
    let table = workspace.provenance(name)?;
    let stated = table
        .get("sha256")
        .and_then(toml::Value::as_str)
        .unwrap_or_default();
    let bytes = std::fs::read(workspace.path(document)).map_err(|error| {
        Problem::new(
            document,
            "",
            format!("cannot be read: {error}"),
            "restore it: `git checkout -- specs`",
        )
    })?;
    let actual = sha256(&bytes);
    if stated == actual {
        Ok(())
    } else {
        Err(Problem::new(
            &below,
            "",
            format!("sha256 is not the vendored document's, which is {actual}"),
            format!("a vendored document is not edited: corrections go into overlay.yaml. Restore it (`git checkout -- {document}`), or, if it was fetched anew, write the hash and the date here"),
        )
        .into())
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
