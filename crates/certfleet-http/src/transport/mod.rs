//! How one request becomes one response: the trait, the real network behind it, and whether a
//! failed request was sent.

mod causes;
mod classify;
mod interface;
mod network;
mod tls;

pub use interface::{BoxFuture, Transport};
pub use network::Network;
pub use tls::tls_failure;
