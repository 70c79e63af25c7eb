//! Every write of every vendor through the facade and the engine, over the sandbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml only knows #[test] functions, not what they share"
)]

mod barrier;
mod clocks;
mod conformance;
mod every;
mod exclusion;
mod gateway;
mod kept;
mod late;
mod rotation;
mod rotations;
mod rules;
mod together;
mod unreadable;
mod waiting;

use certfleet::ProviderId;
use certfleet_changes::Writer;
use certfleet_sandbox::Sandbox;
use certfleet_tests::writes;
use std::sync::Arc;

fn plain(sandbox: &Sandbox, kind: ProviderId) -> Writer {
    writes::writer(sandbox, kind, Arc::new(sandbox.clone()))
}
