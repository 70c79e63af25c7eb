//! Secrets: the type that never shows them, memory that is overwritten, and how they are cut out of what
//! a vendor sends: its secret fields (`redact`), and whatever it repeats of the request (`search` finds
//! that, `needles` cuts it out).

pub(crate) mod erase;
mod members;
mod needles;
pub(crate) mod redact;
mod search;
mod secret;

pub(crate) use members::repeats_a_member;
pub(crate) use needles::Needles;
pub(crate) use search::secrets_in;
pub use secret::{REDACTED, Secret};
