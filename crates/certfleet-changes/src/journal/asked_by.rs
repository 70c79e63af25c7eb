//! Who asked for a change.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The user and the machine that asked for a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AskedBy {
    /// The user's name on the machine.
    pub user: String,
    /// The machine's host name.
    pub host: String,
}

impl AskedBy {
    /// Returns a user and a machine.
    pub fn new(user: impl Into<String>, host: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            host: host.into(),
        }
    }

    /// Returns the user and the machine of this process; `?` stands for what is not known.
    pub fn this_process() -> Self {
        let unknown = |_| "?".to_owned();
        Self::new(
            whoami::username().unwrap_or_else(unknown),
            whoami::hostname().unwrap_or_else(unknown),
        )
    }
}

impl fmt::Display for AskedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.user, self.host)
    }
}
