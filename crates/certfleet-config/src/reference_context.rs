//! What a reference is followed with.

use std::path::Path;

/// What a reference is followed with.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReferenceContext<'a> {
    /// The folder that relative paths count from, and that commands run in.
    pub folder: &'a Path,
    /// The variables that commands get besides those that every program needs ([`child::environment`](crate::child::environment)).
    pub pass_env: &'a [String],
}

impl<'a> ReferenceContext<'a> {
    /// Creates a context in which commands get no further variables.
    pub fn new(folder: &'a Path) -> Self {
        Self {
            folder,
            pass_env: &[],
        }
    }

    /// Sets the variables that commands get too.
    #[must_use]
    pub fn pass_env(self, pass_env: &'a [String]) -> Self {
        Self { pass_env, ..self }
    }
}
