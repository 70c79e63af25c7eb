//! How one request becomes one response: the trait, the real network behind it, and whether a
//! failed request was sent.

mod causes;
mod classify;
mod interface;
mod network;
mod proxy;
mod receive;
mod service;
mod tls;
mod tls_failure;

pub use interface::{BoxFuture, Transport};
pub use network::Network;
pub use proxy::Proxy;
pub use service::ServiceTransport;
pub use tls::server_verifier;
pub use tls_failure::tls_failure;
