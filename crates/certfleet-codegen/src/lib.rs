#![doc = include_str!("../README.md")]
#![allow(
    clippy::indexing_slicing,
    reason = "documents are serde_json values, whose index gives null where nothing is; slices are not indexed"
)]

mod alternatives;
mod choice;
mod composition;
mod context;
mod cut;
mod discriminator;
pub mod document;
mod document_kind;
pub mod drift;
mod emit;
mod extensions;
pub mod external;
mod form_style;
mod formats;
mod generate;
mod infer;
mod json;
pub mod lint;
mod lowered;
mod media_type;
mod merge;
mod multipart;
mod nullable;
pub mod overlay;
mod parameter;
mod pass;
mod passes;
mod path_template;
mod pipeline;
pub mod pointer;
mod problem;
mod progenitor;
pub mod provider;
mod reference_targets;
pub mod references;
mod request_body;
mod rust_name;
pub mod schema;
mod security;
mod server;
mod source;
mod step;
mod text;

pub use context::Note;
pub use cut::{cut, drop_prose, tidy};
pub use emit::files;
pub use generate::{Generated, generate};
pub use infer::infer;
pub use lowered::Lowered;
pub use multipart::{FormOperation, Part, PartKind};
pub use pass::Pass;
pub use pipeline::lower;
pub use problem::{Problem, Problems, Result};
pub use provider::Provider;
pub use source::{Dependencies, Package, Source};
pub use step::Step;
