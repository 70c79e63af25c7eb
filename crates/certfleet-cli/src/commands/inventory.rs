//! Saved inventories, as `list --output json` writes them.

use crate::{
    commands::write::read_at_most,
    exit::{Failure, Result},
};
use certfleet::Inventory;
use std::path::Path;

/// The largest inventory, in bytes: those of 100,000 certificates with their contents.
const LARGEST: u64 = 512 * 1024 * 1024;

/// Reads a saved inventory; `-` is stdin.
pub(super) fn load(path: &Path) -> Result<Inventory> {
    serde_json::from_slice(&read_at_most(path, LARGEST)?).map_err(|error| {
        Failure::usage(format!(
            "{} is not an inventory: {error}; save one with certfleet list --output json",
            path.display()
        ))
    })
}
