#![doc = include_str!("../README.md")]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod accounts;
mod apinizer;
mod archive;
pub mod behaviour;
mod call;
mod certificates;
mod clock;
mod cloudflare;
mod connection;
#[cfg(feature = "fleet")]
mod facade;
mod fault;
mod fleet;
mod form;
mod moment;
mod openai;
mod operation;
mod patchworks;
mod provider;
mod random;
mod rate;
mod reply;
mod routing;
mod sample;
mod sandbox;
mod seed;
mod seen;
mod server;
mod snapshot;
mod transport;
// new-provider: module

pub use account::{Account, Credential, Scope};
pub use apinizer::accounts::*;
pub use behaviour::Behaviour;
pub use clock::Clock;
pub use cloudflare::accounts::*;
pub use fault::{Fault, FaultPoint};
pub use openai::accounts::*;
pub use operation::{Operation, operations};
pub use patchworks::accounts::*;
pub use provider::Provider;
pub use rate::RateLimit;
pub use sample::Sample;
pub use sandbox::{Builder, Sandbox};
pub use seen::Seen;
pub use server::Server;
pub use snapshot::{Jwk, Record, Snapshot};
// new-provider: credentials
