//! Where things are.

use crate::{
    problem::{Problem, Result},
    provider::Provider,
};
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

    /// The workspace that this program was built in.
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
}
