//! What a reference leads to.

use std::path::PathBuf;

/// A file, and a JSON pointer in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    pub(super) file: PathBuf,
    pub(super) pointer: String,
}
