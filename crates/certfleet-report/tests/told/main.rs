//! What is told of inventories that are made up here.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod fleet;
mod ignored;
mod judged;
mod kept;
mod metrics;
mod nagios;
mod names;
