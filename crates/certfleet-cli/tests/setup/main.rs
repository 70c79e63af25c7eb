//! `accounts` and `config`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub
)]

mod accounts;
mod config;
mod environment;
#[path = "../support/mod.rs"]
mod support;
