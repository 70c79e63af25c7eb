//! The facts of ordinary and of odd certificates.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod cases;
mod keys;
mod subject;
#[path = "../support/mod.rs"]
mod support;
mod whole;

use certfleet_x509::{Sha1, Sha256, X509};
use support::*;

fn facts(parts: &Parts) -> X509 {
    X509::from_der(&parts.der()).unwrap()
}
