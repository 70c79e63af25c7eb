#![doc = include_str!("../README.md")]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(unix)]
mod access;
pub mod child;
mod config;
pub mod doctor;
mod environment;
mod error;
pub mod identifier;
#[allow(dead_code, reason = "a build without any provider uses only a part")]
mod key;
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
mod schema;
mod secret_ref;
mod secret_source;
mod selection;
#[allow(dead_code, reason = "a build without any provider uses only a part")]
mod settings;
mod template;
mod trusted_file;
mod values;

pub use config::{AccountConfig, Config};
pub use environment::{Environment, Variable};
pub use error::{Context, Error, Result};
pub use key::{Key, KeyKind};
pub use location::{Location, default_path};
pub use open::OpenOptions;
pub use providers::example;
pub use reference_context::ReferenceContext;
pub use roots::read_roots;
pub use schema::schema;
pub use secret_ref::SecretRef;
pub use secret_source::{FollowReferences, SecretSource};
pub use selection::Selection;
pub use template::{AccountTemplate, new_configuration};
