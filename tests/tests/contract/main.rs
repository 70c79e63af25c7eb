//! Every operation proven against its description: requests, answers, failures, the sandbox. One
//! binary, so that one table counts all of it; the run fails where the table has a gap.
//!
//! `cargo test -p certfleet-tests --test contract` prints the table. A filter (`… -- openai.get`)
//! runs some of it, and then nothing is enforced.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test binary without #[test] functions: a panic is how it reports, and the table is its output"
)]

mod errors;
mod facade;
mod providers;
mod redacted;
mod requests;
mod responses;
mod sandbox;

use certfleet_tests::contract::{Client, Coverage, operations};
use libtest_mimic::{Arguments, Trial};
use std::{cell::RefCell, future::Future, sync::LazyLock};

/// What this run has proven.
static COVERAGE: LazyLock<Coverage> = LazyLock::new(Coverage::default);

fn main() {
    let mut arguments = Arguments::from_args();
    let trials = [
        requests::trials(),
        responses::trials(),
        errors::trials(),
        sandbox::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    // Not the only thread that calls operations; the default is one for each core.
    arguments.test_threads.get_or_insert(2);
    let all = arguments.filter.is_none()
        && arguments.skip.is_empty()
        && !arguments.list
        && !arguments.ignored;
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !all {
        conclusion.exit();
    }
    let (table, complete) = COVERAGE.report();
    println!("{table}");
    conclusion.exit_if_failed();
    if !complete {
        std::process::exit(101);
    }
}

/// One trial for each operation of the table.
fn each(what: &str, check: fn(&'static Client)) -> impl Iterator<Item = Trial> {
    operations::TABLE
        .iter()
        .map(move |client| trial(format!("{what}::{client:?}"), move || check(client)))
}

/// A trial that fails by its panic.
fn trial(name: impl Into<String>, check: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        check();
        Ok(())
    })
}

/// Waits for a call. No test needs more than one thread.
fn wait<T>(future: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: RefCell<tokio::runtime::Runtime> =
            RefCell::new(tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap());
    }
    RUNTIME.with(|runtime| runtime.borrow().block_on(future))
}
