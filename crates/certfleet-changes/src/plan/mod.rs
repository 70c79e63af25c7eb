//! What a change would do, found out by reads alone.

mod certificates;
mod change_plan;
mod delete;
mod planner;
mod replace;
mod shown;
mod switch;
mod upload;
mod warnings;

pub use certificates::{CertificateFacts, PlannedContent, PlannedPart};
pub use change_plan::{Plan, Step};
pub(crate) use planner::Prepared;
pub(crate) use switch::clients_must_trust;
pub(crate) use warnings::of_contents;
pub use warnings::{PlanWarning, PlanWarningKind};
