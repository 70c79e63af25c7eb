//! A vendor that repeats the secrets of a request wherever an answer has a place for text.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod keys;
mod repeated;
#[allow(dead_code, reason = "another test uses the rest")]
#[path = "../support/mod.rs"]
mod support;
mod texts;
