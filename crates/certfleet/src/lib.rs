#![doc = include_str!("../README.md")]
#![cfg_attr(
    not(all(
        feature = "openai",
        feature = "cloudflare",
        feature = "patchworks",
        feature = "apinizer"
    )),
    allow(
        dead_code,
        reason = "what adapters share is used by those that are built"
    )
)]

mod account;
mod adapters;
mod capabilities;
mod certificate;
mod connection;
mod error;
mod fleet;
mod id;
mod material;
mod native;
mod page;
mod placement;
mod provider;
mod warning;

pub use account::{Account, AccountReport};
pub use adapters::*;
pub use capabilities::{Capabilities, Capability, Coverage, Paging, Verb};
pub use certificate::{Certificate, Origin, Role};
pub use connection::Connection;
pub use error::{EffectReport, Error, ErrorKind, ErrorReport, Result};
pub use fleet::{Fleet, FleetItem, Inventory};
pub use id::{CertificateId, InvalidId, ProviderKind, UnknownProvider};
pub use material::{Material, Stated};
pub use native::Native;
pub use placement::{Placement, Scope, State};
pub use provider::{Content, ListOptions, Provider};
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
