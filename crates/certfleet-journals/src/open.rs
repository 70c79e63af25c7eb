//! Opening a shared journal.

use crate::{Address, address::Kind};
use certfleet::Result;
use certfleet_changes::Journal;
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

/// Opens the journal at an address.
///
/// # Errors
/// [`ErrorKind::Journal`](certfleet::ErrorKind): the store cannot be reached, or holds no journal that this version can
/// write. [`ErrorKind::Config`](certfleet::ErrorKind): a secret cannot be fetched, or this build has no such store.
pub async fn open(address: &Address, options: &Options) -> Result<Journal> {
    match &address.0 {
        #[cfg(feature = "postgres")]
        Kind::Postgres(postgres) => crate::postgres::open(address, postgres, options).await,
        #[cfg(not(feature = "postgres"))]
        Kind::Postgres(_) => left_out(options, "postgres"),
    }
}

/// Makes the tables of a journal, or brings them up to this version. Returns whether there was anything to do.
///
/// # Errors
/// As [`open`]; the user of the address may not make them.
pub async fn migrate(address: &Address, options: &Options) -> Result<bool> {
    match &address.0 {
        #[cfg(feature = "postgres")]
        Kind::Postgres(postgres) => crate::postgres::migrate(address, postgres, options).await,
        #[cfg(not(feature = "postgres"))]
        Kind::Postgres(_) => left_out(options, "postgres"),
    }
}

#[cfg(not(feature = "postgres"))]
fn left_out<T>(_: &Options, feature: &str) -> Result<T> {
    Err(crate::address::wrong(
        format!(
            "this build of certfleet keeps no journal in such a store: its feature {feature} was left out"
        ),
        &format!("build it with the feature, as in: cargo install --features {feature}"),
    ))
}
