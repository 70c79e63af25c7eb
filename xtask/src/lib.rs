//! Maintainer's commands for the certfleet workspace: from a vendor's OpenAPI description to a
//! client crate. See ARCHITECTURE.md for the pipeline.

pub mod commands;
mod document;
mod emit;
mod lint;
mod overlay;
mod passes;
mod pipeline;
mod pointer;
mod problem;
mod progenitor;
mod provider;
mod schema;
mod workspace;

pub use problem::{Problem, Problems};
pub use workspace::Workspace;
