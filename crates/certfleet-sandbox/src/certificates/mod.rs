//! Certificates: made from the seed, and read back from whatever a client uploads.

pub(crate) mod issue;
pub(crate) mod keys;
pub(crate) mod pem;
pub(crate) mod public_keys;
pub(crate) mod read;

pub(crate) use issue::Mint;
pub(crate) use read::Certificate;
