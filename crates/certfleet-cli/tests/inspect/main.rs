//! `certfleet inspect`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod dialling;
mod files;
mod folders;
mod made;
mod servers;
#[path = "../support/mod.rs"]
mod support;
mod tls;
