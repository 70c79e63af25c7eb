#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[cfg(unix)]
mod access;
mod config;
mod error;
pub mod identifier;
mod location;
mod open;
mod parse;
mod private_roots;
mod providers;
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
pub use private_roots::read_roots;
pub use providers::example;
pub use secret_ref::SecretRef;
pub use secret_source::{FollowReferences, SecretSource};
pub use selection::Selection;
