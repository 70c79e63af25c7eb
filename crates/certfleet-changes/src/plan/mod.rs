//! What a change would do, found out by reads alone.

mod change_plan;
mod delete;
mod planner;
mod replace;
mod switch;
mod upload;

pub use change_plan::{Plan, Step};
pub(crate) use planner::Prepared;
