#![doc = include_str!("../README.md")]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod apply;
pub mod checks;
mod consequence;
mod copy;
mod evidence;
mod fleet_writer;
pub mod journal;
mod journalled;
mod look;
mod made_before;
mod plan;
mod reading;
mod recovery;
mod resume;
pub mod rotation;
mod snapshot;
mod unnamed;
mod wait;
mod writer;

pub use consequence::{Consequence, ConsequenceKind};
pub use copy::Copied;
pub use fleet_writer::FleetWriter;
pub use journal::{Journal, OperationId};
pub use look::{LOOK_STANDS_FOR, LookStart};
pub use plan::{
    CertificateFacts, Plan, PlanWarning, PlanWarningKind, PlannedContent, PlannedPart, Step,
};
pub use resume::Resumed;
pub use wait::{Progress, WaitOptions};
pub use writer::{IN_FLIGHT_WINDOW, Writer};

/// The examples in the workspace's README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// Those in the library's page of the book.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/library.md")]
struct Library;
