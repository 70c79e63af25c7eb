//! Retrying, recovering, throttling and credentials that change, in virtual time.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod attempts;
mod credentials;
mod recover;
mod script;
#[path = "../support/mod.rs"]
mod support;
mod throttle;
