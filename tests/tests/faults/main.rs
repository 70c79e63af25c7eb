//! The fault matrix: what goes wrong, met by every operation, in virtual time, over sockets, and against
//! the sandbox. One binary, so that one table counts all of it; the table is `docs/fault-matrix.md`.
//!
//! `cargo test -p certfleet-tests --test faults` runs it and checks the table. A filter (`… -- row_08`) runs
//! some of it, and then the table is left alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test binary without #[test] functions: a panic is how it reports, and the table is its output"
)]

mod apart;
mod bulk;
mod clocks;
mod cut;
mod document;
mod facade;
mod harness;
mod listing;
mod schedules;
mod tls;
mod virtual_time;
mod wire;

use certfleet_tests::faults::{Tally, matrix::Layer};
use libtest_mimic::{Arguments, Failed, Trial};
use std::{
    future::Future,
    sync::{LazyLock, atomic::Ordering},
};

/// What this run has held.
static TALLY: LazyLock<Tally> = LazyLock::new(Tally::default);

/// The fewest cases that count as having held the matrix, by layer.
const LEAST: [usize; 4] = [1_500, 400, 10_000, 1_500];

fn main() {
    let mut arguments = Arguments::from_args();
    let trials = [
        harness::trials(),
        wire::trials(),
        tls::trials(),
        listing::trials(),
        apart::trials(),
        facade::trials(),
        bulk::trials(),
        clocks::trials(),
        cut::trials(),
        schedules::trials(),
        virtual_time::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    arguments.test_threads.get_or_insert(2);
    let all = arguments.filter.is_none()
        && arguments.skip.is_empty()
        && !arguments.list
        && !arguments.ignored;
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !all {
        conclusion.exit();
    }
    conclusion.exit_if_failed();
    let counts = Layer::ALL.map(|layer| TALLY.of(layer));
    let played = schedules::PLAYED.load(Ordering::Relaxed);
    println!(
        "cases: {} virtual, {} over sockets, {} cut points, {} of the facade; {played} random schedules",
        counts[0], counts[1], counts[2], counts[3]
    );
    let missing = TALLY.missing();
    let enough = counts
        .iter()
        .zip(LEAST)
        .all(|(count, least)| *count >= least);
    if !missing.is_empty() || !enough || played < schedules::SCHEDULES {
        println!("not enough: at least {LEAST:?}, and every row; without a case are {missing:?}");
        std::process::exit(101);
    }
    if let Err(why) = document::check(&TALLY.document()) {
        println!("{why}");
        std::process::exit(101);
    }
}

/// Runs in real time.
fn really<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// A trial that fails by panicking or by what it returns.
fn one(
    name: impl Into<String>,
    check: impl FnOnce() -> Result<(), String> + Send + 'static,
) -> Trial {
    Trial::test(name, move || check().map_err(Failed::from))
}
