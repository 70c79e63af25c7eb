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
pub use workspace::{Workspace, effective};
