#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod journal;
mod reads;
mod report;
mod writes;

pub use journal::{JournalBench, journal};
pub use reads::{ReadOptions, reads};
pub use report::{Outcome, Report};
pub use writes::{WriteOptions, writes};
