//! Every write of every client, ready to be sent to a sandbox, and how to tell from the sandbox whether it was
//! carried out.

mod apinizer;
mod cloudflare;
mod openai;
mod patchworks;
// new-provider: module
mod write;

pub use write::{Ready, Sent, World, Write};

use std::sync::LazyLock;

/// Every write of every client.
pub static WRITES: LazyLock<Vec<&'static Write>> = LazyLock::new(|| {
    [
        openai::WRITES,
        cloudflare::WRITES,
        patchworks::WRITES,
        apinizer::WRITES,
        // new-provider: writes
    ]
    .into_iter()
    .flatten()
    .collect()
});
