//! How one request becomes one response: the trait, the real network behind it, and whether a
//! failed request was sent.

mod classify;
mod interface;
mod network;
mod proxy;
mod tls;

pub use interface::{BoxFuture, Transport};
pub use network::Network;
pub use proxy::Proxy;
