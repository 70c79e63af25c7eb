#![doc = include_str!("../README.md")]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]
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

pub mod adapter;
mod adapters;
pub mod change;
pub mod duration;
mod error;
pub mod model;
pub mod reading;

pub use adapter::Connection;
pub use adapters::*;
pub use change::{Applied, Change, How, Upload};
pub use error::{EffectReport, Error, ErrorKind, ErrorReport, Result};
pub use model::{
    Capabilities, Capability, Certificate, CertificateContent, CertificateId, Coverage,
    InvalidName, Name, Native, Origin, Placement, ProviderId, Role, Scope, State, Verb, Warning,
    WarningKind,
};
pub use reading::{
    Account, AccountReport, ContentFetch, Fleet, FleetItem, FleetListing, Inventory, ListOptions,
    Listing,
};

pub use certfleet_http as http;
pub use certfleet_http::{Effect, Secret};
pub use certfleet_x509 as x509;
