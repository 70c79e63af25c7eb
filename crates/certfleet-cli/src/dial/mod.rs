//! What a TLS server presents: dialled, recorded as it comes, and judged. Nothing but the handshake, and the
//! dialogue that leads to it, is sent.

mod connection;
mod recorder;
mod starttls;
mod target;
mod verification;
mod words;

pub(crate) use connection::{Dialled, Dialling};
pub(crate) use starttls::StartTls;
pub(crate) use target::{Reading, Target, server_name, without_secrets};
pub(crate) use verification::Roots;
pub(crate) use words::handshake_failure;
