//! An adapter for a vendor that certfleet does not know. README.md says what is where.

mod adapter;
mod api;
mod server;

pub use adapter::{LANTERN, Lantern, listener};
pub use server::Server;
