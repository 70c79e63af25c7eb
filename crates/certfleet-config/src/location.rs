//! Where the configuration is, unless a program is told.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Finds the configuration: the file that `CERTFLEET_CONFIG` names, otherwise [`default_path`] if there is a file.
pub fn find() -> Option<PathBuf> {
    match variable("CERTFLEET_CONFIG") {
        Some(path) => Some(path.into()),
        None => default_path().filter(|path| path.exists()),
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
