//! What a store is opened with.

use certfleet_config::{FollowReferences, SecretSource};
use std::{fmt, path::PathBuf, sync::Arc};

/// What a store is opened with.
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// Where secrets come from. They are fetched for each connection, so that short-lived ones serve too.
    pub secrets: Arc<dyn SecretSource>,
    /// The folder that relative paths count from, and that commands run in.
    pub folder: PathBuf,
    /// The environment's variables that commands get besides those that every program needs.
    pub pass_env: Vec<String>,
}

impl Default for Options {
    /// Follows references, from the current folder.
    fn default() -> Self {
        Self {
            secrets: Arc::new(FollowReferences),
            folder: PathBuf::new(),
            pass_env: Vec::new(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}
