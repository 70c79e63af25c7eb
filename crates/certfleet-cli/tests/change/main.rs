//! Commands that change something, through the binary, against the sandbox served in this process.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used,
    clippy::print_stderr,
    unreachable_pub
)]
#![cfg(unix)]

mod agreement;
mod asked;
mod completing;
mod exclusion;
mod faults;
mod gateway;
mod going_on;
mod input;
mod journal;
mod kills;
mod kills_cases;
#[cfg(not(feature = "postgres"))]
mod left_out;
mod naming;
mod outcomes;
mod plans;
#[cfg(feature = "postgres")]
#[path = "../../../certfleet-journals/tests/support/postgres.rs"]
mod postgres;
mod put_back;
mod refused;
mod requests;
mod saved_plans;
mod served;
mod story;
#[path = "../support/mod.rs"]
mod support;
#[cfg(feature = "postgres")]
mod team;
#[cfg(feature = "postgres")]
mod team_kills;
#[cfg(feature = "postgres")]
mod team_wire;
mod together;
mod verbs;
mod verbs_table;
mod watching;
