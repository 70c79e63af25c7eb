//! Tests of the workspace as a consumer sees it: they use what is public, nothing else. This
//! library is what the tests share.

mod clients;
mod fleet;
mod scripted;

pub use clients::{Clients, account, secret};
pub use fleet::{accounts, sandbox, start};
pub use scripted::Scripted;
