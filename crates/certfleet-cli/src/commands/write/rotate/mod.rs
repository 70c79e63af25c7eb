//! `certfleet rotate`.

mod begin;
mod drive;
mod named;
mod plans;
mod run;
mod saved;
mod under_way;

pub(super) use drive::{GoingOn, resume};
pub(super) use named::{groups, together};
pub(crate) use run::run;
pub(super) use saved::{apply, plan};
