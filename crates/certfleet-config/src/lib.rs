#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[cfg(unix)]
mod access;
pub mod child;
mod config;
mod error;
pub mod identifier;
#[cfg(unix)]
mod links;
mod location;
mod networks;
mod open;
mod parse;
mod providers;
mod proxy;
mod reference_context;
mod roots;
mod secret_ref;
mod secret_source;
mod selection;
#[allow(dead_code, reason = "a build without any provider uses only a part")]
mod settings;
mod trusted_file;

pub use config::{AccountConfig, Config};
pub use error::{Context, Error, Result};
pub use location::{default_path, find};
pub use open::OpenOptions;
pub use providers::example;
pub use reference_context::ReferenceContext;
pub use roots::read_roots;
pub use secret_ref::SecretRef;
pub use secret_source::{FollowReferences, SecretSource};
pub use selection::Selection;
