#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

pub mod findings;
pub mod grouping;
pub mod holders;
