//! Tests of the workspace as a consumer sees it: they use what is public, nothing else. This
//! library is what the tests share. README.md says how to add one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this is test code: a panic is how it reports, and clippy.toml only knows #[test] functions"
)]

mod clients;
pub mod contract;
pub mod faults;
mod fleet;
mod scripted;
pub mod writes;

pub use clients::{Clients, Keys, account};
pub use fleet::{
    accounts, accounts_by, accounts_of, accounts_over, sandbox, scripted_account, start,
};
pub use scripted::{Reply, Scripted};
