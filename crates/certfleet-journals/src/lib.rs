#![doc = include_str!("../README.md")]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod address;
#[cfg(feature = "postgres")]
mod background;
#[cfg(feature = "postgres")]
mod cache;
#[cfg(feature = "postgres")]
mod engine;
#[cfg(feature = "postgres")]
mod leased;
mod open;
#[cfg(feature = "postgres")]
mod postgres;

pub use address::Address;
pub use open::{Options, migrate, open};
