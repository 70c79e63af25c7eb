//! The passes: each a pure, idempotent function on a document, in a file of its own. None invents a
//! vendor's facts; those stand in overlay.yaml and provider.toml.

pub(crate) mod apart;
pub(crate) mod bodies;
pub(crate) mod circles;
pub(crate) mod compose;
pub(crate) mod downgrade;
pub(crate) mod errors;
pub(crate) mod forms;
pub(crate) mod harden;
pub(crate) mod hoist;
pub(crate) mod keywords;
mod merge;
pub(crate) mod names;
pub(crate) mod parameters;
pub(crate) mod recursive;
pub(crate) mod references;
pub(crate) mod resolve;
pub(crate) mod slice;
pub(crate) mod success;
pub(crate) mod urlencoded;
pub(crate) mod widen;

pub use forms::{FormOperation, Part};
