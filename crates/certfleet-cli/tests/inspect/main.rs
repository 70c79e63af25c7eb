//! `certfleet inspect`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod files;
mod folders;
mod made;
#[path = "../support/mod.rs"]
mod support;
