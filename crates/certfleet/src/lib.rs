#![doc = include_str!("../README.md")]
#![cfg_attr(
    not(all(
        feature = "openai",
        feature = "cloudflare",
        feature = "patchworks",
        feature = "apinizer",
        // new-provider: feature
    )),
    allow(
        dead_code,
        reason = "what adapters share is used by those that are built"
    )
)]

mod account;
mod adapters;
mod applied;
mod apply;
mod capabilities;
mod certificate;
mod change;
pub mod checks;
mod connection;
mod diff;
pub mod duration;
mod error;
mod expiry;
mod fleet;
mod id;
pub mod journal;
mod listing;
mod look;
mod material;
mod native;
mod outcome;
mod page;
mod placement;
mod plan;
mod provider;
mod report;
mod resume;
pub mod rotation;
mod settle;
mod upload;
mod wait;
mod warning;

pub use account::Account;
pub use adapters::*;
pub use applied::{Applied, How, ItemOutcome, ItemResult};
pub use capabilities::{Capabilities, Capability, Coverage, Paging, Verb};
pub use certificate::{Certificate, Origin, Role};
pub use change::{Change, Delete, Generate, References, Rename, Replace, SetActive};
pub use connection::Connection;
pub use diff::{Changed, Difference, InventoryDiff};
pub use error::{EffectReport, Error, ErrorKind, ErrorReport, Result};
pub use expiry::{Expiry, ExpiryReport, ExpiryStatus, Threshold};
pub use fleet::{Fleet, FleetItem, Inventory};
pub use id::{CertificateId, InvalidId, ProviderKind, UnknownProvider};
pub use journal::Journal;
pub use listing::{Listing, Repeated};
pub use material::{Material, Stated};
pub use native::Native;
pub use placement::{Placement, Scope, State};
pub use plan::{Consequence, ConsequenceKind, Plan, Step};
pub use provider::{Content, ListOptions, Provider};
pub use report::AccountReport;
pub use resume::{MAY_STILL_LAND, Resumed};
pub use upload::Upload;
pub use wait::{Progress, Waiting};
pub use warning::{Warning, WarningKind};

pub use certfleet_http::{
    Attempt, BaseUrl, Call, Clock, CredentialsSource, Deadline, Effect, Limits, Network, Observer,
    Retry, Secret, Transport,
};
pub use certfleet_x509 as x509;

/// The example in the workspace's README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
