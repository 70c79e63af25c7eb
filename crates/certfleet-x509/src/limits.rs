//! How much of an input is read.

/// The largest input read, in bytes: 16 MiB. An operating system's root bundle has about 0.2 MiB.
pub const MAX_INPUT: usize = 16 * 1024 * 1024;

/// The most certificates, readable or not, that one input may hold.
pub const MAX_CERTIFICATES: usize = 20_000;
