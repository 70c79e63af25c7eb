//! What monitoring systems are told: `check` for Nagios and Prometheus, `serve`, and what the guide shows.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used
)]
#![cfg(unix)]

mod checking;
mod client;
mod guide;
mod serving;
#[path = "../support/mod.rs"]
mod support;
