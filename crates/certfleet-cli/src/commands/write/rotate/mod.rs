//! `certfleet rotate`.

mod begin;
mod drive;
mod plans;
mod run;
mod under_way;

pub(super) use drive::{GoingOn, resume};
pub(crate) use run::run;
