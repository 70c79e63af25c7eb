#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

pub mod ignore_list;
pub mod judgement;
pub mod last_known;
pub mod metrics;
pub mod nagios;
pub mod name_pattern;
