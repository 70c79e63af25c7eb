//! Runs a check on generated values.

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};

/// The variable that names another seed than the usual one.
pub const SEED: &str = "CERTFLEET_CONTRACT_SEED";

/// Runs a check on so many values. The seed is the same in every run, or what [`SEED`] says.
///
/// # Panics
/// The check fails; the message has the smallest such value that was found, and the seed.
pub fn run<T: std::fmt::Debug>(
    what: &str,
    values: &BoxedStrategy<T>,
    cases: u32,
    check: impl Fn(T) -> Result<(), String>,
) {
    let seed: u64 = match std::env::var(SEED) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{SEED} is no number: {text}")),
        Err(_) => 2_026,
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(values, |value| check(value).map_err(TestCaseError::fail));
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, value)) => {
            panic!("{what}: {why}\nwith {value:#?}\nseed {seed} ({SEED} sets another)")
        }
        Err(error) => panic!("{what}: {error}\nseed {seed}"),
    }
}
