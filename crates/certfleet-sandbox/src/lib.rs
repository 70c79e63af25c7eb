#![doc = include_str!("../README.md")]

mod accounts;
mod apinizer;
pub mod behaviour;
mod call;
mod certificates;
mod clock;
mod cloudflare;
mod connection;
mod fault;
mod form;
mod moment;
mod openai;
mod operation;
mod patchworks;
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
mod vendor;
// new-provider: module

pub use accounts::{
    APINIZER_ENVIRONMENTS, APINIZER_POWERLESS_TOKEN, APINIZER_PROJECTS, APINIZER_TOKEN, Account,
    CLOUDFLARE_CORP, CLOUDFLARE_CORP_TOKEN, CLOUDFLARE_EMAIL, CLOUDFLARE_KEY, CLOUDFLARE_LABS,
    CLOUDFLARE_LABS_TOKEN, CLOUDFLARE_POWERLESS_TOKEN, Credential, OPENAI_ADMIN_KEY,
    OPENAI_ORGANIZATION, OPENAI_PROJECT_KEY, OPENAI_PROJECTS, PATCHWORKS_CONNECTORS,
    PATCHWORKS_JWT, PATCHWORKS_KEY, PATCHWORKS_POWERLESS_KEY, Place,
};
pub use behaviour::Behaviour;
pub use clock::Clock;
pub use fault::{Fault, FaultPoint};
pub use operation::{Operation, operations};
pub use rate::RateLimit;
pub use sample::Sample;
pub use sandbox::{Builder, Sandbox};
pub use seen::Seen;
pub use server::Server;
pub use snapshot::{Jwk, Record, Snapshot};
pub use vendor::Vendor;
// new-provider: credentials
