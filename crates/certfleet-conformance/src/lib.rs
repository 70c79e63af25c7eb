#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod reads;
mod report;
mod writes;

pub use reads::{ReadOptions, reads};
pub use report::{Outcome, Report};
pub use writes::{WriteOptions, writes};
