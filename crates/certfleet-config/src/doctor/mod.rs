//! What works of an account and what does not, step by step, found out by reading alone.

mod examination;
mod limits;
mod report;
mod steps;
mod watched;

pub use examination::examine;
pub use limits::{Counted, Quota, RequestLimit};
pub use report::Examination;
pub use steps::{Outcome, Step, StepKind};
