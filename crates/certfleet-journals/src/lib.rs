#![doc = include_str!("../README.md")]
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
mod options;
#[cfg(feature = "postgres")]
mod postgres;

pub use address::Address;
pub use open::{migrate, open};
pub use options::Options;
