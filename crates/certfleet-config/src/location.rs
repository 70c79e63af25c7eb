//! Where the configuration is, unless a program is told.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Which configuration is used where a program is not told, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// The file that `CERTFLEET_CONFIG` names.
    Variable(PathBuf),
    /// The file at [`default_path`], which is there.
    Default(PathBuf),
    /// There is no file, so the [environment](crate::Environment) makes the accounts. A file would be looked for
    /// at this path, if the platform has one.
    Nowhere(Option<PathBuf>),
}

impl Location {
    /// Finds the configuration: the file that `CERTFLEET_CONFIG` names, otherwise [`default_path`] if there is a
    /// file.
    pub fn find() -> Self {
        match (variable("CERTFLEET_CONFIG"), default_path()) {
            (Some(path), _) => Self::Variable(path.into()),
            (None, Some(path)) if path.exists() => Self::Default(path),
            (None, path) => Self::Nowhere(path),
        }
    }

    /// Returns the file, or where it would be.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Variable(path) | Self::Default(path) => Some(path),
            Self::Nowhere(path) => path.as_deref(),
        }
    }
}

/// Returns `certfleet/config.toml` in the platform's folder for configurations: `$XDG_CONFIG_HOME` or `~/.config`;
/// `~/Library/Application Support` on macOS; `%APPDATA%` on Windows.
pub fn default_path() -> Option<PathBuf> {
    let folder = if cfg!(windows) {
        absolute("APPDATA")
    } else if cfg!(target_os = "macos") {
        Some(env::home_dir()?.join("Library/Application Support"))
    } else {
        absolute("XDG_CONFIG_HOME").or_else(|| Some(env::home_dir()?.join(".config")))
    };
    Some(folder?.join("certfleet").join("config.toml"))
}

/// The folder that a configuration's relative paths count from.
pub(crate) fn folder(config: &Path) -> &Path {
    config
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// A path as the configuration means it.
pub(crate) fn resolve(path: &Path, folder: &Path) -> PathBuf {
    match (path.strip_prefix("~"), env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => folder.join(path),
    }
}

fn absolute(name: &str) -> Option<PathBuf> {
    variable(name)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
