//! Every form an input may have, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod accepted;
mod beside;
mod near_misses;
mod refused;
#[path = "../support/mod.rs"]
mod support;

use base64::Engine;
use certfleet_x509::{MAX_INPUT, ReadError, ReadErrorKind, X509, read, read_all};
use support::*;

/// The one certificate of an input.
fn single(input: &[u8]) -> Result<X509, ReadError> {
    let mut all = read_all(input)?;
    assert_eq!(all.len(), 1);
    Ok(all.remove(0))
}
