#![doc = include_str!("../README.md")]
#![allow(
    clippy::indexing_slicing,
    reason = "documents are serde_json values, whose index gives null where nothing is; slices are not indexed"
)]

mod composition;
mod cut;
pub mod document;
pub mod drift;
mod emit;
mod generate;
mod infer;
pub mod lint;
pub mod overlay;
mod passes;
pub mod pipeline;
pub mod pointer;
mod problem;
mod progenitor;
pub mod provider;
mod rust_name;
pub mod schema;

pub use cut::{cut, drop_prose, tidy};
pub use emit::files;
pub use generate::{Generated, generate};
pub use infer::infer;
pub use passes::{FormOperation, Part};
pub use pipeline::{Lowered, Note, Package, Source, lower};
pub use problem::{Problem, Problems, Result};
pub use provider::Provider;
