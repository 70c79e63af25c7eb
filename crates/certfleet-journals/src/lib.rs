#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod address;
#[cfg(any(feature = "object-store", feature = "postgres"))]
mod background;
#[cfg(any(feature = "object-store", feature = "postgres"))]
mod cache;
#[cfg(any(feature = "object-store", feature = "postgres"))]
mod engine;
#[cfg(any(feature = "object-store", feature = "postgres"))]
mod leased;
#[cfg(feature = "object-store")]
mod objects;
mod open;
mod options;
#[cfg(feature = "postgres")]
mod postgres;

pub use address::Address;
#[cfg(feature = "object-store")]
pub use objects::{Connector, open_objects};
pub use open::{migrate, open};
pub use options::Options;
