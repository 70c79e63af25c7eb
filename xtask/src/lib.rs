//! Maintainer's commands for the certfleet workspace: from a vendor's OpenAPI description to a
//! client crate. See ARCHITECTURE.md for the pipeline.

#![allow(
    clippy::indexing_slicing,
    reason = "documents are serde_json values, whose index gives null where nothing is; slices are not indexed"
)]

mod capability_table;
pub mod commands;
mod new_folder;
mod provenance;
pub mod source;
mod workspace;

pub use certfleet_codegen::{Problem, Problems};
pub use workspace::Workspace;

/// A provider's effective document: the vendored one with its overlay applied. What the vendor
/// offers, as far as it is known, and what contract tests hold everything against.
///
/// # Errors
/// An unknown provider, or problems of its document or overlay.
pub fn effective(workspace: &Workspace, provider: &str) -> Result<serde_json::Value, Problems> {
    workspace.select(&[provider.to_owned()])?;
    workspace
        .lower(provider, false)
        .map(|lowered| lowered.effective)
}
