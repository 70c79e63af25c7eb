//! Commands that change something: find out what is meant, plan, ask, apply, wait, print.

mod change;
mod consent;
mod context;
mod dismiss;
mod files;
mod gone;
mod interrupt;
mod journals;
mod make;
mod plan;
mod probe;
mod resume;
mod rotate;
mod secrets;
mod session;
mod tls;

pub(crate) use consent::{answer, can_ask};
pub(crate) use context::WriteContext;
pub(crate) use files::{read, read_at_most, write_private, write_public};
pub(crate) use interrupt::stop_signal;
pub(crate) use journals::{Place, existing_journal, failure as journal_failure};
pub(crate) use make::run;
pub(crate) use plan::{apply, plan};
pub(crate) use resume::run as resume;
pub(crate) use rotate::run as rotate;
