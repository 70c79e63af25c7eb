//! Secrets: the type that never shows them, memory that is overwritten, and how they are cut out of
//! a response. `redact` replaces the operation's secret fields; `search` finds the secrets of a
//! request, and `needles` cuts those out of whatever a vendor echoes.

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

/// Returns a text without the secrets, in whatever form it repeats them. Secrets shorter than four
/// characters are not searched for.
pub fn redact<'a>(text: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> String {
    Needles::new(secrets).cut(text)
}
