#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod findings;
pub mod grouping;
pub mod holders;
pub mod html;
pub mod ics;
pub mod ignore_list;
pub mod judgement;
pub mod last_known;
pub mod markdown;
pub mod metrics;
pub mod nagios;
pub mod name_pattern;
mod report;
pub mod text;
pub mod words;

pub use report::{Gap, Nearness, Record, Report, SameAccount};
